import { afterEach, beforeEach } from 'vitest';
import type { BookEvent, FactEvent, FeedEvent, Trade } from '../../engine/market/events.ts';
import { binanceUsdm } from '../../feeds/binance-usdm.ts';
import type { Feed } from '../../feeds/feed.ts';
import { createVenueFeed } from '../../feeds/venue-feed.ts';
import { startUsdmDouble, type UsdmDouble } from './binance-usdm.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createSilentLog } from './silent-log.ts';
import { type Wire, watchWire } from './wire.ts';

/** A full minute, at which each test begins. */
export const START = 1_700_000_040_000;
export const MINUTE = 60_000;
export const BTC = 'binance-usdm:btcusdt';
/** What the venue tells of btcusdt every second. */
export const PRICE = { mark: '64251.5', index: '64248.25', funding: '-0.000125', next: START + 8 * 3_600_000 };

export const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A feed of the venue and the double that it is on, new for each test of the file that calls this. */
export function onUsdm() {
  let time: ManualClock;
  let wire: Wire;
  let venue: UsdmDouble;
  let feed: Feed;
  let events: FeedEvent[];

  beforeEach(async () => {
    time = createManualClock(START);
    wire = watchWire();
    venue = await startUsdmDouble({ now: time.now });
    events = [];
    const { wsUrl, restUrl } = venue;
    const log = createSilentLog();
    feed = createVenueFeed(binanceUsdm, { wsUrl, restUrl, clock: time.clock, random: () => 0, log });
  });

  afterEach(async () => {
    await feed.stop();
    await venue.stop();
    wire.close();
  });

  /** Lets the sockets say all that they have to say, then the clock run by `step` while mark prices go on, until `check` holds. */
  async function until(check: () => boolean, step = 10): Promise<void> {
    for (let turn = 0; turn < 5000; turn++) {
      await wire.quiet();
      if (check()) return;
      await time.advance(step);
      if (Math.floor(time.now() / 1000) > Math.floor((time.now() - step) / 1000)) venue.tellMark('BTCUSDT', PRICE);
    }
    throw new Error(`never came: ${JSON.stringify(feed.status())} ${JSON.stringify(events.slice(-5))}`);
  }

  const trades = () => events.filter((event): event is Trade => event.type === 'trade');

  return {
    get time() {
      return time;
    },
    get wire() {
      return wire;
    },
    get venue() {
      return venue;
    },
    get feed() {
      return feed;
    },
    until,
    /** What comes of a promise, while the clock runs. */
    async settled<T>(promise: Promise<T>): Promise<T> {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      promise.then(done, done);
      await until(() => isDone, 1000);
      return promise;
    },
    async live(...symbols: string[]): Promise<void> {
      feed.start((event) => events.push(event));
      feed.watch(symbols);
      await until(() => feed.status().state === 'live' && venue.subscriptions().length === 3 * symbols.length);
    },
    /** All that the feed told. */
    events: () => events,
    trades,
    ids: () => trades().map((trade) => Number(trade.id)),
    gaps: () => events.flatMap((event) => (event.type === 'gap' ? [event.open] : [])),
    books: () => events.filter((event): event is BookEvent => event.type === 'book'),
    facts: (name: string) => events.filter((event): event is FactEvent => event.type === 'fact' && event.name === name),
    asked: (what: string) => venue.requests.filter(({ path }) => path.endsWith(what)),
  };
}
