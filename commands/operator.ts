import { UserError } from '../engine/errors.ts';
import type { CommandContext } from './command.ts';

/** Whether somebody may do what concerns everybody: those that ADMINS names, and whoever sits at the machine. No chat's admin. */
export function isOperator({ asker, admins }: Pick<CommandContext, 'asker' | 'admins'>): boolean {
  const isAtTheMachine = asker.address.platform === 'console' || asker.address.platform === 'page';
  return isAtTheMachine || admins.has(asker.userId);
}

/** @param what `have things happen on the simulated market` @throws UserError */
export function requireOperator(context: Pick<CommandContext, 'asker' | 'admins'>, what: string): void {
  if (isOperator(context)) return;
  throw new UserError('not-allowed', `Only those that ADMINS names may ${what}.`);
}
