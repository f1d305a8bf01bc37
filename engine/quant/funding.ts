import type { FactPoints } from '../market/fact-line.ts';
import { DAY, HOUR } from '../market/interval.ts';

/** What is known of a perpetual's facts, oldest first; undefined where none ever was told. */
export interface FundingFacts {
  /** Rate that is paid next, as a share, and when, in ms. */
  readonly funding: FactPoints | undefined;
  readonly nextFunding: FactPoints | undefined;
  /** In the quote currency. */
  readonly mark: FactPoints | undefined;
  readonly index: FactPoints | undefined;
  /** In units of the base. */
  readonly openInterest: FactPoints | undefined;
}

export interface FundingReport {
  /** As a share; positive: longs pay shorts. */
  readonly rate: number;
  /** Time between two payments in ms, and whether it was seen or is the usual one. */
  readonly every: number;
  readonly isEverySeen: boolean;
  /** The rate times the payments of 365 days, without compounding. */
  readonly perYear: number;
  /** When it is paid next, in ms. */
  readonly dueAt: number | undefined;
  /** Mark over index, less one. */
  readonly basis: number | undefined;
  /** In units of the base, and the same in the quote. */
  readonly openInterest: number | undefined;
  readonly openInterestQuote: number | undefined;
  /** Its change within a day, as a share. */
  readonly openInterestChange: number | undefined;
  /** The shares of the time known in which the rate was lower, and higher, than now, and how long that time is, in ms. */
  readonly rank: { readonly below: number; readonly above: number; readonly ms: number } | undefined;
}

const YEAR = 365 * DAY;
/** Most venues pay so often where nothing else is known. */
const USUAL_EVERY = 8 * HOUR;
/** A rank among less time says nothing. */
const LEAST_RANKED = DAY;

/** @param now in ms. @returns undefined where no rate is known */
export function fundingReport(facts: FundingFacts, now: number): FundingReport | undefined {
  const rate = newest(facts.funding);
  if (rate === undefined) return undefined;
  const seen = everyOf(facts.nextFunding);
  const every = seen ?? USUAL_EVERY;
  const [mark, index, openInterest] = [facts.mark, facts.index, facts.openInterest].map(newest);
  const dueAt = newest(facts.nextFunding);
  const before = valueAt(facts.openInterest, now - DAY);
  return {
    rate,
    every,
    isEverySeen: seen !== undefined,
    perYear: (rate * YEAR) / every,
    dueAt: dueAt !== undefined && dueAt > now ? dueAt : undefined,
    basis: mark !== undefined && index !== undefined && index > 0 ? mark / index - 1 : undefined,
    openInterest,
    openInterestQuote: openInterest !== undefined && mark !== undefined ? openInterest * mark : undefined,
    openInterestChange:
      openInterest !== undefined && before !== undefined && before > 0 ? openInterest / before - 1 : undefined,
    rank: rankOf(facts.funding!, rate, now),
  };
}

function newest(points: FactPoints | undefined): number | undefined {
  const value = points?.values[points.values.length - 1];
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** What held at `ts`; undefined where nothing was known then. */
function valueAt(points: FactPoints | undefined, ts: number): number | undefined {
  let value: number | undefined;
  for (let i = 0; points !== undefined && i < points.times.length && points.times[i] <= ts; i++)
    value = points.values[i];
  return value;
}

/** The least time between two payments that were announced; undefined where but one was. */
function everyOf(next: FactPoints | undefined): number | undefined {
  const due = [...new Set(Array.from(next?.values ?? []))].toSorted((a, b) => a - b);
  const steps = due.slice(1).map((at, i) => at - due[i]);
  return steps.length === 0 ? undefined : Math.min(...steps);
}

/** Weighed by the time for which each rate held: a venue that tells the same rate each second would outvote all others. */
function rankOf({ times, values }: FactPoints, rate: number, now: number): FundingReport['rank'] {
  let [below, above, all] = [0, 0, 0];
  for (let i = 0; i < times.length; i++) {
    const ms = (times[i + 1] ?? now) - times[i];
    if (!(ms > 0) || Number.isNaN(values[i])) continue;
    all += ms;
    if (values[i] < rate) below += ms;
    if (values[i] > rate) above += ms;
  }
  return all < LEAST_RANKED ? undefined : { below: below / all, above: above / all, ms: all };
}
