import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIEmbed,
  ButtonStyle,
  ComponentType,
  type InteractionUpdateOptions,
  MessageFlags,
} from 'discord.js';
import type { Button, Message } from '../../commands/message.ts';
import { discordId, renderContent } from './markdown.ts';

const ROWS = 5;
const BUTTONS_IN_ROW = 5;
const LABEL_LIMIT = 80;
const ALT_LIMIT = 1024;
const PICTURE_NAME = 'chart.png';

type ButtonRow = APIActionRowComponent<APIButtonComponentWithCustomId>;

/** A message in the parts that every way of sending it to Discord takes. */
export interface Payload {
  readonly content: string;
  /** The card below it; absent where there is none. */
  readonly embeds?: APIEmbed[];
  readonly components: ButtonRow[];
  readonly files: { readonly attachment: Buffer; readonly name: string; readonly description: string }[];
  /** Flags that hold wherever it is sent; the ephemeral one is the caller's. */
  readonly flags: number;
  /** Nobody is called but those whom the text names on purpose. */
  readonly mentions: { readonly parse: []; readonly users?: string[] };
}

export function toPayload(message: Message): Payload {
  return {
    ...wordsOf(message),
    components: toRows(message.buttons ?? []),
    files: filesOf(message),
    flags: message.silent === true ? MessageFlags.SuppressNotifications : 0,
    mentions: mentionsOf(message),
  };
}

/** Of a card's edge, by what it tells. */
const COLORS = { long: 0x2e9e6b, short: 0xd0524a, good: 0x2e9e6b, bad: 0x8a8f98 } as const;

/** All words, or the first line, which a notification shows, and the others on a card. */
function wordsOf({ text, tone }: Message): Pick<Payload, 'content' | 'embeds'> {
  if (tone === undefined) return { content: renderContent(text) };
  const at = text.findIndex((span) => typeof span === 'string' && span.includes('\n'));
  const breaking = text[at];
  if (typeof breaking !== 'string') return { content: renderContent(text) };
  const end = breaking.indexOf('\n');
  const head = [...text.slice(0, at), breaking.slice(0, end)];
  const rest = [breaking.slice(end + 1), ...text.slice(at + 1)];
  return { content: renderContent(head), embeds: [{ description: renderContent(rest), color: COLORS[tone] }] };
}

/** Discord takes 100 at most. */
const MOST_MENTIONS = 100;

function mentionsOf({ text }: Message): Payload['mentions'] {
  const users = text.flatMap((span) =>
    typeof span !== 'string' && 'mention' in span ? [discordId(span.mention)] : [],
  );
  const known = [...new Set(users)].filter((id) => id !== '').slice(0, MOST_MENTIONS);
  return known.length === 0 ? { parse: [] } : { parse: [], users: known };
}

function filesOf({ picture, file }: Message): Payload['files'] {
  if (file !== undefined) return [{ attachment: asBuffer(file.bytes), name: file.name, description: file.name }];
  if (picture === undefined) return [];
  return [{ attachment: asBuffer(picture.png), name: PICTURE_NAME, description: shorten(picture.alt, ALT_LIMIT) }];
}

/** At most `limit` characters, with an ellipsis where something was cut. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Rows wider than Discord's are broken; two buttons of one message may not carry the same data, so the first stays. */
function toRows(rows: readonly (readonly Button[])[]): ButtonRow[] {
  const seen = new Set<string>();
  const result: ButtonRow[] = [];
  for (const row of rows) {
    const fresh = row.filter((button) => !seen.has(button.data) && seen.add(button.data));
    for (let from = 0; from < fresh.length; from += BUTTONS_IN_ROW) {
      result.push({
        type: ComponentType.ActionRow,
        components: fresh.slice(from, from + BUTTONS_IN_ROW).map(toButton),
      });
    }
  }
  return result.slice(0, ROWS);
}

function toButton(button: Button): APIButtonComponentWithCustomId {
  return {
    type: ComponentType.Button,
    style: ButtonStyle.Secondary,
    custom_id: button.data,
    label: shorten(button.label, LABEL_LIMIT),
  };
}

/** A message that takes the place of another. Without naming attachments the old picture would stay beside the new one. */
export function toEdit(
  message: Message,
): Pick<InteractionUpdateOptions, 'content' | 'components' | 'files'> & { attachments: [] } {
  const { content, components, files } = toPayload(message);
  return { content, components, files, attachments: [] };
}
