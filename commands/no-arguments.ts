import { UserError } from '../engine/errors.ts';
import { quoted } from './clean-text.ts';

/** What stands behind a command that takes nothing is said rather than passed over. @throws UserError */
export function requireNothing(text: string, command: string): void {
  const typed = text.trim();
  if (typed === '') return;
  const at = text.indexOf(typed);
  throw new UserError('arguments', `/${command} takes nothing, ${quoted(typed)} stands behind it.`, {
    hint: `Just /${command}`,
    span: [at, at + typed.length],
  });
}
