import type { DiscordDouble } from '../doubles/discord.ts';
import type { RecordedCall, TelegramDouble } from '../doubles/telegram.ts';

/** A message that a platform took, as the platform itself remembers it. */
export interface Accepted {
  /** Chat without its thread: `telegram:-500`, `discord:110…3`. */
  readonly chat: string;
  readonly messageId: string;
  readonly text: string;
  /** In ms by the doubles' clock. */
  readonly at: number;
  /** What it was sent with so that it is taken once; Telegram knows no such thing. */
  readonly nonce: string | undefined;
}

/** Whether it tells that an alert has fired. */
export const isAlert = ({ text }: Pick<Accepted, 'text'>): boolean => text.startsWith('🔔');

/** Whether it tells of several at once. */
export const isDigest = ({ text }: Pick<Accepted, 'text'>): boolean => /\d+ alerts/.test(text);

export const isSend = ({ method }: Pick<RecordedCall, 'method'>): boolean => method.startsWith('send');

const telegramChat = (call: RecordedCall): string => `telegram:${call.params.chat_id}`;

/** Every message that Telegram took, in the order in which it did. */
export function takenByTelegram({ calls }: Pick<TelegramDouble, 'calls'>): readonly Accepted[] {
  return calls
    .filter((call) => call.ok && isSend(call))
    .map((call) => ({
      chat: telegramChat(call),
      messageId: String(call.messageId),
      text: call.text ?? '',
      at: call.at,
      nonce: undefined,
    }));
}

const POST = /^\/channels\/(\d+)\/messages$/;

/** Every message that Discord made of a bot's call, in the order in which it did; a nonce that came again made none. */
export function takenByDiscord({ messages, sent }: Pick<DiscordDouble, 'messages' | 'sent'>): readonly Accepted[] {
  const cameAt = new Map<string, number>();
  for (const { method, path, body, at } of sent) {
    const key = String(body.nonce);
    if (method === 'POST' && POST.test(path) && !cameAt.has(key)) cameAt.set(key, at);
  }
  return [...messages.values()]
    .filter((message) => message.nonce !== undefined)
    .map(({ id, channelId, content, nonce }) => ({
      ...{ chat: `discord:${channelId}`, messageId: id, text: content, nonce },
      at: cameAt.get(String(nonce)) ?? Number.NaN,
    }));
}

/** A send that came while its chat had been told to wait. */
export interface Impatience {
  readonly chat: string;
  readonly at: number;
  /** Until when it had to wait, by the doubles' clock. */
  readonly until: number;
}

/** Sends within the time that a 429 forbade to their chat. */
export function impatientSends({ calls }: Pick<TelegramDouble, 'calls'>): readonly Impatience[] {
  const until = new Map<string, number>();
  const early: Impatience[] = [];
  for (const call of calls.filter(isSend)) {
    const chat = telegramChat(call);
    const end = until.get(chat) ?? 0;
    if (call.at < end) early.push({ chat, at: call.at, until: end });
    const seconds = call.failure?.error_code === 429 ? Number(call.failure.parameters?.retry_after) : 0;
    until.set(chat, Math.max(end, call.at + seconds * 1000));
  }
  return early;
}
