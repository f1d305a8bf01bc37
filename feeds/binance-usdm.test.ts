import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.ts';
import type { Bar, BookEvent, FactEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { startUsdmDouble, type UsdmDouble } from '../test/doubles/binance-usdm.ts';
import { USDM_FRAMES } from '../test/doubles/binance-usdm-frames.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { createRandom } from '../test/doubles/random.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import { binanceUsdm } from './binance-usdm.ts';
import type { Feed } from './feed.ts';
import { createVenueFeed } from './venue-feed.ts';

/** A full minute. */
const START = 1_700_000_040_000;
const MINUTE = 60_000;
const BTC = 'binance-usdm:btcusdt';
const TOPICS = ['btcusdt@aggTrade', 'btcusdt@forceOrder', 'btcusdt@markPrice@1s'];
const PRICE = { mark: '64251.5', index: '64248.25', funding: '-0.000125', next: START + 8 * 3_600_000 };

let time: ManualClock;
let wire: Wire;
let venue: UsdmDouble;
let feed: Feed;
let log: ReturnType<typeof createSilentLog>;
let events: FeedEvent[];

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startUsdmDouble({ now: time.now });
  log = createSilentLog();
  events = [];
  const { wsUrl, restUrl } = venue;
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

/** What comes of a promise, while the clock runs. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  promise.then(done, done);
  await until(() => isDone, 1000);
  return promise;
}

async function live(...symbols: string[]): Promise<void> {
  feed.start((event) => events.push(event));
  feed.watch(symbols);
  await until(() => feed.status().state === 'live' && venue.subscriptions().length === 3 * symbols.length);
}

const trades = () => events.filter((event): event is Trade => event.type === 'trade');
const ids = () => trades().map((trade) => Number(trade.id));
const gaps = () => events.flatMap((event) => (event.type === 'gap' ? [event.open] : []));
const books = () => events.filter((event): event is BookEvent => event.type === 'book');
const facts = (name: string) =>
  events.filter((event): event is FactEvent => event.type === 'fact' && event.name === name);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const levels = ({ prices, sizes }: BookEvent['bids']) => [...prices].map((price, i) => [price, sizes[i]]);
const asked = (what: string) => venue.requests.filter(({ path }) => path.endsWith(what));

describe('the two sockets', () => {
  it('carry trades and facts on the one, books on the other, each connected while it is needed', async () => {
    venue.setBook('BTCUSDT', [[99, 1]], [[101, 1]]);
    await live('btcusdt');
    expect(venue.clients()).toBe(1);
    expect(venue.subscriptions('/market/stream')).toEqual(TOPICS);
    feed.watchBook?.(['btcusdt']);
    await until(() => books().length > 0);
    expect(venue.subscriptions('/market/stream')).toEqual(TOPICS);
    expect(venue.subscriptions('/public/stream')).toEqual(['btcusdt@depth@100ms']);
    venue.trade('BTCUSDT', '64250.1', '0.25', { ts: START + 5, buyerMaker: true, fills: 3 });
    await until(() => trades().length === 1);
    expect(trades()).toEqual([
      { type: 'trade', instrument: BTC, ts: START + 5, price: 64250.1, size: 0.25, side: 'sell', id: '1001' },
    ]);
    expect(feed.status().counters).toMatchObject({ malformed: 0, unknown: 0 });
  });

  it('fail one by one: a book goes on while the trades are lost', async () => {
    venue.setBook('BTCUSDT', [[99, 1]], [[101, 1]]);
    await live('btcusdt');
    feed.watchBook?.(['btcusdt']);
    await until(() => books().length > 0 && feed.status().state === 'live');
    venue.refuseConnections(true);
    venue.cutAll('/market/stream');
    await until(() => gaps().length === 1);
    venue.changeBook('BTCUSDT', [[99, 5]], []);
    await until(() => books().at(-1)?.bids.sizes[0] === 5);
    expect(feed.status().state).toBe('down');
    expect(feed.status().detail).toContain('market: ');
    venue.refuseConnections(false);
    await until(() => feed.status().state === 'live');
    expect(asked('depth')).toHaveLength(1);
  });

  it('are asked in few messages, at most ten in any second, pongs included', async () => {
    const many = Array.from({ length: 300 }, (_, i) => `X${i}USDT`);
    venue.listed.push(...many.map((symbol) => ({ ...venue.listed[0], symbol })));
    feed.start((event) => events.push(event));
    for (const symbol of many) feed.watch([symbol.toLowerCase()]);
    await until(() => {
      venue.ping();
      return venue.subscriptions().length === 900;
    }, 50);
    const subscribes = venue.inbound.filter(({ text }) => text.includes('SUBSCRIBE'));
    expect(subscribes.length).toBeLessThanOrEqual(10);
    expect(venue.inbound.some(({ text }) => text.startsWith('pong'))).toBe(true);
    for (const { at } of venue.inbound) {
      expect(venue.inbound.filter((one) => one.at >= at && one.at < at + 1000).length).toBeLessThanOrEqual(10);
    }
  });

  it('are changed without a loss when the venue says that it restarts', async () => {
    await live('btcusdt');
    await until(() => time.now() > START + 61_000, 1000);
    venue.push(USDM_FRAMES.shutdown);
    let most = 0;
    await until(() => {
      venue.trade('BTCUSDT', 100, 1);
      most = Math.max(most, venue.clients());
      return most === 2 && venue.clients() === 1;
    }, 100);
    const newest = venue.trade('BTCUSDT', 100, 1);
    await until(() => ids().at(-1) === newest);
    expect(ids()).toEqual(range(1001, newest));
    expect(gaps()).toEqual([]);
    expect(asked('aggTrades')).toEqual([]);
  });

  it.each(['btcusdt_261225', 'oldusdt', 'nowhere'])(
    'are not asked for %s: no perpetual that trades, though the venue would confirm it',
    async (symbol) => {
      await live('btcusdt');
      feed.watch([symbol]);
      await until(() => feed.status().detail !== undefined);
      expect(feed.status()).toMatchObject({ state: 'live', detail: expect.stringContaining(`${symbol} refused`) });
      expect(venue.subscriptions()).toEqual(TOPICS);
    },
  );

  it('are replaced when mark prices stop, even where pings are answered', async () => {
    await live('btcusdt');
    await time.advance(16_000);
    await wire.quiet();
    expect(feed.status().streams?.worst).toContainEqual(
      expect.objectContaining({ name: 'facts btcusdt', state: 'stale' }),
    );
    for (let i = 0; i < 60 && feed.status().counters.reconnects === 0; i++) {
      await time.advance(1000);
      await wire.quiet();
    }
    expect(time.now() - START).toBeLessThan(60_000);
    await until(() => feed.status().state === 'live' && facts('mark').length > 0);
    expect(feed.status().streams?.worst).toEqual([]);
  });
});

describe('facts', () => {
  it('come of what is watched, the open interest once a minute by REST', async () => {
    venue.openInterest.set('BTCUSDT', '26286.181');
    await live('btcusdt');
    venue.tellMark('BTCUSDT', PRICE);
    venue.tellMark('ETHUSDT', PRICE);
    venue.liquidate('BTCUSDT', '0.3', { state: 'PARTIALLY_FILLED' });
    venue.liquidate('BTCUSDT', '0.514', { ts: START + 1 });
    const at = time.now();
    await until(() => facts('liquidations').length > 0 && facts('mark').length > 0);
    const fact = { type: 'fact', instrument: BTC, ts: at };
    const told = events.filter(({ type }) => type === 'fact');
    expect(told.slice(-5)).toEqual([
      { ...fact, name: 'mark', value: 64251.5 },
      { ...fact, name: 'index', value: 64248.25 },
      { ...fact, name: 'funding', value: -0.000125 },
      { ...fact, name: 'next_funding', value: PRICE.next },
      { ...fact, name: 'liquidations', value: 0.514, ts: START + 1 },
    ]);
    await until(() => time.now() > START + 150_000, 1000);
    expect(facts('oi').map(({ value }) => value)).toEqual([26286.181, 26286.181]);
    expect(events.every((event) => event.instrument === BTC)).toBe(true);
    feed.unwatch(['btcusdt']);
    await until(() => venue.subscriptions().length === 0);
    await until(() => time.now() > START + 300_000, 1000);
    expect(facts('oi')).toHaveLength(2);
  });

  it('that are fetched do not hide that the stream is silent', async () => {
    await live('btcusdt');
    await until(() => time.now() >= START + 50_000, 1000);
    // Another symbol keeps the socket busy, so that it is not replaced.
    feed.watch(['ethusdt']);
    for (let i = 0; i < 20; i++) {
      await time.advance(1000);
      venue.tellMark('ETHUSDT', PRICE);
      await wire.quiet();
    }
    expect(facts('oi').length).toBeGreaterThan(0);
    expect(feed.status().streams?.worst).toMatchObject([{ name: 'facts btcusdt', state: 'stale' }]);
  });
});

describe('trades', () => {
  it('are put in order and told once, whatever the wire repeats and swaps', async () => {
    await live('btcusdt');
    const make = (n: number) => {
      const id = venue.trade('BTCUSDT', 100 + n, 1, { ts: START + n, send: false });
      return USDM_FRAMES.trade.replace('"a":5933014', `"a":${id}`).replace('"p":"64250.10"', `"p":"${100 + n}"`);
    };
    const [a, b, c, d] = [make(1), make(2), make(3), make(4)];
    for (const text of [a, a, c, b, c, d, b]) venue.push(text);
    await until(() => trades().length >= 4);
    expect(ids()).toEqual([1001, 1002, 1003, 1004]);
    expect(feed.status().counters.duplicates).toBe(3);
    expect(asked('aggTrades')).toEqual([]);
  });

  it('that were missed are fetched by id, before those that came since', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    venue.cutAll();
    for (let i = 0; i < 2500; i++) venue.trade('BTCUSDT', 101 + i, 1);
    await until(() => venue.subscriptions().length === 3);
    venue.trade('BTCUSDT', 5000, 1);
    await until(() => feed.status().state === 'live' && trades().length === 2502);
    expect(ids()).toEqual(range(1001, 3502));
    expect(gaps()).toEqual([true, false]);
    expect(asked('aggTrades').filter(({ query }) => query.fromId !== undefined)).toHaveLength(3);
  });

  it('of a hole too large come as bars, and go on with the first of the running minute', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    venue.refuseConnections(true);
    venue.cutAll();
    await until(() => feed.status().tries > 0);
    const missed = range(0, 20_999).map((i) => ({
      ...{ ts: START + 1000 + i * 20, price: `${200 + (i % 7)}`, size: '1', buyerMaker: false },
    }));
    venue.preload('BTCUSDT', missed);
    await time.advance(START + 430_000 - time.now());
    venue.refuseConnections(false);
    await until(() => venue.subscriptions().length === 3, 100);
    venue.trade('BTCUSDT', 999, 1);
    await until(() => trades().at(-1)?.price === 999 && feed.status().state === 'live');
    const bars = events.flatMap((event) => (event.type === 'bars' ? event.bars : []));
    expect(bars.map(({ start }) => start)).toEqual(range(0, 6).map((i) => START + i * MINUTE));
    expect(bars[0]).toMatchObject({ open: 100, high: 206, low: 100, volume: 2951 });
    expect(trades()[1].ts).toBe(START + 7 * MINUTE);
    expect(ids().slice(1)).toEqual(range(ids()[1], 22_002));
    expect(asked('aggTrades').every(({ status }) => status === 200)).toBe(true);
  });

  it.each([
    [429, 30],
    [418, 120],
    [403, 30],
  ])('wait where the venue answers %d, and are complete afterwards', async (status, retryAfter) => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    venue.failRest(1, status, retryAfter, 'aggTrades');
    venue.cutAll();
    venue.trade('BTCUSDT', 101, 1);
    await until(() => asked('aggTrades').length === 1);
    const refusedAt = time.now();
    venue.trade('BTCUSDT', 102, 1);
    await until(() => trades().length === 3, 100);
    expect(time.now() - refusedAt).toBeGreaterThanOrEqual(retryAfter * 1000);
    expect(ids()).toEqual([1001, 1002, 1003]);
    await until(() => gaps().length === 2);
  });

  it.each([1, 2, 3])(
    'are whole and in order whatever happens, and make the venue’s own bars (course %d)',
    async (seed) => {
      const random = createRandom(seed);
      const chance = (n: number) => Math.floor(random() * n);
      const others = Object.entries(USDM_FRAMES).flatMap(([name, text]) =>
        /rade|ack|shutdown/.test(name) ? [] : [text],
      );
      await live('btcusdt');
      const late: string[] = [];
      for (let step = 0; step < 150; step++) {
        const send = chance(6) > 0;
        const buyerMaker = chance(2) === 0;
        const price = 100 + chance(50);
        const ts = time.now();
        const id = venue.trade('BTCUSDT', price, 1 + chance(5), { send, buyerMaker, fills: 1 + chance(3) });
        const { size } = venue.tradesOf('BTCUSDT').at(-1)!;
        const again = JSON.stringify({
          stream: 'btcusdt@aggTrade',
          data: {
            e: 'aggTrade',
            E: ts,
            s: 'BTCUSDT',
            a: id,
            p: String(price),
            q: size,
            f: 1,
            l: 1,
            T: ts,
            m: buyerMaker,
          },
        });
        if (!send && chance(2) === 0) late.push(again);
        const what = chance(12);
        if (what === 0) venue.cutAll();
        if (what === 1) venue.failRest(1 + chance(2), [429, 500, 418][chance(3)], chance(3));
        if (what === 2) venue.push(again);
        if (what === 3) for (const old of late.splice(0)) venue.push(old);
        if (what === 4) for (const other of others) venue.push(mutate(other, random));
        await time.advance([0, 10, 400, 3000][chance(4)]);
        await wire.quiet();
      }
      venue.failRest(0, 500);
      await until(() => feed.status().state === 'live', 100);
      const newest = venue.trade('BTCUSDT', 9, 1);
      await until(() => ids().at(-1) === newest, 100);
      expect(ids()).toEqual(range(1001, newest));
      expect(gaps()).toEqual(gaps().map((_, i) => i % 2 === 0));
      expect(feed.status().counters.reconnects).toBeGreaterThan(0);

      const end = Math.floor(time.now() / MINUTE) * MINUTE;
      const engine = new Engine();
      engine.watch(BTC, MINUTE, 1);
      const clock = { type: 'clock', ts: end + 2000 } as const;
      const closed = [...events, clock]
        .flatMap((event) => engine.apply(event))
        .flatMap((event) => (event.type === 'bar-closed' && event.bar.start < end ? [event.bar] : []));
      const bars = await settled(feed.history('btcusdt', MINUTE, START, end));
      // The venue counts fills, the stream joins those of one order at one price: numbers of trades differ.
      const sums = ({ trades: _count, ...rest }: Bar) => rest;
      expect(closed.map(sums)).toEqual(bars.map(sums));
      expect(bars.length).toBeGreaterThan(1);
    },
  );
});

describe('a book', () => {
  beforeEach(() =>
    venue.setBook(
      'BTCUSDT',
      [
        [99, 1],
        [98, 2],
      ],
      [[101, 3]],
    ),
  );

  async function watchBook(): Promise<void> {
    await live('btcusdt');
    feed.watchBook?.(['btcusdt']);
    await until(() => books().length === 1);
  }

  it('is fetched while changes wait, then follows them, each by the one before', async () => {
    await live('btcusdt');
    venue.failRest(1, 500, undefined, 'depth');
    feed.watchBook?.(['btcusdt']);
    await until(() => asked('depth').length === 1);
    venue.changeBook(
      'BTCUSDT',
      [
        [99, 0],
        [97, 5],
      ],
      [],
    );
    await until(() => books().length > 0);
    venue.changeBook('BTCUSDT', [], [[100.5, 1]]);
    venue.changeBook('BTCUSDT', [[98, 4]], []);
    await until(() => books().at(-1)?.bids.sizes[0] === 4);
    expect(levels(books().at(-1)!.bids)).toEqual([
      [98, 4],
      [97, 5],
    ]);
    expect(levels(books().at(-1)!.asks)).toEqual([
      [100.5, 1],
      [101, 3],
    ]);
    expect(asked('depth')).toHaveLength(2);
  });

  it('is fetched anew where a change is missing, and only then', async () => {
    await watchBook();
    const text = venue.changeBook('BTCUSDT', [[99, 6]], []);
    venue.push(text, '/public/stream');
    await until(() => books().at(-1)?.bids.sizes[0] === 6);
    expect(asked('depth')).toHaveLength(1);
    venue.changeBook('BTCUSDT', [[99, 7]], [], false);
    venue.changeBook('BTCUSDT', [[98, 8]], []);
    await until(() => books().at(-1)?.bids.sizes[0] === 7);
    expect(levels(books().at(-1)!.bids)).toEqual([
      [99, 7],
      [98, 8],
    ]);
    expect(asked('depth')).toHaveLength(2);
    venue.changeBook('BTCUSDT', [[98, 9]], []);
    await until(() => books().at(-1)?.bids.sizes[1] === 9);
    expect(asked('depth')).toHaveLength(2);
  });

  it('follows what straddles its snapshot, comes right after it, or lies around a number of another contract', () => {
    const follows = binanceUsdm.book!.follows;
    const change = (previous: number, first: number, last: number) => ({
      ...{ instrument: BTC, ts: 1, snapshot: false, bids: [], asks: [], previous, first, last },
    });
    expect(follows(100, change(80, 90, 99), true)).toBe('old');
    expect(follows(100, change(90, 95, 100), true)).toBe('next');
    expect(follows(100, change(90, 95, 120), true)).toBe('next');
    expect(follows(100, change(100, 107, 110), true)).toBe('next');
    expect(follows(100, change(97, 103, 110), true)).toBe('next');
    expect(follows(100, change(101, 107, 110), true)).toBe('gap');
    expect(follows(100, change(100, 107, 110), false)).toBe('next');
    expect(follows(100, change(99, 107, 110), false)).toBe('gap');
    expect(follows(100, change(90, 95, 100), false)).toBe('old');
  });
});

describe('by REST', () => {
  it('lists perpetuals that trade, with their steps', async () => {
    const infos = await feed.instruments();
    expect(infos.map(({ symbol }) => symbol)).toEqual(['btcusdt', 'ethusdt', '1000pepeusdt']);
    expect(infos[0]).toEqual({
      ...{ instrument: BTC, wire: 'BTCUSDT', venue: 'binance-usdm', symbol: 'btcusdt', base: 'btc', quote: 'usdt' },
      ...{ kind: 'perpetual', tick: 0.1, lot: 0.001, active: true },
    });
  });

  it('pages history within the limits of a page and of a minute, in order, whole, without the open bar', async () => {
    const history = range(0, 5999).map((i) => {
      const start = START - (6000 - i) * MINUTE;
      return { start, open: 10 + i, high: 12 + i, low: 9 + i, close: 11 + i, volume: 2, trades: 3, bought: i % 2 };
    });
    venue.setHistory('BTCUSDT', history);
    venue.trade('BTCUSDT', 1, 1, { ts: START + 1 });
    await time.advance(30_000);
    expect(await settled(feed.history('btcusdt', MINUTE, START - 5900 * MINUTE, START + MINUTE))).toEqual(
      history.slice(100),
    );
    expect(asked('klines').map(({ query }) => query.limit)).toEqual(['1500', '1500', '1500', '1400']);
    expect(await settled(feed.history('btcusdt', 7 * MINUTE, START - 700 * MINUTE, START))).toHaveLength(99);
    expect(await settled(feed.history('btcusdt', MINUTE, START - 40 * MINUTE, START))).toEqual(history.slice(-40));
    expect(asked('klines').at(-1)?.query.limit).toBe('40');
  });

  it('stays within the weight of a minute, however much is asked', async () => {
    const results = await settled(
      Promise.allSettled(range(1, 250).map(() => feed.history('btcusdt', MINUTE, START - 3000 * MINUTE, START))),
    );
    expect(venue.mostWeight()).toBeGreaterThan(2000);
    expect(venue.mostWeight()).toBeLessThanOrEqual(2400);
    expect(venue.requests.every(({ status }) => status === 200)).toBe(true);
    // What does not fit into the minute is put off, and says for how long.
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ reason: 'rate-limited' });
      else expect(result.value).toEqual([]);
    }
  });

  it('looks for the first trade since a time in spans of less than an hour, up to now', async () => {
    const hour = 3_600_000;
    const spans: unknown[] = [];
    const get = async (_path: string, { startTime, endTime }: Readonly<Record<string, string | number>>) => {
      spans.push([Number(startTime) - START, Number(endTime) - START]);
      return spans.length === 3 ? [{ a: 7, p: '1', q: '1', T: 1, m: true }] : [];
    };
    const tools = { rest: { get, abort() {} }, markets: { get: () => undefined, named: () => undefined } };
    const { trades: kept } = binanceUsdm.rest({ ...tools, clock: time.clock, malformed: () => {} });
    if (kept.kind !== 'numbered') throw new Error('trades have numbers');
    expect(await kept.source.firstIdSince('btcusdt', START - 3 * hour)).toBe(7);
    expect(spans).toEqual([
      [-3 * hour, -2 * hour - 1],
      [-2 * hour, -hour - 1],
      [-hour, -1],
    ]);
    expect(await kept.source.firstIdSince('btcusdt', START - hour)).toBeUndefined();
    expect(spans).toHaveLength(5);
  });
});
