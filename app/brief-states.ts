import type { RuleStateChange } from '../db/rule-changes.ts';

/** A rule that is blind for less than this is not written down to have been, in ms. */
const BRIEF_MS = 15_000;

/**
 * Holds back that rules see nothing: at every start, and with every short cut of a line, thousands are blind for a moment and then
 * as before, which is no news in the history of a rule. Nothing hangs on what is held back: after a start no rule sees anything
 * before its data are there.
 */
export interface BriefStates {
  /** @param now in ms. @returns what is to be written now; the rest is held back */
  take(changes: readonly RuleStateChange[], now: number): readonly RuleStateChange[];
  /** When something has been held back for long enough, in ms; undefined where nothing is. */
  dueAt(): number | undefined;
  /** @param until what was held back by then, in ms; everything where it is missing. @returns it, to be written now */
  release(until?: number): readonly RuleStateChange[];
  /** The rule is gone. */
  forget(ruleId: string): void;
  size(): number;
}

interface Held {
  readonly at: number;
  /** The state before the first change that was held back. */
  readonly from: RuleStateChange['from'];
  readonly change: RuleStateChange;
}

export function createBriefStates(): BriefStates {
  /** By rule, in the order in which they were first held back. */
  const held = new Map<string, Held>();

  /** @returns what is to be written now */
  function one(change: RuleStateChange, now: number): readonly RuleStateChange[] {
    const { ruleId } = change;
    const before = held.get(ruleId);
    if (before === undefined) {
      if (change.to !== 'stale') return [change];
      held.set(ruleId, { at: now, from: change.from, change });
      return [];
    }
    const { at, from } = before;
    if (before.change.to === 'stale' && change.to === from) {
      held.set(ruleId, { at, from, change: { ...change, from, isQuiet: true } });
      return [];
    }
    if (before.change.isQuiet === true && change.to === 'stale') {
      held.set(ruleId, { at, from, change });
      return [];
    }
    held.delete(ruleId);
    return before.change.isQuiet === true ? [change] : [before.change, change];
  }

  return {
    take: (changes, now) => changes.flatMap((change) => one(change, now)),
    dueAt() {
      const [first] = held.values();
      return first && first.at + BRIEF_MS;
    },
    release(until = Number.POSITIVE_INFINITY) {
      const released: RuleStateChange[] = [];
      for (const [ruleId, { at, change }] of held) {
        if (at + BRIEF_MS > until) break;
        held.delete(ruleId);
        released.push(change);
      }
      return released;
    },
    forget: (ruleId) => void held.delete(ruleId),
    size: () => held.size,
  };
}
