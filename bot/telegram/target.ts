import type { ChatAddress } from '../../commands/service.ts';

/** A chat, or a topic of it, as the Bot API names it. */
export interface Target {
  readonly chat_id: number | string;
  readonly message_thread_id?: number;
}

export function targetOf({ chat, thread }: ChatAddress): Target {
  const chat_id = /^-?\d+$/.test(chat) ? Number(chat) : chat;
  return thread === undefined ? { chat_id } : { chat_id, message_thread_id: Number(thread) };
}
