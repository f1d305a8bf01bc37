import type { Clock } from '../engine/clock.ts';
import type { EngineEvent, FactEvent, MarketEvent } from '../engine/market/events.ts';
import { isSummed } from '../engine/market/fact-line.ts';
import { factKey, splitFactKey } from '../engine/market/facts.ts';
import { MINUTE } from '../engine/market/interval.ts';

/** A fact is given at least so long, in ms. */
const LEAST_MS = 5 * MINUTE;
/** It is stale after so many of its usual intervals. */
const INTERVALS = 3;
/** The usual interval is the middle one of so many. */
const KEPT = 9;
/** Fewer intervals say nothing. */
const ENOUGH = 3;

interface Age {
  lastAt: number;
  /** The newest intervals between two arrivals, in ms. */
  readonly intervals: number[];
  isGone: boolean;
}

/** How long facts have not come: rules that read what stopped coming are told so. */
export interface FactAges {
  came(fact: FactEvent): void;
  /** Looks at all. @param badSince since when the stream of an instrument's facts has not been live, in ms; undefined: it is */
  look(badSince: (instrument: string) => number | undefined): void;
  forget(instrument: string): void;
}

export interface FactAgesOptions {
  readonly clock: Clock;
  now(): number;
  apply(event: MarketEvent): readonly EngineEvent[];
  /** Whether a stream brings the facts of an instrument. */
  isStreamed(instrument: string): boolean;
}

export function createFactAges({ clock, now, apply, isStreamed }: FactAgesOptions): FactAges {
  const ages = new Map<string, Age>();

  function tell(key: string, age: Age, isGone: boolean): void {
    age.isGone = isGone;
    const { name, instrument = '' } = splitFactKey(key);
    const ts = now();
    apply({ type: 'fact-gap', name, instrument, open: isGone, from: ts - (clock.now() - age.lastAt), ts });
  }

  /** Most that it may be silent, in ms. */
  function patience({ intervals }: Age): number {
    if (intervals.length < ENOUGH) return Number.POSITIVE_INFINITY;
    const usual = [...intervals].sort((a, b) => a - b)[intervals.length >> 1];
    return Math.max(LEAST_MS, INTERVALS * usual);
  }

  function isOver(key: string, age: Age, badSince: number | undefined): boolean {
    const most = patience(age);
    // Events that are counted come when they come.
    if (badSince === undefined) return !isSummed(splitFactKey(key).name) && clock.now() - age.lastAt > most;
    const least = most === Number.POSITIVE_INFINITY ? LEAST_MS : most;
    return clock.now() - Math.max(age.lastAt, isSummed(splitFactKey(key).name) ? badSince : 0) > least;
  }

  return {
    came({ name, instrument }) {
      if (instrument === undefined || !isStreamed(instrument)) return;
      const key = factKey(name, instrument);
      const age = ages.get(key);
      if (age === undefined) {
        ages.set(key, { lastAt: clock.now(), intervals: [], isGone: false });
        return;
      }
      age.intervals.push(clock.now() - age.lastAt);
      if (age.intervals.length > KEPT) age.intervals.shift();
      age.lastAt = clock.now();
      if (age.isGone) tell(key, age, false);
    },
    look(badSince) {
      for (const [key, age] of ages) {
        const isGone = isOver(key, age, badSince(splitFactKey(key).instrument ?? ''));
        if (isGone !== age.isGone) tell(key, age, isGone);
      }
    },
    forget(instrument) {
      for (const key of [...ages.keys()]) if (splitFactKey(key).instrument === instrument) ages.delete(key);
    },
  };
}
