import { UserError } from '../engine/errors.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';

/** Somebody who is meant: `telegram:123`, and how to call them. */
export interface MeantUser {
  readonly id: string;
  readonly name: string;
}

/**
 * Who is meant by `@ann`, an id, a mention as Discord writes it, or by replying to their message.
 * @throws UserError where nobody is, or somebody that was never seen
 */
export async function meantUser(context: CommandContext, written: string): Promise<MeantUser> {
  const { asker, users } = context;
  const id = idOf(written, asker.address.platform) ?? (written === '' ? asker.repliesTo : undefined);
  if (id !== undefined) return { id, name: (await users.get(id))?.name ?? id };
  const handle = /^@([\w.]{2,32})$/.exec(written)?.[1];
  const found = handle === undefined ? undefined : await users.byHandle(asker.address.platform, handle);
  if (found !== undefined) return found;
  throw new UserError('user-unknown', problemOf(written, handle), {
    hint: 'Reply to one of their messages, or write their id, for example /block 123456789.',
  });
}

function problemOf(written: string, handle: string | undefined): string {
  if (written === '') return 'Whom do you mean?';
  return handle === undefined
    ? `${quoted(written)} is nobody’s name or id.`
    : `I have not seen ${quoted(written)} yet.`;
}

/** Telegram gives channels, which can write in groups too, ids below zero. */
function idOf(written: string, platform: string): string | undefined {
  const mentioned = /^<@!?(\d{1,20})>$/.exec(written)?.[1];
  const bare = mentioned ?? /^-?\d{1,20}$/.exec(written)?.[0];
  if (bare !== undefined) return `${platform}:${bare}`;
  return /^(telegram|discord):-?\d{1,20}$/.exec(written)?.[0];
}
