import type { Api } from 'grammy';
import type { Chat, MaybeInaccessibleMessage, Message, User } from 'grammy/types';
import type { Asker, ChatAddress } from '../../commands/service.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Logger } from '../logger.ts';
import { describe, type Scrub } from './failures.ts';
import { createLru } from './lru.ts';

const ADMIN_TTL_MS = 60_000;
const ADMINS_KEPT = 2000;
/** Telegram's stand-in for admins of a group who do not show who they are. */
const ANONYMOUS_ADMIN = 1087968824;

/** Finds out who asks, and whether they administer the chat. */
export interface Askers {
  ofMessage(message: Message): Promise<Asker>;
  /** `message` is the one with the button. */
  ofPress(from: User, message: MaybeInaccessibleMessage): Promise<Asker>;
}

interface Speaker {
  readonly id: number;
  readonly name: string;
  readonly handle?: string;
  readonly locale?: string;
  /** Who speaks in the chat's own name administers it; of all others Telegram is asked. */
  readonly isChatItself: boolean;
}

/** The address that answers to `message` belong to: its topic, but not the thread of replies that it may be in. */
export function addressOf(message: MaybeInaccessibleMessage): ChatAddress {
  const address = { platform: 'telegram', chat: String(message.chat.id) };
  // An inaccessible message (date 0) names its chat and nothing else.
  if (message.date === 0 || !message.is_topic_message || message.message_thread_id === undefined) return address;
  return { ...address, thread: String(message.message_thread_id) };
}

function titleOf(chat: Chat): string {
  return chat.title ?? chat.first_name ?? chat.username ?? String(chat.id);
}

function userSpeaker({ id, first_name, username, language_code }: User): Speaker {
  const name = first_name || username || String(id);
  return {
    ...{ id, name, isChatItself: false },
    ...(username === undefined ? {} : { handle: username }),
    ...(language_code === undefined ? {} : { locale: language_code }),
  };
}

/** Anonymous admins, channels and linked channels speak as a chat, behind a stand-in user that all of them share. */
function speakerOf({ from, sender_chat, chat }: Message): Speaker {
  const stage = sender_chat ?? (from === undefined ? chat : undefined);
  if (stage === undefined) return userSpeaker(from!);
  const isUnnamed = from === undefined || from.id === ANONYMOUS_ADMIN;
  return { id: stage.id, name: titleOf(stage), isChatItself: stage.id === chat.id && isUnnamed };
}

/** Who wrote what a message replies to; no bot, and nobody where it only begins a topic. */
function repliedTo({ reply_to_message: to, is_topic_message, message_thread_id }: Message): number | undefined {
  if (to === undefined || (is_topic_message === true && to.message_id === message_thread_id)) return undefined;
  return to.sender_chat?.id ?? (to.from?.is_bot === true ? undefined : to.from?.id);
}

function kindOf(chat: Chat): Asker['chatKind'] {
  return chat.type === 'private' || chat.type === 'channel' ? chat.type : 'group';
}

export function createAskers({
  api,
  clock,
  log,
  scrub,
}: {
  api: Api;
  clock: Clock;
  log: Logger;
  scrub: Scrub;
}): Askers {
  const known = createLru<{ readonly at: number; readonly isAdmin: boolean }>(ADMINS_KEPT);

  async function isAdmin(chatId: number, userId: number): Promise<boolean> {
    const key = `${chatId}/${userId}`;
    const entry = known.get(key);
    if (entry !== undefined && clock.now() - entry.at < ADMIN_TTL_MS) return entry.isAdmin;
    try {
      const { status } = await api.getChatMember(chatId, userId);
      const answer = status === 'creator' || status === 'administrator';
      known.set(key, { at: clock.now(), isAdmin: answer });
      return answer;
    } catch (error) {
      log.warn(
        { chat: chatId, reason: describe(error, scrub) },
        'could not ask whether a user is an admin: taken as none',
      );
      return false;
    }
  }

  async function asker(address: ChatAddress, chat: Chat, speaker: Speaker): Promise<Asker> {
    const { id, name, handle, locale, isChatItself } = speaker;
    return {
      address,
      chatTitle: titleOf(chat),
      chatKind: kindOf(chat),
      userId: `telegram:${id}`,
      userName: name,
      isChatAdmin: chat.type === 'private' || isChatItself || (await isAdmin(chat.id, id)),
      ...(handle === undefined ? {} : { handle }),
      ...(locale === undefined ? {} : { locale }),
    };
  }

  return {
    async ofMessage(message) {
      const whose = repliedTo(message);
      const plain = await asker(addressOf(message), message.chat, speakerOf(message));
      return whose === undefined ? plain : { ...plain, repliesTo: `telegram:${whose}` };
    },
    ofPress: (from, message) => asker(addressOf(message), message.chat, userSpeaker(from)),
  };
}
