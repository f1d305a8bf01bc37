import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type ParsedBody, parseBody, readBytes, type UploadedFile } from './telegram-body.ts';
import { createMethods, notFound, type TelegramWorld, type WireChat } from './telegram-methods.ts';
import { forgetOldest, toMessage, toRecord } from './telegram-records.ts';
import { type ApiFailure, type Keyboard, Refused } from './telegram-rules.ts';
import { createUpdateQueue, type WireUpdate } from './telegram-updates.ts';

/** One call of the Bot API, as it came and as it was answered. */
export interface RecordedCall {
  readonly method: string;
  readonly params: Record<string, unknown>;
  /** Uploaded files, by the name that `attach://` refers to. */
  readonly files: Record<string, UploadedFile>;
  /** The text, caption or toast. */
  readonly text: string | undefined;
  /** The bytes of the uploaded picture. */
  readonly picture: Uint8Array | undefined;
  readonly buttons: Keyboard['inline_keyboard'];
  readonly ok: boolean;
  /** What was answered: the message, or true. */
  readonly result: unknown;
  /** Id of the message that came of it, or that it was about. */
  readonly messageId: number | undefined;
  readonly failure: ApiFailure | undefined;
  /** When it had come in whole, in ms by the double's clock. */
  readonly at: number;
  /** Whether its answer went out to a caller that was still there. */
  isAnswered: boolean;
}

export interface SayOptions {
  /** The user's where it is missing: a private chat. */
  readonly chatId?: number;
  readonly chatType?: WireChat['type'];
  readonly title?: string;
  /** 1001 where it is missing. */
  readonly userId?: number;
  readonly firstName?: string;
  readonly languageCode?: string;
  /** A topic; with `isTopic: false` a mere thread of replies. */
  readonly threadId?: number;
  readonly isTopic?: boolean;
  /** Further fields of the message, e.g. `sender_chat`. */
  readonly extra?: Record<string, unknown>;
}

export interface PressOptions {
  readonly userId?: number;
  /** Where the message is; found by its id where it is missing. */
  readonly chatId?: number;
  /** The message is too old for the bot to see. */
  readonly isInaccessible?: boolean;
}

export interface TelegramDouble {
  /** For `TELEGRAM_API_ROOT`. */
  readonly apiRoot: string;
  readonly port: number;
  /** Every call that shows something: send, edit, answer, delete. */
  readonly sent: readonly RecordedCall[];
  /** Every call but `getUpdates`. */
  readonly calls: readonly RecordedCall[];
  /** Offsets of the `getUpdates` calls, in order. */
  readonly offsets: readonly number[];
  readonly admins: Set<number>;
  /** Called before a call is answered; what it returns is waited for. */
  onCall: ((method: string, params: Record<string, unknown>) => Promise<void> | void) | undefined;
  /** Called once a call was done, before it is answered; with `lose` the line is dropped instead. */
  onAnswer: ((call: RecordedCall) => Promise<'lose' | undefined> | 'lose' | undefined) | undefined;
  /** Refuses calls for what they are; asked where `failNext` plans nothing. `at` in ms by the double's clock. */
  refuse: ((method: string, params: Record<string, unknown>, at: number) => ApiFailure | undefined) | undefined;
  /** Somebody writes. @returns the message's id */
  say(text: string, options?: SayOptions): number;
  /** Somebody presses a button. @returns the query's id */
  press(messageId: number, data: string, options?: PressOptions): string;
  /** Puts any update into the queue; `update_id` where it is missing. */
  push(update: Record<string, unknown>): number;
  /** How often `method` was called, forgotten calls included. */
  count(method: string): number;
  /** Updates that nobody has confirmed. */
  waiting(): readonly WireUpdate[];
  /** The next call of `method` fails with this. Several fail one after the other. */
  failNext(method: string, failure: Partial<ApiFailure> & { readonly status?: number }): void;
  /** Forgets what was uploaded, as if other bots' ids were used. */
  forgetPhotos(): void;
  /** The first call, past or to come, that `predicate` is true for. Rejects when the double is stopped. */
  waitFor(predicate: (call: RecordedCall) => boolean): Promise<RecordedCall>;
  /** Drops all connections once. */
  cut(): void;
  stop(): Promise<void>;
}

/** What is about to be answered, and its entry in the ledger. */
interface Answer {
  readonly reply: { readonly ok: boolean; readonly error_code?: number };
  /** `getUpdates` has none. */
  readonly call: RecordedCall | undefined;
}

const failureOf = (error: unknown): ApiFailure =>
  error instanceof Refused ? error.failure : { error_code: 400, description: `Bad Request: ${error}` };

const SHOWS = /^(send|edit|answer|delete)(?!Webhook)/;

/** A loopback server that speaks the Bot API. `port` to come back where an earlier one was. */
export async function startTelegramDouble({
  token,
  port = 0,
  now = Date.now,
  keep = Number.POSITIVE_INFINITY,
}: {
  token: string;
  port?: number;
  now?: () => number;
  /** So many calls are kept at least, and not much more; all of them where it is missing. */
  keep?: number;
}): Promise<TelegramDouble> {
  let lastMessageId = 100;
  let lastUpdateId = 5000;
  const world: TelegramWorld = {
    me: { id: 42, username: 'bellwether_bot' },
    chats: new Map(),
    messages: new Map(),
    admins: new Set(),
    queries: new Set(),
    photos: new Map(),
    menus: new Map(),
    nextMessageId: () => ++lastMessageId,
  };
  const methods = createMethods(world);
  const queue = createUpdateQueue();
  const calls: RecordedCall[] = [];
  const counts = new Map<string, number>();
  const offsets: number[] = [];
  const failures = new Map<string, ApiFailure[]>();
  const waiters = new Set<{
    test(call: RecordedCall): boolean;
    resolve(call: RecordedCall): void;
    reject(error: Error): void;
  }>();
  const sockets = new Set<Socket>();

  function record(call: RecordedCall): void {
    calls.push(call);
    counts.set(call.method, (counts.get(call.method) ?? 0) + 1);
    if (calls.length > 2 * keep) {
      calls.splice(0, calls.length - keep);
      forgetOldest(world.messages, keep);
      forgetOldest(world.photos, keep);
    }
    for (const waiter of waiters) {
      if (!waiter.test(call)) continue;
      waiters.delete(waiter);
      waiter.resolve(call);
    }
  }

  async function getUpdates(params: Record<string, unknown>, response: ServerResponse): Promise<unknown> {
    offsets.push(Number(params.offset ?? 0));
    const onClose = () => queue.abandon();
    response.on('close', onClose);
    const result = await queue.poll(params);
    response.off('close', onClose);
    if (result !== 'conflict') return result.updates;
    const description =
      'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
    throw new Refused({ error_code: 409, description });
  }

  async function perform(method: string, request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const body = parseBody(request.headers['content-type'] ?? '', await readBytes(request));
    const at = now();
    await double.onCall?.(method, body.params);
    const { result, failure } = await decide(method, body, at, response);
    const reply = failure === undefined ? { ok: true, result } : { ok: false, ...failure };
    if (method === 'getUpdates') return { reply, call: undefined };
    const call = toRecord(method, body, { result, failure, at });
    record(call);
    return { reply, call };
  }

  async function decide(method: string, body: ParsedBody, at: number, response: ServerResponse) {
    try {
      const planned = failures.get(method)?.shift() ?? double.refuse?.(method, body.params, at);
      if (planned !== undefined) throw new Refused(planned);
      if (method === 'getUpdates') return { result: await getUpdates(body.params, response), failure: undefined };
      const run = methods[method];
      if (run === undefined) throw notFound();
      return { result: run(body.params, body.files), failure: undefined };
    } catch (error) {
      return { result: undefined, failure: failureOf(error) };
    }
  }

  async function performed(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const [, given, method] = /^\/bot([^/]+)\/(\w+)/.exec(request.url ?? '') ?? [];
    try {
      if (method === undefined) throw notFound();
      if (given !== token) throw new Refused({ error_code: 401, description: 'Unauthorized' });
      return await perform(method, request, response);
    } catch (error) {
      return { reply: { ok: false, ...failureOf(error) }, call: undefined };
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { reply, call } = await performed(request, response);
    if (call !== undefined && (await double.onAnswer?.(call)) === 'lose') {
      response.destroy();
      return;
    }
    response.writeHead(reply.error_code ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
    if (call !== undefined) call.isAnswered = !response.destroyed && response.socket?.destroyed === false;
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;

  const double: TelegramDouble = {
    apiRoot: `http://127.0.0.1:${bound}`,
    port: bound,
    get sent() {
      return calls.filter(({ method }) => SHOWS.test(method));
    },
    calls,
    offsets,
    admins: world.admins,
    onCall: undefined,
    onAnswer: undefined,
    refuse: undefined,
    count: (method) => counts.get(method) ?? 0,
    waiting: () => queue.waiting(),
    push(update) {
      const id = typeof update.update_id === 'number' ? update.update_id : ++lastUpdateId;
      queue.push({ ...update, update_id: id });
      return id;
    },
    say(text, options = {}) {
      const message = toMessage(world, text, options);
      world.messages.set(`${message.chat.id}/${message.message_id}`, message);
      double.push({ [message.chat.type === 'channel' ? 'channel_post' : 'message']: message });
      return message.message_id;
    },
    press(messageId, data, { userId = 1001, chatId, isInaccessible = false } = {}) {
      const isIt = ({ message_id, chat }: { message_id: number; chat: WireChat }) =>
        message_id === messageId && (chatId === undefined || chat.id === chatId);
      const message = [...world.messages.values()].find(isIt);
      if (message === undefined) throw new Error(`there is no message ${messageId}`);
      const id = `query-${++lastUpdateId}`;
      world.queries.add(id);
      const stub = { chat: message.chat, message_id: messageId, date: 0 };
      const from = { id: userId, is_bot: false, first_name: `user ${userId}` };
      const query = { id, from, chat_instance: '1', data, message: isInaccessible ? stub : message };
      double.push({ callback_query: query });
      return id;
    },
    failNext(method, { status, error_code = status ?? 400, description = 'Bad Request', parameters }) {
      const list = failures.get(method) ?? [];
      list.push({ error_code, description, ...(parameters && { parameters }) });
      failures.set(method, list);
    },
    forgetPhotos: () => world.photos.clear(),
    waitFor(test) {
      const past = calls.find(test);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve, reject) => waiters.add({ test, resolve, reject }));
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const waiter of waiters) waiter.reject(new Error('the double was stopped before that call came'));
      waiters.clear();
      queue.abandon();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  return double;
}
