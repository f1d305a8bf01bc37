import { UserError } from '../engine/errors.ts';
import type { CommandContext } from './command.ts';

/** For what concerns everybody in a chat. @throws UserError where the asker may not do it */
export function requireChatAdmin({ asker, admins }: Pick<CommandContext, 'asker' | 'admins'>, what: string): void {
  if (asker.isChatAdmin || admins.has(asker.userId)) return;
  throw new UserError('not-allowed', `Only this chat’s admins may ${what}.`);
}
