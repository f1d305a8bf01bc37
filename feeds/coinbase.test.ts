import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bar, BookEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { type CoinbaseDouble, startCoinbaseDouble } from '../test/doubles/coinbase.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { createRandom } from '../test/doubles/random.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import { coinbase } from './coinbase.ts';
import type { Feed } from './feed.ts';
import { createVenueFeed } from './venue-feed.ts';

/** A full minute. */
const START = 1_700_000_040_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FIRST = 5001;

let time: ManualClock;
let wire: Wire;
let venue: CoinbaseDouble;
let feed: Feed;
let events: FeedEvent[];

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startCoinbaseDouble({ clock: time.clock });
  events = [];
  const { wsUrl, restUrl } = venue;
  feed = createVenueFeed(coinbase, { wsUrl, restUrl, clock: time.clock, random: () => 0, log: createSilentLog() });
});

afterEach(async () => {
  await feed.stop();
  await venue.stop();
  wire.close();
});

/** Lets the sockets say all that they have to say, then the clock run by `step`, and so on until `check` holds. */
async function until(check: () => boolean, step = 50): Promise<void> {
  for (let turn = 0; turn < 3000; turn++) {
    await wire.quiet();
    if (check()) return;
    await time.advance(step);
  }
  throw new Error(`never came: ${JSON.stringify(feed.status())} ${JSON.stringify(events.slice(-5))}`);
}

/** Lets the clock run, the sockets keeping up with it. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    await time.advance(Math.min(500, left));
    await wire.quiet();
  }
}

/** What comes of a promise while the clock runs: requests are paced by it. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  promise.then(done, done);
  await until(() => isDone, 150);
  return promise;
}

const isLive = () => feed.status().state === 'live';

async function live(...symbols: string[]): Promise<void> {
  feed.start((event) => events.push(event));
  feed.watch(symbols);
  await until(isLive);
}

const trades = (symbol = 'btcusd') =>
  events.filter((event): event is Trade => event.type === 'trade' && event.instrument === `coinbase:${symbol}`);
const ids = (symbol = 'btcusd') => trades(symbol).map(({ id }) => Number(id));
const gaps = () => events.flatMap((event) => (event.type === 'gap' ? [event.open] : []));
const books = (symbol = 'btcusd') =>
  events.filter((event): event is BookEvent => event.type === 'book' && event.instrument === `coinbase:${symbol}`);
const range = (count: number) => Array.from({ length: count }, (_, i) => FIRST + i);
const asked = (what: string) => venue.requests.filter(({ path }) => path.endsWith(what));
const top = ({ bids, asks }: BookEvent) => [bids.prices[0], bids.sizes[0], asks.prices[0], asks.sizes[0]];

describe('what is asked', () => {
  it('names one channel in a message, heartbeats first, and keeps within eight messages a second', async () => {
    for (let i = 0; i < 240; i++) venue.products.push({ id: `X${i}-USD` });
    feed.start((event) => events.push(event));
    const many = Array.from({ length: 240 }, (_, i) => `x${i}usd`);
    feed.watch(many);
    feed.watchBook?.(many.slice(0, 20));
    await until(isLive);
    const sent = venue.inbound.map(({ text }) => JSON.parse(text) as { channel: string; product_ids?: string[] });
    expect(sent[0]).toEqual({ type: 'subscribe', channel: 'heartbeats' });
    expect(sent.map(({ channel, product_ids = [] }) => [channel, product_ids.length])).toEqual([
      ['heartbeats', 0],
      ['market_trades', 100],
      ['market_trades', 100],
      ['market_trades', 40],
      ['level2', 20],
    ]);
    for (const { at } of venue.inbound) {
      expect(venue.inbound.filter((one) => one.at >= at && one.at < at + 1000).length).toBeLessThanOrEqual(8);
    }
    feed.unwatchBook?.(many);
    await until(() => venue.subscriptions().length === 241);
  });

  it('isolates products that are refused, left out of the answer, or not listed', async () => {
    venue.refused.add('ETH-USD');
    venue.ignored.add('BTC-USDT');
    feed.start((event) => events.push(event));
    feed.watch(['ethusd', 'btcusdt', 'btcusd', 'nothing']);
    await until(isLive);
    venue.trade('BTC-USD', 100, 1);
    await until(() => trades().length === 1);
    const { detail, streams } = feed.status();
    expect(detail).toContain('ethusd refused: invalid product');
    expect(detail).toContain('btcusdt refused: left out of the answer');
    expect(detail).toContain('nothing refused: the venue does not list it');
    expect(streams).toMatchObject({ live: 1, down: 3 });
    venue.refused.clear();
    await pass(61_000);
    venue.trade('ETH-USD', 100, 1);
    await until(() => trades('ethusd').length === 1);
  });

  it('lists markets over all pages, delisted ones as such', async () => {
    const infos = await settled(feed.instruments());
    expect(infos.map(({ symbol, active }) => [symbol, active])).toEqual([
      ['btcusd', true],
      ['btcusdc', true],
      ['btcusdt', true],
      ['ethusd', true],
      ['daiusd', false],
    ]);
    expect(asked('/products').length).toBe(3);
  });
});

describe('a live stream', () => {
  it('tells the taker, and brings a batch in order', async () => {
    venue.preload('BTC-USD', [{ ts: START - 5, price: '90', size: '1', maker: 'BUY' }]);
    await live('btcusd');
    venue.trade('BTC-USD', 100.5, 0.25, { ts: START + 5, maker: 'SELL' });
    const batch = [101, 102, 103].map((price) => venue.trade('BTC-USD', price, 1, { maker: 'BUY', send: false }));
    venue.sendBatch('BTC-USD', batch);
    await until(() => trades().length === 4);
    expect(events[0]).toEqual({
      type: 'trade',
      instrument: 'coinbase:btcusd',
      ts: START + 5,
      price: 100.5,
      size: 0.25,
      side: 'buy',
      id: '5002',
    });
    expect(trades().map(({ price, side }) => [price, side])).toEqual([
      [100.5, 'buy'],
      [101, 'sell'],
      [102, 'sell'],
      [103, 'sell'],
    ]);
  });

  it('serves both names of a market by one subscription', async () => {
    await live('btcusdc');
    venue.trade('BTC-USD', 100, 1);
    await until(() => trades('btcusdc').length === 1);
    feed.watch(['btcusd']);
    await until(isLive);
    expect(venue.subscriptions()).toEqual(['heartbeats', 'market_trades:BTC-USD']);
    venue.trade('BTC-USD', 101, 1);
    await until(() => trades('btcusdc').length === 2 && trades('btcusd').length === 1);
    feed.unwatch(['btcusdc']);
    venue.trade('BTC-USD', 102, 1);
    await until(() => trades('btcusd').length === 2);
    expect(trades('btcusdc').length).toBe(2);
    await pass(2 * MINUTE);
    const bars = await settled(feed.history('btcusdc', MINUTE, START, START + MINUTE));
    expect(bars).toMatchObject([{ start: START, open: 100, close: 102, volume: 3 }]);
  });

  it('stays up for minutes without a trade, by heartbeats', async () => {
    await live('btcusd');
    await pass(150_000);
    expect(feed.status()).toMatchObject({ state: 'live', counters: { reconnects: 0, malformed: 0, unknown: 0 } });
  });

  it('leaves a socket on which even the heartbeats stopped', async () => {
    await live('btcusd');
    venue.trade('BTC-USD', 100, 1);
    await until(() => trades().length === 1);
    venue.mute(true);
    venue.trade('BTC-USD', 101, 1);
    await until(() => feed.status().counters.reconnects > 0 || feed.status().state !== 'live', 500);
    venue.mute(false);
    await until(() => isLive() && trades().length === 2, 500);
    expect(ids()).toEqual(range(2));
    expect(gaps()).toEqual([true, false]);
  });

  it('brings what a slow socket held back, in order', async () => {
    await live('btcusd');
    venue.hold(true);
    for (let i = 0; i < 50; i++) venue.trade('BTC-USD', 100 + i, 1);
    await pass(3000);
    expect(trades()).toEqual([]);
    venue.hold(false);
    await until(() => trades().length === 50);
    expect(ids()).toEqual(range(50));
    expect(feed.status().counters).toMatchObject({ reconnects: 0, duplicates: 0 });
  });
});

describe('what is lost', () => {
  it.each(['lost', 'repeated'] as const)(
    'changes the socket on which a frame was %s, and lacks no trade after it',
    async (how) => {
      await live('btcusd');
      venue.trade('BTC-USD', 100, 1);
      await until(() => trades().length === 1);
      await pass(6000);
      if (how === 'lost') venue.loseFrame();
      venue.trade('BTC-USD', 101, 1);
      if (how === 'repeated') venue.repeatFrame();
      venue.trade('BTC-USD', 102, 1);
      await until(() => feed.status().counters.reconnects === 1 && isLive());
      venue.trade('BTC-USD', 103, 1);
      await until(() => trades().length === 4);
      expect(ids()).toEqual(range(4));
      expect(gaps()).toEqual([true, false]);
    },
  );

  it('fetches a hole of thousands of trades in windows of time, and goes on where the stream does', async () => {
    await live('btcusd');
    venue.trade('BTC-USD', 100, 1);
    await until(() => trades().length === 1);
    venue.refuseConnections(true);
    venue.cutAll();
    await pass(60_000);
    // Thousands in a few seconds, none for half a minute, then some more.
    for (let i = 0; i < 4500; i++)
      venue.trade('BTC-USD', 101 + (i % 9), 1, { ts: START + 10_000 + i * 2, send: false });
    for (let i = 0; i < 30; i++) venue.trade('BTC-USD', 120, 1, { ts: START + 50_000 + i * 10, send: false });
    venue.refuseConnections(false);
    await until(() => venue.subscriptions().length === 2, 500);
    venue.trade('BTC-USD', 200, 1);
    await until(() => isLive() && trades().length === 4532, 150);
    expect(ids()).toEqual(range(4532));
    expect(gaps()).toEqual([true, false]);
    expect(asked('ticker').length).toBeLessThan(25);
    for (const { query } of asked('ticker')) expect(Number(query.limit)).toBeLessThanOrEqual(1000);
  });

  it('fills a hole of very many trades with bars of minutes and the trades of the running one', async () => {
    await live('btcusd');
    venue.trade('BTC-USD', 100, 1);
    await until(() => trades().length === 1);
    venue.refuseConnections(true);
    venue.cutAll();
    const missed = Array.from({ length: 23_000 }, (_, i) => ({
      ts: START + 1000 + i * 20,
      price: `${200 + (i % 7)}`,
      size: '1',
    }));
    venue.preload(
      'BTC-USD',
      missed.map((trade) => ({ ...trade, maker: 'BUY' as const })),
    );
    await pass(470_000);
    venue.refuseConnections(false);
    await until(() => venue.subscriptions().length === 2, 1000);
    venue.trade('BTC-USD', 999, 1);
    await until(() => isLive() && trades().at(-1)?.price === 999, 150);
    const [filled] = events.flatMap((event) => (event.type === 'bars' ? [event.bars] : []));
    expect(filled.map(({ start }) => start)).toEqual(
      Array.from({ length: filled.length }, (_, i) => START + i * MINUTE),
    );
    const goesOn = START + filled.length * MINUTE;
    const later = missed.filter(({ ts }) => ts >= goesOn);
    expect(filled.reduce((sum, { volume }) => sum + volume, 0)).toBe(1 + missed.length - later.length);
    expect(
      trades()
        .slice(1, -1)
        .map(({ ts }) => ts),
    ).toEqual(later.map(({ ts }) => ts));
    expect(ids().slice(1)).toEqual(
      ids()
        .slice(1)
        .map((_, i) => ids()[1] + i),
    );
  });

  it('goes on after a second of more trades than an answer holds, and counts it', async () => {
    await live('btcusd');
    venue.trade('BTC-USD', 100, 1);
    await until(() => trades().length === 1);
    venue.cutAll();
    for (let i = 0; i < 2500; i++) venue.trade('BTC-USD', 101, 1, { ts: START + 2000, send: false });
    await until(() => isLive() && ids().at(-1) === FIRST + 2500, 150);
    expect(trades().length).toBe(1001);
    expect(feed.status().counters.malformed).toBeGreaterThan(0);
    venue.trade('BTC-USD', 102, 1);
    await until(() => ids().at(-1) === FIRST + 2501);
  });

  it.each([
    [429, 3],
    [403, undefined],
    [503, undefined],
  ])('waits where the venue answers %d, then fetches what is missing', async (status, retryAfter) => {
    await live('btcusd');
    venue.trade('BTC-USD', 100, 1);
    await until(() => trades().length === 1);
    venue.failRest(2, status, retryAfter);
    venue.cutAll();
    for (let i = 0; i < 5; i++) venue.trade('BTC-USD', 101 + i, 1);
    await until(() => trades().length === 6 && isLive(), 500);
    expect(ids()).toEqual(range(6));
    expect(gaps()).toEqual([true, false]);
  });

  it('makes the bars that the venue has, out of trades before, in and after a hole', async () => {
    await live('btcusd');
    const random = createRandom(3);
    for (let i = 0; i < 400; i++) {
      if (i === 150) venue.cutAll();
      venue.trade('BTC-USD', 100 + Math.floor(random() * 50), Math.ceil(random() * 8) / 4, {
        send: i < 150 || i > 200,
      });
      await time.advance(1000);
      await wire.quiet();
    }
    await until(() => isLive() && trades().length === 400);
    const built = new Map<number, Bar>();
    for (const { ts, price, size } of trades()) {
      const start = ts - (ts % MINUTE);
      const bar = built.get(start) ?? {
        start,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 0,
        trades: 1,
      };
      const [high, low] = [Math.max(bar.high, price), Math.min(bar.low, price)];
      built.set(start, { ...bar, high, low, close: price, volume: bar.volume + size });
    }
    const bars = await settled(feed.history('btcusd', MINUTE, START, time.now()));
    expect(bars.length).toBeGreaterThan(5);
    expect(bars).toEqual([...built.values()].slice(0, bars.length));
  });

  it('fetches where an earlier run stopped', async () => {
    for (let i = 0; i < 10; i++) venue.trade('BTC-USD', 100 + i, 1, { ts: START - 60_000 + i * 1000 });
    feed.resume('btcusd', START - 57_000, String(FIRST + 3));
    await live('btcusd');
    await until(() => trades().length === 6);
    expect(ids()).toEqual(range(10).slice(4));
    expect(gaps()).toEqual([true, false]);
  });

  it('is live again after any damaged frames', async () => {
    await live('btcusd');
    feed.watchBook?.(['btcusd']);
    venue.setBook('BTC-USD', [[99, 1]], [[101, 1]]);
    await until(() => books().length > 0);
    const row = {
      product_id: 'BTC-USD',
      trade_id: '5001',
      price: '1',
      size: '1',
      time: '2023-11-14T22:14:00Z',
      side: 'BUY',
    };
    const level = { side: 'bid', event_time: row.time, price_level: '98', new_quantity: '1' };
    const texts = [
      { channel: 'market_trades', timestamp: row.time, events: [{ type: 'update', trades: [row] }] },
      {
        channel: 'l2_data',
        timestamp: row.time,
        events: [{ type: 'update', product_id: 'BTC-USD', updates: [level] }],
      },
      { channel: 'subscriptions', timestamp: row.time, events: [{ subscriptions: { level2: ['BTC-USD'] } }] },
    ].map((frame) => JSON.stringify(frame));
    const random = createRandom(5);
    for (let i = 0; i < 300; i++) {
      venue.push(mutate(texts[i % 3], random));
      if (i % 30 === 0) await pass(1000);
    }
    await until(isLive, 500);
    // A damaged number of a trade may be a good one that is far ahead: it takes a minute to see that it was not.
    await until(() => {
      venue.trade('BTC-USD', 150, 1);
      return trades().at(-1)?.price === 150 && isLive();
    }, 1000);
    expect(time.now()).toBeLessThan(START + 3 * MINUTE);
    for (const { price, size } of trades()) expect(price > 0 && size > 0).toBe(true);
  });
});

describe('books', () => {
  const watchBook = async (): Promise<void> => {
    venue.setBook(
      'BTC-USD',
      [
        [99, 1],
        [98, 2],
      ],
      [
        [101, 1],
        [102, 4],
      ],
    );
    await live('btcusd');
    feed.watchBook?.(['btcusd']);
    await until(() => books().length > 0 && isLive());
  };

  it('follow the changes, and begin anew after a cut', async () => {
    await watchBook();
    expect(top(books()[0])).toEqual([99, 1, 101, 1]);
    venue.changeBook('BTC-USD', [[99, 0]], [[100.5, 3]]);
    await until(() => books().length === 2);
    expect(top(books()[1])).toEqual([98, 2, 100.5, 3]);
    venue.cutAll();
    venue.changeBook('BTC-USD', [[99.5, 7]], []);
    await until(() => books().length === 3 && isLive());
    expect(top(books()[2])).toEqual([99.5, 7, 100.5, 3]);
  });

  it('begin anew where a change cannot be read or they cross', async () => {
    await watchBook();
    for (const [side, price, size] of [
      ['bid', '97', '-1'],
      ['bid', '101.5', '1'],
    ]) {
      const at = books().length;
      const update = { side, event_time: '2023-11-14T22:14:00Z', price_level: price, new_quantity: size };
      const event = { type: 'update', product_id: 'BTC-USD', updates: [update] };
      venue.push(JSON.stringify({ channel: 'l2_data', timestamp: '2023-11-14T22:14:00Z', events: [event] }));
      await until(() => feed.status().state === 'resyncing', 0);
      await until(() => books().length > at && isLive());
      expect(top(books().at(-1)!)).toEqual([99, 1, 101, 1]);
    }
    expect(feed.status().counters.reconnects).toBe(0);
  });

  it('come for the other name of a market too when one is there already', async () => {
    await watchBook();
    feed.watchBook?.(['btcusdc']);
    await until(() => books('btcusdc').length > 0 && isLive(), 250);
    venue.changeBook('BTC-USD', [[100, 5]], []);
    await until(() => top(books('btcusdc').at(-1)!)[0] === 100 && top(books().at(-1)!)[0] === 100);
    expect(venue.subscriptions()).toContain('level2:BTC-USD');
  });
});

describe('history', () => {
  const bar = (start: number, price: number) => ({
    start,
    open: price,
    high: price + 1,
    low: price - 1,
    close: price,
    volume: 2,
  });
  const flat = (start: number, close: number): Bar => ({
    start,
    open: close,
    high: close,
    low: close,
    close,
    volume: 0,
    trades: 0,
  });

  it('pages back over the limit of an answer, without holes and without the running bar', async () => {
    const old = Array.from({ length: 2000 }, (_, i) => bar(START - (2000 - i) * MINUTE, 100 + i)).filter(
      (_, i) => i % 7 !== 3,
    );
    venue.setHistory('BTC-USD', old);
    venue.trade('BTC-USD', 5000, 1, { ts: START + 1 });
    const bars = await settled(feed.history('btcusd', MINUTE, START - 1000 * MINUTE, START + MINUTE));
    expect(bars.map(({ start }) => start)).toEqual(Array.from({ length: 1000 }, (_, i) => START - (1000 - i) * MINUTE));
    for (const one of bars) {
      const i = 2000 - (START - one.start) / MINUTE;
      expect(one).toEqual(i % 7 === 3 ? flat(one.start, 99 + i) : { ...bar(one.start, 100 + i), trades: 1 });
    }
    for (const { query, status } of asked('candles')) {
      expect([status, (Number(query.end) - Number(query.start)) / 60 < 300]).toEqual([200, true]);
    }
  });

  it('goes over silences of days, and ends where the market began', async () => {
    const [first, second] = [START - 9 * DAY, START - 2 * HOUR];
    venue.setHistory('BTC-USD', [bar(first, 50), bar(second, 60)]);
    // What ended just now may not be listed yet: it is not taken for a silence.
    expect((await settled(feed.history('btcusd', MINUTE, START - 3 * MINUTE, START))).length).toBe(2);
    await time.advance(MINUTE);
    const bars = await settled(feed.history('btcusd', MINUTE, 0, START));
    expect(bars.length).toBe((START - first) / MINUTE);
    expect(bars[0]).toEqual({ ...bar(first, 50), trades: 1 });
    expect(bars[1]).toEqual(flat(first + MINUTE, 50));
    expect(bars.at(-1)).toEqual(flat(START - MINUTE, 60));
    expect(asked('candles').length).toBeLessThan(30);
    const quiet = await settled(feed.history('btcusd', MINUTE, START - DAY, START - DAY + 3 * MINUTE));
    expect(quiet).toEqual([0, 1, 2].map((i) => flat(START - DAY + i * MINUTE, 50)));
  });

  it('puts longer bars together out of those that the venue has', async () => {
    venue.setHistory('BTC-USD', [bar(START - (START % DAY) - 8 * HOUR, 50), bar(START - (START % DAY) - 6 * HOUR, 70)]);
    const day = START - (START % DAY);
    const bars = await settled(feed.history('btcusd', 4 * HOUR, day - 8 * HOUR, day));
    expect(bars).toMatchObject([
      { start: day - 8 * HOUR, open: 50, high: 71, low: 49, close: 70, volume: 4, trades: 2 },
      flat(day - 4 * HOUR, 70),
    ]);
    expect(asked('candles')[0].query.granularity).toBe('TWO_HOUR');
  });

  it('refuses what is not listed', async () => {
    await expect(settled(feed.history('nothing', MINUTE, START - HOUR, START))).rejects.toThrow(
      'coinbase does not list nothing',
    );
  });
});
