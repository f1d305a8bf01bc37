import type { InstrumentInfo } from '../../engine/market/instrument.ts';
import type { Feed } from '../../feeds/feed.ts';
import type { FeedOptions } from '../../feeds/registry.ts';
import type { ManualClock } from '../doubles/manual-clock.ts';
import { createSilentLog } from '../doubles/silent-log.ts';

/** A full minute. */
export const START = 1_700_000_040_000;
export const MINUTE = 60_000;

/** A venue under test: makes trades of `btcusdt` while the clock runs. */
export interface Stage {
  readonly feed: Feed;
  readonly time: ManualClock;
  /** What `btcusdt` is there; default: spot. */
  readonly kind?: InstrumentInfo['kind'];
  /** What was traded of `btcusdt` in 24 h before the start, in usdt; absent: the venue does not say. */
  readonly volume?: number;
  trade?(): void;
  /** Changes the order book of `btcusdt`; for venues that have books. */
  book?(): void;
  /** A market of it that has facts, and what tells some of them. */
  readonly facts?: { readonly symbol: string; tell(): void };
  /** Breaks every socket; for venues that are reached over some. */
  cut?(): void;
  /** Resolves when nothing comes any more while the clock stands still. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the stage of a venue. @param more what its feed is made with besides */
export type StartStage = (more?: Partial<FeedOptions>) => Promise<Stage>;

/** What a feed under test is made with. */
export function stageOptions(time: ManualClock, more: Partial<FeedOptions> = {}): FeedOptions {
  return { clock: time.clock, random: () => 0.5, log: createSilentLog(), ...more };
}
