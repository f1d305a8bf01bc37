import { UserError } from '../engine/errors.ts';
import { detailMessage } from './alert-detail.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import type { Message } from './message.ts';
import type { StoredRule } from './ports.ts';

/** The number in `12` or `#12`; undefined where a text is something else. */
export function alertNumber(text: string): number | undefined {
  const [, digits] = /^(?:#|nr\.?|no\.?)?\s*(\d{1,9})$/i.exec(text.trim()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The chat's alert with a number as the list shows it. @throws UserError where there is none */
export async function requireAlert({ rules, chatKey }: CommandContext, number: number): Promise<StoredRule> {
  const stored = await rules.byNumber(chatKey, number);
  if (stored !== undefined) return stored;
  throw new UserError('alert-unknown', `This chat has no alert ${quoted(String(number))}.`, {
    hint: '/alerts lists them.',
  });
}

/** One alert with everything that can be done to it, by its number. @throws UserError where there is none */
export async function numberedAlert(context: CommandContext, number: number): Promise<Message> {
  return detailMessage(context, await requireAlert(context, number), '0');
}
