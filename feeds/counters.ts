import type { FeedStatus } from './feed.ts';

/** The counters of a feed while it still counts. */
export type Counters = { -readonly [K in keyof FeedStatus['counters']]: number };

export function createCounters(): Counters {
  return { frames: 0, trades: 0, duplicates: 0, malformed: 0, unknown: 0, reconnects: 0 };
}
