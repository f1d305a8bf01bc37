import { UserError } from '../engine/errors.ts';
import type { CommandContext } from './command.ts';

/** Alerts that one chat may have. */
export const MOST_ALERTS = { private: 25, group: 100, channel: 100 } as const;

/** @throws UserError where the chat has as many alerts as it may */
export async function requireRoom({ rules, chatKey, asker }: CommandContext): Promise<void> {
  const most = MOST_ALERTS[asker.chatKind];
  const { length } = await rules.list(chatKey);
  if (length < most) return;
  throw new UserError('too-many-alerts', `This chat has ${length} alerts, and ${most} is the most.`, {
    hint: 'Delete one with /alerts first.',
  });
}
