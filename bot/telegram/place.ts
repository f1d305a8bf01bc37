import { type Api, GrammyError } from 'grammy';
import type { ChatMember } from 'grammy/types';
import type { Place } from '../../commands/platform.ts';
import type { Asker } from '../../commands/service.ts';
import { UserError } from '../../engine/errors.ts';

const NAMED = /^(@[a-z]\w{3,31}|-\d{5,16})$/i;

function refused(message: string, hint: string): UserError {
  return new UserError('place-none', message, { hint });
}

/** What may be posted to is a channel where the bot may do that, or a group that it is in. */
function mayPost(member: ChatMember, isChannel: boolean): boolean {
  if (member.status === 'creator') return true;
  if (member.status === 'administrator') return !isChannel || member.can_post_messages === true;
  return !isChannel && (member.status === 'member' || (member.status === 'restricted' && member.can_send_messages));
}

/**
 * A channel or group that somebody names as `@name` or by its id, where both of them may post.
 * @throws UserError with the reason why it is none; what the API threw where it was not reached
 */
export async function findPlace(api: Api, named: string, asker: Asker, isOwner: boolean): Promise<Place> {
  if (!NAMED.test(named)) {
    throw refused(
      `I can’t find ${named} on Telegram.`,
      'Name a channel as @name or by its id, or a topic as topic 45.',
    );
  }
  const unknown = refused(`I see no ${named}.`, 'Add me there first, as an admin that may post.');
  try {
    const chat = await api.getChat(/^-\d+$/.test(named) ? Number(named) : named);
    if (chat.type === 'private') throw unknown;
    const isChannel = chat.type === 'channel';
    const me = await api.getMe();
    if (!mayPost(await api.getChatMember(chat.id, me.id), isChannel)) {
      throw refused(`I may not post in ${chat.title}.`, 'Make me an admin there that may post.');
    }
    if (!isOwner && !(await isAdmin(api, chat.id, asker))) {
      throw refused(`You do not administer ${chat.title}.`, 'Its admins decide what is posted there.');
    }
    const address = { platform: 'telegram', chat: String(chat.id) };
    return { address, title: chat.title, kind: isChannel ? 'channel' : 'group' };
  } catch (error) {
    if (error instanceof GrammyError && (error.error_code === 400 || error.error_code === 403)) throw unknown;
    throw error;
  }
}

async function isAdmin(api: Api, chatId: number, { userId }: Asker): Promise<boolean> {
  const id = Number(userId.slice(userId.indexOf(':') + 1));
  // Who speaks as a chat is no user that one could ask for.
  if (!Number.isSafeInteger(id) || id <= 0) return false;
  const { status } = await api.getChatMember(chatId, id);
  return status === 'creator' || status === 'administrator';
}
