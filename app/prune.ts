import type { Clock } from '../engine/clock.ts';
import { DAY, HOUR, MINUTE, STANDARD_INTERVALS } from '../engine/market/interval.ts';
import type { Stores } from './stores.ts';

/** Rows that one step takes at most. */
const STEP = 500;
/** The same for trades, whose rows are thousands of them. */
const CHUNK_STEP = 50;
/** Long enough to see what became of a message that somebody missed. */
const KEEP_DELIVERIES_MS = 30 * DAY;
/** Buttons under older messages answer that they are too old. */
const KEEP_VIEWS_MS = 30 * DAY;
/** As long as the short bars are kept by default: without them a chart could not show a firing any more. */
const KEEP_FIRINGS_MS = 90 * DAY;
/** Nobody asks any more why a rule did what it did that has been gone for a year. */
const KEEP_CHANGES_MS = 365 * DAY;

export interface PruneOptions {
  readonly stores: {
    readonly bars: Pick<Stores['bars'], 'prune'>;
    readonly facts: Pick<Stores['facts'], 'prune'>;
    readonly trades: Pick<Stores['trades'], 'prune'>;
    readonly outbox: Pick<Stores['outbox'], 'prune'>;
    readonly views: Pick<Stores['views'], 'prune'>;
    readonly firings: Pick<Stores['firings'], 'prune'>;
    readonly outages: Pick<Stores['outages'], 'prune'>;
    readonly rules: Pick<Stores['rules'], 'pruneChanges'>;
  };
  readonly clock: Pick<Clock, 'now'>;
  /** How long bars shorter than an hour and facts are kept, in ms. */
  readonly barsRetention: number;
  /** How long trades are kept, in ms; 0: none are. */
  readonly tradesRetention: number;
}

/** Drops what is older than it is kept, in small steps. */
export async function prune({ stores, clock, barsRetention, tradesRetention }: PruneOptions): Promise<void> {
  const { bars, facts, trades, outbox, views, firings, outages, rules } = stores;
  const now = clock.now();
  const short = STANDARD_INTERVALS.filter((interval) => interval >= MINUTE && interval < HOUR);
  for (const interval of short) await inSteps(() => bars.prune(interval, now - barsRetention, STEP));
  await inSteps(() => facts.prune(now - barsRetention, STEP));
  await inSteps(() => trades.prune(now - tradesRetention, CHUNK_STEP));
  await inSteps(() => outbox.prune(now - KEEP_DELIVERIES_MS, STEP));
  await inSteps(() => views.prune(now - KEEP_VIEWS_MS, STEP));
  await inSteps(() => firings.prune(now - KEEP_FIRINGS_MS, STEP));
  await inSteps(() => outages.prune(now - KEEP_FIRINGS_MS, STEP));
  await inSteps(() => rules.pruneChanges(now - KEEP_CHANGES_MS, STEP));
}

/** Goes on until a step finds nothing more, and lets others run between the steps. */
async function inSteps(step: () => Promise<number>): Promise<void> {
  while ((await step()) > 0) await new Promise<void>((resolve) => setImmediate(resolve));
}
