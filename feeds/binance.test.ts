import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BarsEvent, FeedEvent, Trade } from '../engine/market/events.ts';
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
let log: ReturnType<typeof createSilentLog>;
let events: FeedEvent[];

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startBinanceDouble({ now: time.now });
  log = createSilentLog();
  events = [];
  const { wsUrl, restUrl } = venue;
  feed = createVenueFeed(binance, { wsUrl, restUrl, clock: time.clock, random: () => 0, log });
});

afterEach(async () => {
  await feed.stop();
  await venue.stop();
  wire.close();
});

/** Lets the sockets say all that they have to say, then the clock run by `step`, and so on until `check` holds. */
async function until(check: () => boolean, step = 10): Promise<void> {
  for (let turn = 0; turn < 5000; turn++) {
    await wire.quiet();
    if (check()) return;
    await time.advance(step);
  }
  throw new Error(`never came: ${JSON.stringify(feed.status())} ${JSON.stringify(events.slice(-5))}`);
}

async function live(...symbols: string[]): Promise<void> {
  feed.start((event) => events.push(event));
  feed.watch(symbols);
  await until(() => feed.status().state === 'live' && venue.subscriptions().length === symbols.length);
}

const trades = (symbol = 'btcusdt') =>
  events.filter((event): event is Trade => event.type === 'trade' && event.instrument === `binance:${symbol}`);
const ids = (symbol = 'btcusdt') => trades(symbol).map((trade) => Number(trade.id));
const gaps = () => events.flatMap((event) => (event.type === 'gap' ? [event] : []));
const bars = () => events.filter((event): event is BarsEvent => event.type === 'bars');
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('a live stream', () => {
  it('passes trades on as they come, and watches on demand', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 64000.12, 0.5, { ts: START + 5, buyerMaker: true });
    venue.trade('ETHUSDT', 3000, 1);
    await until(() => trades().length === 1);
    expect(events).toEqual([
      {
        type: 'trade',
        instrument: 'binance:btcusdt',
        ts: START + 5,
        price: 64000.12,
        size: 0.5,
        side: 'sell',
        id: '1001',
      },
    ]);
    feed.watch(['ethusdt', 'btcusdt']);
    await until(() => venue.subscriptions().length === 2 && feed.status().state === 'live');
    venue.trade('ETHUSDT', 3001, 1);
    await until(() => trades('ethusdt').length === 1);
    feed.unwatch(['btcusdt']);
    await until(() => venue.subscriptions().length === 1);
    expect(venue.subscriptions()).toEqual(['ethusdt@trade']);
  });

  it('asks for many symbols in few messages and keeps within five messages in any second, pongs included', async () => {
    const many = Array.from({ length: 450 }, (_, i) => `x${i}usdt`);
    venue.symbols.push(...many.map((symbol) => symbol.toUpperCase()));
    feed.start((event) => events.push(event));
    for (const symbol of many) feed.watch([symbol]);
    await until(() => {
      venue.ping();
      return venue.subscriptions().length === 450;
    }, 50);
    const subscribes = venue.inbound.filter(({ text }) => text.includes('SUBSCRIBE'));
    expect(subscribes.length).toBeLessThanOrEqual(6);
    expect(venue.inbound.some(({ text }) => text.startsWith('pong'))).toBe(true);
    for (const { at } of venue.inbound) {
      expect(venue.inbound.filter((one) => one.at >= at && one.at < at + 1000).length).toBeLessThanOrEqual(5);
    }
  });

  it('drops duplicates and puts trades that the wire swapped back in order', async () => {
    await live('btcusdt');
    const make = (n: number) => {
      venue.trade('BTCUSDT', 100 + n, 1, { ts: START + n, send: false });
      return venue.frame('BTCUSDT', venue.tradesOf('BTCUSDT').at(-1)!);
    };
    const [a, b, c, d] = [make(1), make(2), make(3), make(4)];
    for (const text of [a, a, c, b, c, d, b]) venue.push(text);
    await until(() => trades().length >= 4);
    await time.advance(2000);
    expect(ids()).toEqual([1001, 1002, 1003, 1004]);
    expect(feed.status().counters.duplicates).toBe(3);
    expect(venue.requests.filter(({ path }) => path.endsWith('Trades'))).toEqual([]);
  });

  it('fetches a trade that the stream left out', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    venue.trade('BTCUSDT', 101, 1, { send: false });
    venue.trade('BTCUSDT', 102, 1);
    await until(() => trades().length === 3);
    expect(trades().map((trade) => trade.price)).toEqual([100, 101, 102]);
    expect(gaps()).toEqual([]);
  });

  it('counts malformed and unknown frames, and logs the malformed at most once a minute', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    const good = venue.frame('BTCUSDT', venue.tradesOf('BTCUSDT')[0]);
    for (let i = 0; i < 5; i++) venue.push(good.replace('"p":"100.00000000"', '"p":"-1"'));
    venue.push('nonsense');
    venue.push('{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade"}}');
    await until(() => feed.status().counters.unknown === 1);
    expect(feed.status().counters).toMatchObject({ malformed: 6, unknown: 1, trades: 1 });
    expect(log.lines.filter((line) => line.message === 'a message cannot be read')).toHaveLength(1);
  });

  it('isolates a symbol that the venue refuses, and shows it', async () => {
    feed.start((event) => events.push(event));
    feed.watch(['btcusdt', 'bad symbol', 'ethusdt']);
    await until(() => venue.subscriptions().length === 2 && feed.status().state === 'live');
    expect(venue.subscriptions()).toEqual(['btcusdt@trade', 'ethusdt@trade']);
    expect(feed.status().detail).toContain('bad symbol refused: Invalid request');
  });
});

describe('a lost connection', () => {
  it('marks the gap, fetches the hole by id, and only then goes on', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    venue.cutAll();
    for (let i = 0; i < 2500; i++) venue.trade('BTCUSDT', 101 + i, 1);
    await until(() => venue.subscriptions().length === 1);
    venue.trade('BTCUSDT', 5000, 1);
    await until(() => feed.status().state === 'live' && trades().length === 2502);
    expect(ids()).toEqual(range(1001, 3502));
    expect(gaps().map((gap) => gap.open)).toEqual([true, false]);
    const [lost, regained] = [events.indexOf(gaps()[0]), events.indexOf(gaps()[1])];
    expect(ids().filter((_, i) => events.indexOf(trades()[i]) > lost && i < 2501)).toEqual(range(1002, 3501));
    expect(regained).toBeGreaterThan(events.indexOf(trades()[2500]));
    expect(feed.status().counters).toMatchObject({ reconnects: 1, trades: 2502 });
    expect(bars()).toEqual([]);
  });

  it('closes the gap when nothing was missed', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    venue.cutAll();
    await until(() => gaps().length === 2);
    expect(gaps().map((gap) => gap.open)).toEqual([true, false]);
    expect(ids()).toEqual([1001]);
    venue.trade('BTCUSDT', 101, 1);
    await until(() => trades().length === 2);
  });

  it('fills a hole of very many trades with bars of minutes and the trades of the running one', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    const loose = { size: '1.00000000', buyerMaker: false };
    venue.refuseConnections(true);
    venue.cutAll();
    await until(() => feed.status().tries > 0);
    const missed = Array.from({ length: 21_000 }, (_, i) => ({
      ...loose,
      ts: START + 1000 + i * 20,
      price: `${200 + (i % 7)}`,
    }));
    venue.preload('BTCUSDT', missed);
    await time.advance(START + 430_000 - time.now());
    venue.refuseConnections(false);
    await until(() => venue.subscriptions().length === 1, 100);
    venue.trade('BTCUSDT', 999, 1);
    await until(() => trades().at(-1)?.price === 999);
    await until(() => feed.status().state === 'live');
    const openStart = START + 7 * MINUTE;
    expect(bars()).toHaveLength(1);
    expect(bars()[0].bars.map((bar) => bar.start)).toEqual(range(0, 6).map((i) => START + i * MINUTE));
    // 59 s at 50 trades a second, and the one that came live.
    expect(bars()[0].bars[0]).toMatchObject({ open: 100, high: 206, low: 100, trades: 2951, volume: 2951 });
    const after = trades().slice(1);
    expect(after[0].ts).toBe(openStart);
    expect(Math.min(...after.map((trade) => trade.ts))).toBe(openStart);
    expect(ids().slice(1)).toEqual(range(Number(after[0].id), 22_002));
    expect(events.indexOf(bars()[0])).toBeLessThan(events.indexOf(after[0]));
    expect(gaps().map((gap) => gap.open)).toEqual([true, false]);
  });

  it('repeats a backfill that fails while live trades wait, and heeds Retry-After', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    venue.failRest(1, 429, 30);
    venue.cutAll();
    venue.trade('BTCUSDT', 101, 1);
    await until(() => venue.requests.length === 1);
    const refusedAt = time.now();
    venue.trade('BTCUSDT', 102, 1);
    await time.advance(29_000);
    expect(venue.requests).toHaveLength(1);
    expect(trades()).toHaveLength(1);
    expect(feed.status().state).toBe('resyncing');
    venue.failRest(1, 500);
    await until(() => trades().length === 3, 100);
    expect(time.now() - refusedAt).toBeGreaterThanOrEqual(30_000);
    expect(ids()).toEqual([1001, 1002, 1003]);
    expect(venue.requests.map(({ status }) => status)).toEqual([429, 500, 200]);
    await until(() => gaps().length === 2);
  });

  it('keeps order when more live trades come than may wait', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    venue.failRest(1, 503, 5);
    venue.cutAll();
    venue.trade('BTCUSDT', 101, 1);
    await until(() => venue.subscriptions().length === 1 && venue.requests.length === 1);
    for (let i = 0; i < 21_500; i++) venue.trade('BTCUSDT', 102, 1);
    await until(() => feed.status().counters.frames > 21_500, 0);
    await until(() => feed.status().state === 'live', 100);
    venue.trade('BTCUSDT', 103, 1);
    await until(() => trades().at(-1)?.price === 103);
    expect(ids()).toEqual(range(1001, 22_503));
    // Most of what came live was let go and fetched again.
    expect(venue.requests.filter(({ path }) => path.endsWith('historicalTrades')).length).toBeGreaterThan(20);
    expect(bars()).toEqual([]);
  });

  it('goes on when the venue has no record of what it left out', async () => {
    await live('btcusdt');
    venue.trade('BTCUSDT', 100, 1);
    await until(() => trades().length === 1);
    const ahead = { id: 1005, ts: START, price: '105', size: '1', buyerMaker: false };
    venue.push(venue.frame('BTCUSDT', ahead));
    await until(() => trades().length === 2, 100);
    expect(ids()).toEqual([1001, 1005]);
    expect(feed.status().state).toBe('live');
  });

  it('is cut by silence that pings cannot break', async () => {
    await live('btcusdt');
    venue.mute(true);
    await until(() => feed.status().state === 'stale', 1000);
    await until(() => feed.status().state === 'down', 1000);
    expect(feed.status().detail).toContain('silent for 60 s');
    venue.mute(false);
    await until(() => feed.status().state === 'live', 100);
  });

  it('replaces a socket on which a subscription is not answered', async () => {
    venue.mute(true);
    feed.start((event) => events.push(event));
    feed.watch(['btcusdt']);
    await until(() => log.lines.some((line) => JSON.stringify(line).includes('was not answered')), 200);
    venue.mute(false);
    await until(() => feed.status().state === 'live', 100);
  });

  it('never gives up, and counts its tries', async () => {
    venue.refuseConnections(true);
    feed.start((event) => events.push(event));
    feed.watch(['btcusdt']);
    await until(() => feed.status().tries >= 12, 1000);
    expect(feed.status().state).toBe('down');
    expect(gaps()).toHaveLength(1);
    venue.refuseConnections(false);
    await until(() => feed.status().state === 'live', 1000);
    expect(feed.status().tries).toBe(0);
    expect(gaps().map((gap) => gap.open)).toEqual([true, false]);
  });
});

describe('a venue that cannot be reached', () => {
  it('is down with its host while nothing is watched', async () => {
    await venue.stop();
    feed.start((event) => events.push(event));
    expect(feed.status()).toMatchObject({ state: 'connecting' });
    await expect(feed.instruments()).rejects.toThrow('cannot be asked');
    await expect(feed.instruments()).rejects.toThrow('cannot be asked');
    expect(feed.status()).toMatchObject({
      state: 'down',
      detail: `${new URL(venue.restUrl).host} cannot be asked`,
      lastMessageAt: undefined,
    });
  });
});

describe('whatever the wire does', () => {
  it.each([1, 2, 3, 4])('gives each trade once and in order (course %d)', async (seed) => {
    let state = seed * 2_654_435_761;
    const chance = (n: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 4294967296) * n);
    };
    await live('btcusdt');
    venue.trade('BTCUSDT', 1, 1);
    await until(() => trades().length === 1);
    const late: string[] = [];
    for (let step = 0; step < 150; step++) {
      const what = chance(12);
      const send = chance(6) > 0;
      venue.trade('BTCUSDT', 1 + step, 1, { send });
      const text = venue.frame('BTCUSDT', venue.tradesOf('BTCUSDT').at(-1)!);
      if (!send && chance(2) === 0) late.push(text);
      if (what === 0) venue.cutAll();
      if (what === 1) venue.failRest(1 + chance(2), [429, 500, 418][chance(3)], chance(3));
      if (what === 2) venue.push(text);
      if (what === 3) for (const old of late.splice(0)) venue.push(old);
      if (what === 4) venue.push('{"stream":"btcusdt@trade","data":{"e":"trade"}}');
      await time.advance([0, 10, 400, 3000][chance(4)]);
      await wire.quiet();
    }
    venue.failRest(0, 500);
    await until(() => feed.status().state === 'live', 100);
    const newest = venue.trade('BTCUSDT', 9, 1);
    await until(() => ids().at(-1) === newest, 100);
    expect(ids()).toEqual(range(1001, newest));
    const opens = gaps().map((gap) => gap.open);
    expect(opens).toEqual(opens.map((_, i) => i % 2 === 0));
    expect(opens.length % 2).toBe(0);
    const { reconnects, duplicates, malformed } = feed.status().counters;
    expect(Math.min(reconnects, duplicates, malformed)).toBeGreaterThan(0);
  });
});

describe('resume', () => {
  const past = (n: number, every: number) =>
    Array.from({ length: n }, (_, i) => ({
      ts: START - n * every + i * every,
      price: `${100 + i}`,
      size: '1',
      buyerMaker: false,
    }));

  it('goes on after the newest trade that was applied', async () => {
    venue.preload('BTCUSDT', past(30, 1000));
    feed.resume('btcusdt', START - 25_000, '1010');
    await live('btcusdt');
    expect(ids()).toEqual(range(1011, 1030));
    expect(gaps().map(({ open, from }) => [open, from])).toEqual([
      [true, START - 25_000],
      [false, START - 25_000],
    ]);
  });

  it('without an id takes up with bars from the given time where there were many trades', async () => {
    venue.preload('BTCUSDT', past(9000, 20));
    await time.advance(20_000);
    venue.trade('BTCUSDT', 7, 1);
    feed.resume('btcusdt', START - 150_000, undefined);
    await live('btcusdt');
    expect(bars().flatMap((event) => event.bars.map((bar) => bar.start))).toEqual([
      START - 3 * MINUTE,
      START - 2 * MINUTE,
      START - MINUTE,
    ]);
    expect(bars()[0].bars[0].trades).toBe(3000);
    expect(trades().map((trade) => trade.price)).toEqual([7]);
  });
});

describe('by REST', () => {
  it('lists instruments with their steps', async () => {
    const infos = await feed.instruments();
    expect(infos.find((info) => info.symbol === 'ethbtc')).toEqual({
      instrument: 'binance:ethbtc',
      wire: 'ETHBTC',
      venue: 'binance',
      symbol: 'ethbtc',
      base: 'eth',
      quote: 'btc',
      kind: 'spot',
      tick: 0.01,
      lot: 0.00001,
      active: true,
      volume: 0,
    });
  });

  it('pages history forward and leaves the open bar out', async () => {
    const history = Array.from({ length: 2500 }, (_, i) => {
      const start = START - (2500 - i) * MINUTE;
      return { start, open: 10 + i, high: 12 + i, low: 9 + i, close: 11 + i, volume: 2, trades: 3, bought: i % 2 };
    });
    venue.setHistory('BTCUSDT', history);
    venue.trade('BTCUSDT', 1, 1, { ts: START + 1 });
    await time.advance(30_000);
    expect(await feed.history('btcusdt', MINUTE, START - 2400 * MINUTE, START + MINUTE)).toEqual(history.slice(100));
    expect(venue.requests.map(({ path }) => path)).toEqual(Array(3).fill('/api/v3/klines'));
  });

  it('knows what takers bought in a bar: the part of the volume that no buyer waited for', async () => {
    venue.trade('BTCUSDT', 5, 2, { ts: START - MINUTE, buyerMaker: false });
    venue.trade('BTCUSDT', 5, 3, { ts: START - MINUTE + 1, buyerMaker: true });
    venue.trade('BTCUSDT', 5, 4, { ts: START - MINUTE + 2, buyerMaker: false });
    const [bar] = await feed.history('btcusdt', MINUTE, START - MINUTE, START);
    expect(bar).toMatchObject({ volume: 9, bought: 6 });
  });

  it('builds intervals that the venue does not have', async () => {
    const bar = (i: number, high: number) => ({
      start: START + (i - 14) * MINUTE,
      open: i,
      high,
      low: 1,
      close: i + 0.5,
      volume: 2,
      trades: 3,
      bought: 0.5,
    });
    venue.setHistory(
      'BTCUSDT',
      range(0, 13).map((i) => bar(i, 20 + i)),
    );
    const found = await feed.history('btcusdt', 7 * MINUTE, START - 14 * MINUTE, START);
    const first = Math.ceil((START - 14 * MINUTE) / (7 * MINUTE)) * 7 * MINUTE;
    const i = (first - START) / MINUTE + 14;
    const sums = { volume: 14, trades: 21, bought: 3.5 };
    expect(found[0]).toEqual({ start: first, open: i, high: 26 + i, low: 1, close: i + 6.5, ...sums });
  });

  it('says when the venue wants a pause, without asking again meanwhile', async () => {
    venue.failRest(1, 418, 120);
    await expect(feed.instruments()).rejects.toMatchObject({
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 120_000,
    });
    await time.advance(20_000);
    await expect(feed.history('btcusdt', MINUTE, START - MINUTE, START)).rejects.toMatchObject({
      retryAfterMs: 100_000,
    });
    expect(venue.requests).toHaveLength(1);
    await time.advance(100_000);
    expect(await feed.instruments()).toHaveLength(4);
  });

  it('calls an unknown symbol refused', async () => {
    await expect(feed.history('nope', MINUTE, START - MINUTE, START)).rejects.toMatchObject({
      reason: 'refused',
      retryable: false,
    });
  });
});
