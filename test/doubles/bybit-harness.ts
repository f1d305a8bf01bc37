import { afterEach, beforeEach } from 'vitest';
import type { BarsEvent, BookEvent, FactEvent, FeedEvent, Trade } from '../../engine/market/events.ts';
import { bybit } from '../../feeds/bybit.ts';
import type { Feed } from '../../feeds/feed.ts';
import { createVenueFeed } from '../../feeds/venue-feed.ts';
import { type BybitDouble, startBybitDouble } from './bybit.ts';
import type { BybitRoute } from './bybit-market.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createSilentLog } from './silent-log.ts';
import { type Wire, watchWire } from './wire.ts';

/** A full minute. */
export const START = 1_700_000_040_000;

/** What a test of the feed has: new before each. */
export interface BybitBench {
  time: ManualClock;
  wire: Wire;
  venue: BybitDouble;
  feed: Feed;
  log: ReturnType<typeof createSilentLog>;
  events: FeedEvent[];
}

/** Bybit's feed on its double, and how to look at what it gives. Called once in a file of tests. */
export function useBybit() {
  const bench = {} as BybitBench;

  beforeEach(async () => {
    bench.time = createManualClock(START);
    bench.wire = watchWire();
    bench.venue = await startBybitDouble({ now: bench.time.now });
    bench.log = createSilentLog();
    bench.events = [];
    const { wsUrl, restUrl } = bench.venue;
    bench.feed = createVenueFeed(bybit, { wsUrl, restUrl, clock: bench.time.clock, random: () => 0, log: bench.log });
  });

  afterEach(async () => {
    await bench.feed.stop();
    await bench.venue.stop();
    bench.wire.close();
  });

  /** Lets the sockets say all that they have to say, then the clock run by `step`, and so on until `check` holds. */
  async function until(check: () => boolean, step = 20): Promise<void> {
    for (let turn = 0; turn < 5000; turn++) {
      await bench.wire.quiet();
      if (check()) return;
      await bench.time.advance(step);
    }
    throw new Error(`never came: ${JSON.stringify(bench.feed.status())} ${JSON.stringify(bench.events.slice(-5))}`);
  }

  const isLive = () => bench.feed.status().state === 'live';

  async function live(...symbols: string[]): Promise<void> {
    bench.feed.start((event) => bench.events.push(event));
    bench.feed.watch(symbols);
    await until(isLive);
  }

  /** What comes of a promise, while the clock runs. */
  async function settled<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    promise.then(done, done);
    await until(() => isDone);
    return promise;
  }

  const trades = (symbol = 'btcusdt') =>
    bench.events.filter((one): one is Trade => one.type === 'trade' && one.instrument === `bybit:${symbol}`);

  return {
    bench,
    until,
    isLive,
    live,
    settled,
    trades,
    ids: (symbol?: string) => trades(symbol).map(({ id }) => id),
    madeIds: (route: BybitRoute = 'spot') => bench.venue.market(route, 'BTCUSDT').trades.map(({ id }) => id),
    facts: () => bench.events.filter((one): one is FactEvent => one.type === 'fact'),
    bars: () => bench.events.filter((one): one is BarsEvent => one.type === 'bars'),
    books: () => bench.events.filter((one): one is BookEvent => one.type === 'book'),
    gaps: () => bench.events.flatMap((one) => (one.type === 'gap' ? [one.open] : [])),
    sent: (op: string, route: BybitRoute = 'spot') =>
      bench.venue.inbound.filter((one) => one.route === route && one.text.includes(`"op":"${op}"`)),
  };
}
