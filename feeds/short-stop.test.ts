import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../engine/market/events.ts';
import { type BinanceDouble, startBinanceDouble } from '../test/doubles/binance.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import { binance } from './binance.ts';
import type { Feed } from './feed.ts';
import { createVenueFeed } from './venue-feed.ts';

/** A full minute. */
const START = 1_700_000_040_000;
const MINUTE = 60_000;

let time: ManualClock;
let wire: Wire;
let venue: BinanceDouble;
let feed: Feed;
let events: FeedEvent[];

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startBinanceDouble({ now: time.now });
  events = [];
  const urls = { wsUrl: venue.wsUrl, restUrl: venue.restUrl };
  feed = createVenueFeed(binance, { ...urls, clock: time.clock, random: () => 0, log: createSilentLog() });
});

afterEach(async () => {
  await feed.stop();
  await venue.stop();
  wire.close();
});

/** `count` trades up to START, one every `everyMs`; the first has the id 1001. */
function past(count: number, everyMs: number): void {
  venue.preload(
    'BTCUSDT',
    Array.from({ length: count }, (_, i) => ({
      ts: START - (count - i) * everyMs,
      ...{ price: `${100 + i}`, size: '1', buyerMaker: false },
    })),
  );
}

/** Takes up from `from` on, and lets sockets and the clock run until nothing is missing. */
async function resume(from: number): Promise<void> {
  feed.resume('btcusdt', from, undefined);
  feed.start((event) => events.push(event));
  feed.watch(['btcusdt']);
  await until(() => feed.status().state === 'live' && venue.subscriptions().length === 1);
}

async function until(check: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5000; turn++) {
    await wire.quiet();
    if (check()) return;
    await time.advance(10);
  }
  throw new Error(`never came: ${JSON.stringify(feed.status())}`);
}

const ids = () => events.flatMap((event) => (event.type === 'trade' ? [Number(event.id)] : []));
const kinds = () => [...new Set(events.map((event) => event.type))];
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('a short stop', () => {
  it('comes back trade by trade from its first minute on, between the ends of a gap', async () => {
    past(300, 1000);
    await resume(START - 3 * MINUTE);
    expect(ids()).toEqual(range(1121, 1300));
    expect(kinds()).toEqual(['gap', 'trade']);
    expect(events.at(0)).toMatchObject({ type: 'gap', open: true, from: START - 3 * MINUTE });
    expect(events.at(-1)).toMatchObject({ type: 'gap', open: false, from: START - 3 * MINUTE });
  });

  it('joins what is traded meanwhile without a hole and without repeats', async () => {
    past(2500, 50);
    venue.failRest(1, 503, undefined, 'aggTrades');
    feed.resume('btcusdt', START - 3 * MINUTE, undefined);
    feed.start((event) => events.push(event));
    feed.watch(['btcusdt']);
    await until(() => {
      const newest = Number(venue.tradesOf('BTCUSDT').at(-1)?.id);
      if (newest < 3600) venue.trade('BTCUSDT', 7, 1);
      return ids().at(-1) === 3600;
    });
    expect(ids()).toEqual(range(1001, 3600));
  });

  it('of 5,000 trades is short, of one more it is not', async () => {
    past(5000, 600);
    await resume(START - 50 * MINUTE);
    expect(ids()).toEqual(range(1001, 6000));
    await feed.stop();
    events = [];
    venue.trade('BTCUSDT', 7, 1);
    const urls = { wsUrl: venue.wsUrl, restUrl: venue.restUrl };
    feed = createVenueFeed(binance, { ...urls, clock: time.clock, random: () => 0, log: createSilentLog() });
    await resume(START - 50 * MINUTE);
    expect(kinds()).toEqual(['gap', 'bars', 'trade']);
    expect(ids()).toEqual([6001]);
  });

  it('of less than an hour is short, a longer one is not', async () => {
    past(100, MINUTE);
    await resume(START - 59 * MINUTE);
    expect(ids()).toEqual(range(1042, 1100));
    await feed.stop();
    events = [];
    const urls = { wsUrl: venue.wsUrl, restUrl: venue.restUrl };
    feed = createVenueFeed(binance, { ...urls, clock: time.clock, random: () => 0, log: createSilentLog() });
    await resume(START - 61 * MINUTE);
    expect(kinds()).toEqual(['gap', 'bars']);
  });

  it('in which nothing was traded tells nothing, and goes on with the first trade', async () => {
    past(3, MINUTE);
    await time.advance(10 * MINUTE);
    await resume(START);
    expect(kinds()).toEqual(['gap']);
    venue.trade('BTCUSDT', 7, 1);
    await until(() => ids().length > 0);
    expect(ids()).toEqual([1004]);
  });

  it('whose trades the venue does not have comes as bars', async () => {
    const bar = { open: 5, high: 6, low: 4, close: 5, volume: 2, trades: 3 };
    venue.setHistory(
      'BTCUSDT',
      range(-5, -1).map((minute) => ({ start: START + minute * MINUTE, ...bar })),
    );
    await resume(START - 3 * MINUTE);
    expect(events.flatMap((event) => (event.type === 'bars' ? event.bars.map(({ start }) => start) : []))).toEqual([
      START - 3 * MINUTE,
      START - 2 * MINUTE,
      START - MINUTE,
    ]);
  });
});
