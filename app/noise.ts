import type { Firing } from '../engine/rules/rule.ts';

/** More firings than this in so short a time are noise. */
export const MOST_FIRINGS = 15;
export const NOISE_MS = 180_000;

/** Counts how often each rule fires, by the market's time. */
export interface NoiseMeter {
  /** @returns how long the last 16 firings took, in ms, where that is noise; its count then begins anew */
  fired(firing: Pick<Firing, 'ruleId' | 'ts'>): number | undefined;
  forget(ruleId: string): void;
}

export function createNoiseMeter(): NoiseMeter {
  const times = new Map<string, number[]>();
  return {
    fired({ ruleId, ts }) {
      const mine = (times.get(ruleId) ?? []).filter((time) => ts - time <= NOISE_MS);
      mine.push(ts);
      times.set(ruleId, mine);
      if (mine.length <= MOST_FIRINGS) return undefined;
      times.delete(ruleId);
      return ts - mine[0];
    },
    forget: (ruleId) => void times.delete(ruleId),
  };
}
