import { afterEach, beforeEach } from 'vitest';
import type { BarsEvent, BookEvent, FactEvent, FeedEvent, Trade } from '../../engine/market/events.ts';
import type { Feed } from '../../feeds/feed.ts';
import type { Venue } from '../../feeds/venue.ts';
import { createVenueFeed } from '../../feeds/venue-feed.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createSilentLog } from './silent-log.ts';
import { type Wire, watchWire } from './wire.ts';

/** A full minute, at which each test begins. */
export const START = 1_700_000_040_000;

/** What every double of a venue has. */
interface Double {
  readonly wsUrl: string;
  readonly restUrl: string;
  stop(): Promise<void>;
}

/** What a test of a feed has: new before each. */
export interface VenueBench<D> {
  time: ManualClock;
  wire: Wire;
  venue: D;
  feed: Feed;
  log: ReturnType<typeof createSilentLog>;
  events: FeedEvent[];
}

/** A feed on the double of its venue, and how to look at what it gives. Called once in a file of tests. */
export function useVenue<D extends Double>(venue: Venue, start: (time: ManualClock) => Promise<D>) {
  const bench = {} as VenueBench<D>;

  beforeEach(async () => {
    bench.time = createManualClock(START);
    bench.wire = watchWire();
    bench.venue = await start(bench.time);
    bench.log = createSilentLog();
    bench.events = [];
    const { wsUrl, restUrl } = bench.venue;
    bench.feed = createVenueFeed(venue, { wsUrl, restUrl, clock: bench.time.clock, random: () => 0, log: bench.log });
  });

  afterEach(async () => {
    await bench.feed.stop();
    await bench.venue.stop();
    bench.wire.close();
  });

  /** Lets the sockets say all that they have to say, then the clock run by `step` (ms), and so on until `check` holds. */
  async function until(check: () => boolean, step = 10): Promise<void> {
    for (let turn = 0; turn < 5000; turn++) {
      await bench.wire.quiet();
      if (check()) return;
      await bench.time.advance(step);
    }
    throw new Error(`never came: ${JSON.stringify(bench.feed.status())} ${JSON.stringify(bench.events.slice(-5))}`);
  }

  const isLive = () => bench.feed.status().state === 'live';
  const trades = () => bench.events.filter((one): one is Trade => one.type === 'trade');

  return {
    bench,
    until,
    isLive,
    trades,
    /** Starts, with books of these symbols too where `isDeep`. */
    async live(symbols: readonly string[], isDeep = false): Promise<void> {
      bench.feed.start((event) => bench.events.push(event));
      bench.feed.watch(symbols);
      if (isDeep) bench.feed.watchBook?.(symbols);
      await until(() => isLive() && (bench.feed.status().streams?.live ?? 0) > 0);
    },
    /** What comes of a promise, while the clock runs. */
    async settled<T>(promise: Promise<T>): Promise<T> {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      promise.then(done, done);
      await until(() => isDone);
      return promise;
    },
    facts: () => bench.events.filter((one): one is FactEvent => one.type === 'fact'),
    bars: () => bench.events.filter((one): one is BarsEvent => one.type === 'bars'),
    books: () => bench.events.filter((one): one is BookEvent => one.type === 'book'),
    gaps: () => bench.events.flatMap((one) => (one.type === 'gap' ? [one.open] : [])),
  };
}
