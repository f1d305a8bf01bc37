import type { CommandContext } from './command.ts';
import { allows } from './permission.ts';

/** Votes that a chat may ask for. */
export const MOST_VOTES = 50;

/** `everyone`, `admins` or `vote 3` as it is stored; undefined for what is none of them. */
export function readPolicy(typed: string): string | undefined {
  const text = typed.trim().toLowerCase().replace(/\s+/g, ' ');
  if (text === 'everyone' || text === 'admins') return text;
  const votes = /^votes? (\d{1,3})$/.exec(text)?.[1];
  if (votes === undefined || Number(votes) < 1 || Number(votes) > MOST_VOTES) return undefined;
  return `vote ${Number(votes)}`;
}

/** Votes that an alert of the asker needs here, 0 where only an admin’s word counts; undefined where it needs nobody’s leave. */
export function votesNeeded({ asker, role, chat }: CommandContext): number | undefined {
  const policy = chat.rulePolicy ?? 'everyone';
  if (asker.chatKind !== 'group' || policy === 'everyone' || allows(role, 'admins')) return undefined;
  // What cannot be read asks for an admin.
  return Number(/^vote (\d+)$/.exec(policy)?.[1] ?? 0);
}
