import type { Clock } from '../engine/clock.ts';
import type { FeedStatus } from './feed.ts';
import type { Logger } from './logger.ts';

/** The counters of a feed while it still counts. */
export type Counters = { -readonly [K in keyof FeedStatus['counters']]-?: number };

export function createCounters(): Counters {
  return { frames: 0, trades: 0, duplicates: 0, malformed: 0, unknown: 0, reconnects: 0, resyncs: 0 };
}

const LOG_EVERY_MS = 60_000;

/** Counters, and a way to count what cannot be read that speaks of it at most once a minute. */
export function createCounting(
  venue: string,
  clock: Clock,
  log: Logger,
): { readonly counters: Counters; readonly malformed: (reason: string) => void } {
  const counters = createCounters();
  let loggedAt = Number.NEGATIVE_INFINITY;
  return {
    counters,
    malformed(reason) {
      counters.malformed++;
      if (clock.now() - loggedAt < LOG_EVERY_MS) return;
      loggedAt = clock.now();
      log.warn({ venue, reason, malformed: counters.malformed }, 'a message cannot be read');
    },
  };
}
