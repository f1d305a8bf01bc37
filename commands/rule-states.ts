import type { CommandContext } from './command.ts';
import type { StoredRule } from './ports.ts';

/** How many of a chat's alerts are in which state, by a word for it. */
export function statesOf({ rules }: Pick<CommandContext, 'rules'>, list: readonly StoredRule[]): Map<string, number> {
  const states = new Map<string, number>();
  for (const rule of list) {
    const view = rules.view(rule.id);
    const isOld = view?.state === 'fired' && view.saved.lastFiredAt === undefined;
    const state = isOld ? 'already true' : (view?.state ?? 'not running');
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  return states;
}

/** `2 armed, 1 fired`. */
export const stateWords = (states: ReadonlyMap<string, number>): string =>
  [...states].map(([state, count]) => `${count} ${state}`).join(', ');
