import { UserError } from '../engine/errors.ts';
import type { Command, CommandContext } from './command.ts';
import { placeOf } from './permission.ts';
import { meantUser } from './user-argument.ts';

/** Every chat at once, as the store of blocks calls it. */
const EVERYWHERE = '*';

export const block: Command = {
  name: 'block',
  summary: 'Do nothing for somebody any more',
  usage: '/block @USER|ID [everywhere]',
  permission: neededFor,
  restricted: 'block somebody',
  examples: ['/block @somebody', '/block 123456789'],
  details:
    'In Telegram also as a reply to one of their messages. They can neither use commands nor buttons here; their alerts go on until somebody ' +
    'deletes them. The chat’s admins cannot be blocked by each other. Those that ADMINS names can block somebody everywhere.',
  args: [
    { name: 'user', kind: 'text', description: 'A mention or an id', required: false },
    { name: 'where', kind: 'choice', description: 'In all chats', required: false, choices: ['everywhere'] },
  ],
  slow: false,
  private: false,
  async run(context, text) {
    const { written, place, where } = readBlock(context, text, 'block');
    const user = await meantUser(context, written);
    if (user.id === context.asker.userId) throw new UserError('block-self', 'You cannot block yourself.');
    if (context.admins.has(user.id)) throw new UserError('block-owner', 'ADMINS names them: they cannot be blocked.');
    const isNew = await context.blocks.add({ place, userId: user.id, byId: context.asker.userId });
    if (!isNew) return { text: [{ bold: user.name }, ` is blocked ${where} already.`] };
    const left = (await context.rules.list(context.chatKey)).filter((rule) => rule.ownerId === user.id).length;
    const alerts = left === 1 ? 'Their alert goes on' : `Their ${left} alerts go on`;
    const rest = left === 0 ? '' : ` ${alerts} until deleted with /alerts.`;
    return {
      text: [
        '🚫 ',
        { bold: user.name },
        ` is blocked ${where}: I do nothing for them.${rest}\nTake it back with `,
        {
          code: `/unblock ${user.id}${place === EVERYWHERE ? ' everywhere' : ''}`,
        },
        '.',
      ],
    };
  },
};

/** In all chats at once is more than an admin of one of them may do. */
export function neededFor(text: string): 'owner' | 'admins' {
  return /(^|\s)everywhere$/i.test(text) ? 'owner' : 'admins';
}

/** @throws UserError where there is nobody else to block */
export function readBlock(context: CommandContext, text: string, verb: string) {
  const isEverywhere = neededFor(text) === 'owner';
  const written = (isEverywhere ? text.replace(/\s*everywhere$/i, '') : text).trim();
  if (!isEverywhere && context.asker.chatKind === 'private') {
    throw new UserError('block-private', 'There is nobody else in a private chat.', {
      hint: `Those that ADMINS names can write /${verb} ID everywhere.`,
    });
  }
  const place = isEverywhere ? EVERYWHERE : placeOf(context.asker.address);
  return { written, place, where: isEverywhere ? 'everywhere' : 'here' };
}
