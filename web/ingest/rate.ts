import type { Clock } from '../../engine/clock.ts';

/** So many are done at `perSecond` each, and up to `burst` at once after a pause; kept apart by key. */
export interface Rate {
  /** Counts `amount`. @returns how long until the key may go on, in ms; 0 at once */
  spend(key: string, amount: number): number;
}

/** Keys that are remembered. */
const MOST_KEYS = 10_000;

export function createRate(clock: Pick<Clock, 'now'>, perSecond: number, burst: number): Rate {
  const kept = new Map<string, { left: number; at: number }>();
  return {
    spend(key, amount) {
      const now = clock.now();
      const known = kept.get(key) ?? { left: burst, at: now };
      const left = Math.min(burst, known.left + ((now - known.at) * perSecond) / 1000) - amount;
      // The one that was quiet for longest is forgotten first.
      kept.delete(key);
      kept.set(key, { left, at: now });
      if (kept.size > MOST_KEYS) kept.delete(kept.keys().next().value as string);
      return left >= 0 ? 0 : Math.ceil((-left * 1000) / perSecond);
    },
  };
}
