import { createHash, randomUUID } from 'node:crypto';
import type { Attachment, Button, Message, TextSpan } from '../commands/message.ts';
import type { ChatPlatform } from '../commands/platform.ts';
import type { ChatAddress } from '../commands/service.ts';
import type { Clock } from '../engine/clock.ts';
import { TransportError } from '../engine/errors.ts';

/** The chat of the status page's console: firings that are owed to it appear on every open page. */
export const PAGE_ADDRESS: ChatAddress = { platform: 'page', chat: 'local' };

/** A message as the page gets it. `ts` in ms; a picture is fetched from `url`. */
export interface PageMessage {
  readonly id: string;
  readonly ts: number;
  readonly from: 'you' | 'bot';
  /** Came by itself rather than as an answer. */
  readonly pushed: boolean;
  readonly text: readonly TextSpan[];
  readonly picture?: { readonly url: string; readonly alt: string; readonly width: number; readonly height: number };
  /** A file is fetched from `url`. */
  readonly file?: { readonly url: string; readonly name: string; readonly bytes: number };
  readonly buttons?: readonly (readonly Button[])[];
}

export type PageEvent =
  | { readonly type: 'message'; readonly message: PageMessage }
  | { readonly type: 'edit'; readonly message: PageMessage }
  | { readonly type: 'remove'; readonly id: string };

export interface PagePlatform extends ChatPlatform {
  /** The last messages, oldest first: a reload shows them again. */
  history(): readonly PageMessage[];
  /** What the visitor typed. */
  typed(text: string): PageMessage;
  answer(message: Message): PageMessage;
  /** @returns undefined where the message has gone from the history */
  edit(id: string, message: Message): PageMessage | undefined;
  remove(id: string): void;
  /** The PNG of a message that is still shown. */
  picture(id: string): Uint8Array | undefined;
  /** The file of a message that is still shown. */
  file(id: string): Attachment | undefined;
  subscribe(listener: (event: PageEvent) => void): () => void;
}

const KEPT = 50;

/** Width and height out of a PNG's header; a usual chart's where there is none. */
function pngSize(png: Uint8Array): { width: number; height: number } {
  if (png.byteLength < 24) return { width: 2000, height: 1200 };
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** The status page as a chat platform, with one chat: `page:local`. */
export function createPagePlatform(clock: Clock): PagePlatform {
  const messages: PageMessage[] = [];
  const pictures = new Map<string, Uint8Array>();
  const files = new Map<string, Attachment>();
  const delivered = new Map<string, string>();
  const listeners = new Set<(event: PageEvent) => void>();
  let serving = false;

  function emit(event: PageEvent): void {
    for (const listener of listeners) listener(event);
  }

  function forget(message: PageMessage): void {
    pictures.delete(message.id);
    files.delete(message.id);
    for (const [nonce, id] of delivered) if (id === message.id) delivered.delete(nonce);
  }

  function render(id: string, ts: number, pushed: boolean, message: Message): PageMessage {
    pictures.delete(id);
    files.delete(id);
    if (message.file !== undefined) files.set(id, message.file);
    if (message.picture === undefined)
      return { id, ts, from: 'bot', pushed, text: message.text, ...fileOf(id, message), ...buttonsOf(message) };
    pictures.set(id, message.picture.png);
    // The key makes the URL of an edited message's picture a new one.
    const version = createHash('sha256').update(message.picture.key).digest('hex').slice(0, 12);
    const url = `api/console/pictures/${id}?v=${version}`;
    const picture = { url, alt: message.picture.alt, ...pngSize(message.picture.png) };
    return { id, ts, from: 'bot', pushed, text: message.text, picture, ...buttonsOf(message) };
  }

  function add(message: PageMessage): PageMessage {
    messages.push(message);
    while (messages.length > KEPT) forget(messages.shift()!);
    emit({ type: 'message', message });
    return message;
  }

  return {
    name: PAGE_ADDRESS.platform,
    async start() {
      serving = true;
    },
    async stop() {
      serving = false;
    },
    status: () => ({ state: serving ? 'live' : 'off', lastSeen: messages.at(-1)?.ts }),
    async send(address, message, nonce) {
      if (address.chat !== PAGE_ADDRESS.chat) {
        throw new TransportError(`The page has no chat ${address.chat}.`, { retryable: false, reason: 'blocked' });
      }
      const before = delivered.get(nonce);
      if (before !== undefined) return before;
      const id = randomUUID();
      delivered.set(nonce, id);
      add(render(id, clock.now(), true, message));
      return id;
    },
    async amend(_address, id, message) {
      const at = messages.findIndex((known) => known.id === id);
      if (at < 0) return false;
      const { buttons: _old, ...before } = messages[at]!;
      messages[at] = { ...before, text: message.text, ...buttonsOf(message) };
      emit({ type: 'edit', message: messages[at] });
      return true;
    },
    history: () => messages,
    typed: (text) => add({ id: randomUUID(), ts: clock.now(), from: 'you', pushed: false, text: [text] }),
    answer: (message) => add(render(randomUUID(), clock.now(), false, message)),
    edit(id, message) {
      const at = messages.findIndex((known) => known.id === id);
      if (at < 0) return undefined;
      const edited = render(id, messages[at]!.ts, messages[at]!.pushed, message);
      messages[at] = edited;
      emit({ type: 'edit', message: edited });
      return edited;
    },
    remove(id) {
      const at = messages.findIndex((known) => known.id === id);
      if (at < 0) return;
      forget(messages.splice(at, 1)[0]!);
      emit({ type: 'remove', id });
    },
    picture: (id) => pictures.get(id),
    file: (id) => files.get(id),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function fileOf(id: string, { file }: Message): Pick<PageMessage, 'file'> {
  if (file === undefined) return {};
  return { file: { url: `api/console/files/${id}`, name: file.name, bytes: file.bytes.byteLength } };
}

function buttonsOf(message: Message): { buttons?: readonly (readonly Button[])[] } {
  return message.buttons === undefined || message.buttons.length === 0 ? {} : { buttons: message.buttons };
}
