import type { RecordedCall, SayOptions } from './telegram.ts';
import type { ParsedBody } from './telegram-body.ts';
import type { TelegramWorld, WireChat } from './telegram-methods.ts';
import type { Keyboard } from './telegram-rules.ts';

/** Drops what came first until at most so much is left. */
export function forgetOldest(kept: Map<string, unknown>, most: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(key);
  }
}

/** What Telegram makes of what somebody writes. */
export function toMessage(world: TelegramWorld, text: string, options: SayOptions) {
  const { userId = 1001, firstName = `user ${userId}`, languageCode = 'en', threadId, isTopic = true, extra } = options;
  const chatId = options.chatId ?? userId;
  const type = options.chatType ?? (chatId > 0 ? 'private' : 'supergroup');
  const title = options.title ?? `chat ${chatId}`;
  const chat: WireChat = { id: chatId, type, ...(type === 'private' ? { first_name: firstName } : { title }) };
  world.chats.set(chatId, chat);
  const command = /^\/\w+(@\w+)?/.exec(text);
  return {
    message_id: world.nextMessageId(),
    date: 1_700_000_000,
    chat,
    ...(type === 'channel'
      ? { sender_chat: chat }
      : { from: { id: userId, is_bot: false, first_name: firstName, language_code: languageCode } }),
    ...(threadId === undefined ? {} : { message_thread_id: threadId }),
    ...(threadId !== undefined && isTopic ? { is_topic_message: true } : {}),
    text,
    ...(command === null ? {} : { entities: [{ type: 'bot_command', offset: 0, length: command[0].length }] }),
    ...extra,
  };
}

/** The ledger's entry of a call. */
export function toRecord(
  method: string,
  { params, files }: ParsedBody,
  { result, failure, at }: Pick<RecordedCall, 'result' | 'failure' | 'at'>,
): RecordedCall {
  const media = params.media as Record<string, unknown> | undefined;
  const attached = /^attach:\/\/(.+)$/.exec(String(params.photo ?? media?.media))?.[1];
  const made = (result as { message_id?: number } | undefined)?.message_id;
  const id = made ?? (params.message_id === undefined ? undefined : Number(params.message_id));
  return {
    method,
    params,
    files,
    text: (params.text ?? params.caption ?? media?.caption) as string | undefined,
    picture: attached === undefined ? undefined : files[attached]?.bytes,
    buttons: (params.reply_markup as Keyboard | undefined)?.inline_keyboard ?? [],
    ok: failure === undefined,
    result,
    messageId: id,
    failure,
    at,
    isAnswered: false,
  };
}
