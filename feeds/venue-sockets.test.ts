import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedEvent, Trade } from '../engine/market/events.ts';
import { type BinanceDouble, startBinanceDouble } from '../test/doubles/binance.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import { binance } from './binance.ts';
import type { Feed } from './feed.ts';
import type { Venue } from './venue.ts';
import { createVenueFeed } from './venue-feed.ts';

/** A full minute. */
const START = 1_700_000_040_000;
const SYMBOLS = ['aausdt', 'bbusdt', 'ccusdt', 'ddusdt', 'eeusdt', 'ffusdt', 'ggusdt', 'hhusdt'];
/** The venue as it would be if it took three topics on a socket. */
const NARROW: Venue = { ...binance, routes: { main: { ...binance.routes.main, maxTopics: 3 } } };

let time: ManualClock;
let wire: Wire;
let venue: BinanceDouble;
let feed: Feed;
let events: FeedEvent[];

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startBinanceDouble({ now: time.now, symbols: SYMBOLS.map((symbol) => symbol.toUpperCase()) });
  events = [];
  const { wsUrl, restUrl } = venue;
  feed = createVenueFeed(NARROW, { wsUrl, restUrl, clock: time.clock, random: () => 0, log: createSilentLog() });
  feed.start((event) => events.push(event));
  feed.watch(SYMBOLS);
  await until(() => feed.status().state === 'live' && venue.subscriptions().length === SYMBOLS.length);
});

afterEach(async () => {
  await feed.stop();
  await venue.stop();
  wire.close();
});

async function until(check: () => boolean, step = 10): Promise<void> {
  for (let turn = 0; turn < 5000; turn++) {
    await wire.quiet();
    if (check()) return;
    await time.advance(step);
  }
  throw new Error(`never came: ${JSON.stringify(feed.status())} ${JSON.stringify(events.slice(-5))}`);
}

const trades = () => events.filter((event): event is Trade => event.type === 'trade');
const gapsOf = () => new Set(events.flatMap((event) => (event.type === 'gap' ? [event.instrument] : [])));
const tradeEach = (price: number) => {
  for (const symbol of SYMBOLS) venue.trade(symbol.toUpperCase(), price, 1);
};
const carrying = (stream: string) => venue.carried().find((streams) => streams.includes(stream)) ?? [];

describe('more topics than a socket takes', () => {
  it('are spread over as many sockets as it takes, and all of them come', async () => {
    expect(venue.carried().map((streams) => streams.length)).toEqual([3, 3, 2]);
    tradeEach(100);
    await until(() => trades().length === SYMBOLS.length);
    expect(trades().map(({ instrument }) => instrument)).toEqual(SYMBOLS.map((symbol) => `binance:${symbol}`));
    expect(feed.status()).toMatchObject({ state: 'live', streams: { live: SYMBOLS.length } });
    expect(feed.status()).not.toHaveProperty('detail');
  });

  it('lose but their own socket, and what was missed on it is fetched', async () => {
    tradeEach(100);
    await until(() => trades().length === SYMBOLS.length);
    const lost = carrying('ddusdt@trade').map((stream) => `binance:${stream.split('@')[0]}`);
    venue.cutCarrying('ddusdt@trade');
    tradeEach(101);
    await until(() => trades().length === 2 * SYMBOLS.length && feed.status().state === 'live');
    expect(lost).toHaveLength(3);
    expect(gapsOf()).toEqual(new Set(lost));
    expect(feed.status().counters).toMatchObject({ reconnects: 1 });
    for (const symbol of SYMBOLS) {
      const own = trades().filter(({ instrument }) => instrument === `binance:${symbol}`);
      expect(own.map(({ price }) => price)).toEqual([100, 101]);
    }
  });

  it('have a socket closed once nothing is wanted on it, and the room on the others used again', async () => {
    feed.unwatch(['ggusdt', 'hhusdt', 'aausdt']);
    await until(() => venue.clients() === 2 && venue.subscriptions().length === 5);
    feed.watch(['hhusdt']);
    await until(() => venue.subscriptions().length === 6 && feed.status().state === 'live');
    expect(venue.carried().map((streams) => streams.length)).toEqual([3, 3]);
    venue.trade('HHUSDT', 7, 1);
    await until(() => trades().at(-1)?.price === 7);
  });

  it('are all carried over when the venue says that it restarts, without a loss or a repeat', async () => {
    await time.advance(61_000);
    await until(() => feed.status().state === 'live');
    venue.push(JSON.stringify({ stream: '!serverShutdown', data: { e: 'serverShutdown', E: time.now() } }));
    for (let i = 0; i < 40; i++) {
      tradeEach(100 + i);
      await wire.quiet();
      await time.advance(250);
    }
    await until(() => venue.clients() === 3);
    tradeEach(200);
    await until(() => trades().length === 41 * SYMBOLS.length);
    expect(venue.carried().map((streams) => streams.length)).toEqual([3, 3, 2]);
    expect(gapsOf()).toEqual(new Set());
    expect(feed.status().counters.reconnects).toBe(3);
  });

  it('have their books where they are carried', async () => {
    venue.setBook('HHUSDT', [[99, 1]], [[101, 1]]);
    feed.watchBook?.(['hhusdt']);
    await until(() => events.some(({ type }) => type === 'book') && feed.status().state === 'live');
    expect(carrying('hhusdt@depth@100ms')).toEqual(['ggusdt@trade', 'hhusdt@trade', 'hhusdt@depth@100ms']);
    venue.changeBook('HHUSDT', [[99, 5]], []);
    await until(() => events.some((event) => event.type === 'book' && event.bids.sizes[0] === 5));
  });
});
