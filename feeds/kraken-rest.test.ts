import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bar } from '../engine/market/events.ts';
import { type KrakenDouble, startKrakenDouble } from '../test/doubles/kraken.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createRandom } from '../test/doubles/random.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import type { Feed } from './feed.ts';
import { kraken } from './kraken.ts';
import { refusalOf } from './kraken-rest.ts';
import { createVenueFeed } from './venue-feed.ts';

const START = 1_700_000_040_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let time: ManualClock;
let wire: Wire;
let venue: KrakenDouble;
let feed: Feed;

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startKrakenDouble(time.clock);
  const { wsUrl, restUrl } = venue;
  feed = createVenueFeed(kraken, { wsUrl, restUrl, clock: time.clock, random: () => 0, log: createSilentLog() });
});

afterEach(async () => {
  await feed.stop();
  await venue.stop();
  wire.close();
});

/** What comes of a promise while the clock runs, because requests are paced by it. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  promise.then(done, done);
  for (let turn = 0; turn < 5000 && !isDone; turn++) {
    await wire.quiet();
    if (!isDone) await time.advance(100);
  }
  return promise;
}

const history = (symbol: string, interval: number, from: number, to: number) =>
  settled(feed.history(symbol, interval, from, to));
const asked = (what: string) => venue.requests.filter((request) => request.what === what);

/** Trades every now and then: some minutes have none, several share a time. */
function trade(wireName: string, from: number, count: number, step: number): void {
  const random = createRandom(9);
  let ts = from;
  for (let i = 0; i < count; i++) {
    if (random() < 0.6) ts += Math.floor(random() * 2 * step);
    const side = random() < 0.5 ? 'buy' : 'sell';
    venue.trade(wireName, 100 + Math.floor(random() * 100) / 10, Math.ceil(random() * 1000) / 1000, { ts, side });
  }
}

/** What a plain loop makes of all trades that the venue has: the reference. */
function expected(wireName: string, interval: number, from: number, to: number): Bar[] {
  const found: Bar[] = [];
  let close: number | undefined;
  const all = venue
    .tradesOf(wireName)
    .map(({ us, price, size, side }) => ({ ts: us / 1000, price: +price, size: +size, side }));
  for (const one of all) if (one.ts < from) close = one.price;
  for (let start = from; start < to; start += interval) {
    const own = all.filter(({ ts }) => ts >= start && ts < start + interval);
    const prices = own.map(({ price }) => price);
    if (prices.length === 0 && close === undefined) continue;
    const open = prices[0] ?? close!;
    close = prices.at(-1) ?? close!;
    const sum = (list: typeof own) => list.reduce((total, { size }) => total + size, 0);
    found.push({
      start,
      open,
      high: Math.max(open, ...prices),
      low: Math.min(open, ...prices),
      close,
      volume: expect.closeTo(sum(own), 6),
      trades: own.length,
      bought: expect.closeTo(sum(own.filter(({ side }) => side === 'buy')), 6),
    });
  }
  return found;
}

/** The venue's own bars do not tell what takers bought. */
const untold = (bars: readonly Bar[]) => bars.map(({ bought: _, ...bar }) => bar);

describe('the list of markets', () => {
  it('has the names of version 2, which are not those of REST', async () => {
    const infos = await settled(feed.instruments());
    expect(infos.map(({ symbol }) => symbol)).toEqual(['btcusdt', 'btcusd', 'ethusd', 'dogeusd']);
    expect(infos[3]).toEqual({
      instrument: 'kraken:dogeusd',
      wire: 'DOGE/USD',
      restName: 'XDGUSD',
      venue: 'kraken',
      symbol: 'dogeusd',
      base: 'doge',
      quote: 'usd',
      kind: 'spot',
      tick: 0.0000001,
      lot: 0.00000001,
      digits: { price: 7, size: 8 },
      active: true,
      volume: 0,
    });
    trade('DOGE/USD', START - 5 * MINUTE, 10, 10_000);
    expect(await history('dogeusd', MINUTE, START - 2 * MINUTE, START)).toHaveLength(2);
    expect(asked('OHLC')[0].query).toEqual({ pair: 'XDGUSD', interval: '1' });
  });

  it('shows pairs that do not trade as such', async () => {
    venue.pairs[2] = { ...venue.pairs[2], status: 'cancel_only' };
    const infos = await settled(feed.instruments());
    expect(infos.map(({ active }) => active)).toEqual([true, true, false, true]);
  });
});

describe('history', () => {
  it('is that of the venue where its newest 720 bars reach, in one request', async () => {
    trade('BTC/USD', START - 20 * HOUR, 5000, 30_000);
    const [from, to] = [START - 10 * HOUR, START];
    expect(untold(await history('btcusd', MINUTE, from, to))).toEqual(untold(expected('BTC/USD', MINUTE, from, to)));
    expect([asked('OHLC').length, asked('Trades').length]).toEqual([1, 0]);
  });

  it('of minutes goes on into the past by trades, without holes, a request a second', async () => {
    trade('BTC/USD', START - 60 * HOUR, 9000, 40_000);
    const [from, to] = [START - 50 * HOUR, START];
    const found = await history('btcusd', MINUTE, from, to);
    expect(found).toHaveLength(50 * 60);
    expect(untold(found)).toEqual(untold(expected('BTC/USD', MINUTE, from, to)));
    expect(found[0].bought).toEqual(expected('BTC/USD', MINUTE, from, to)[0].bought);
    expect(asked('Trades').length).toBeGreaterThan(3);
    const times = venue.requests.map(({ at }) => at);
    for (const [i, at] of times.entries()) if (i > 0) expect(at - times[i - 1]).toBeGreaterThanOrEqual(1000);
  });

  it('of the past alone does not ask for bars, and begins flat at the close before', async () => {
    venue.trade('BTC/USD', 77, 1, { ts: START - 40 * HOUR });
    venue.trade('BTC/USD', 78, 2, { ts: START - 36 * HOUR + 3 * MINUTE, side: 'sell' });
    const flat = { open: 77, high: 77, low: 77, close: 77, volume: 0, trades: 0, bought: 0 };
    const sold = { open: 78, high: 78, low: 78, close: 78, volume: 2, trades: 1, bought: 0 };
    const from = START - 36 * HOUR;
    expect(await history('btcusd', MINUTE, from, from + 5 * MINUTE)).toEqual([
      { start: from, ...flat },
      { start: from + MINUTE, ...flat },
      { start: from + 2 * MINUTE, ...flat },
      { start: from + 3 * MINUTE, ...sold },
      { start: from + 4 * MINUTE, ...sold, volume: 0, trades: 0 },
    ]);
    expect(asked('OHLC')).toEqual([]);
  });

  it('begins with the first trade of a market that is younger', async () => {
    const to = Math.floor(START / (5 * MINUTE)) * 5 * MINUTE - 30 * HOUR;
    venue.trade('BTC/USD', 78, 2, { ts: to - 6 * HOUR });
    const found = await history('btcusd', 5 * MINUTE, to - 300 * HOUR, to);
    expect(found[0]).toMatchObject({ start: to - 6 * HOUR, open: 78, trades: 1 });
    expect(found).toHaveLength(6 * 12);
  });

  it.each([5, 10, 15, 30])('of %d minutes is built of trades beyond the venue’s bars', async (minutes) => {
    const interval = minutes * MINUTE;
    const to = Math.floor(START / interval) * interval;
    trade('BTC/USD', to - 800 * interval, 2500, 200 * MINUTE);
    const from = to - 740 * interval;
    expect(untold(await history('btcusd', interval, from, to))).toEqual(
      untold(expected('BTC/USD', interval, from, to)),
    );
  });

  it('of hours is as long as the venue’s', async () => {
    venue.trade('BTC/USD', 78, 2, { ts: START - 2000 * HOUR });
    const found = await history('btcusd', HOUR, START - 1000 * HOUR, START);
    expect(found).toHaveLength(720);
    expect(asked('Trades')).toEqual([]);
  });

  it('that broke off goes on where it was', async () => {
    trade('BTC/USD', START - 60 * HOUR, 9000, 40_000);
    const [from, to] = [START - 50 * HOUR, START];
    const whole = history('btcusd', MINUTE, from, to);
    const broken = expect(whole).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 10_000 });
    for (let turn = 0; turn < 1000 && asked('Trades').length < 4; turn++) {
      await wire.quiet();
      await time.advance(100);
    }
    venue.failRest(1, { error: 'EAPI:Rate limit exceeded' });
    await broken;
    const before = asked('Trades').map(({ query }) => query.since);
    await time.advance(10_000);
    const found = await history('btcusd', MINUTE, from + MINUTE, to);
    expect(untold(found)).toEqual(untold(expected('BTC/USD', MINUTE, from + MINUTE, to)));
    const after = asked('Trades')
      .slice(before.length)
      .map(({ query }) => query.since);
    expect(after[0]).toBe(before.at(-1));
    expect(after.filter((since) => before.slice(0, -1).includes(since))).toEqual([]);
  });

  it('of what is not listed is refused', async () => {
    await expect(history('nope', MINUTE, START - MINUTE, START)).rejects.toMatchObject({
      reason: 'refused',
      retryable: false,
    });
  });
});

describe('refusals', () => {
  it.each([
    [{ error: [], result: {} }, undefined],
    [{ error: ['WGeneral:Danger'], result: {} }, undefined],
    [{ error: ['EAPI:Rate limit exceeded'] }, 'rate-limited'],
    [{ error: ['EGeneral:Too many requests'] }, 'rate-limited'],
    [{ error: ['EGeneral:Temporary lockout'] }, 'rate-limited'],
    [{ error: ['EService:Unavailable'] }, 'unreachable'],
    [{ error: ['EQuery:Unknown asset pair'] }, 'refused'],
  ])('takes %j for %s', (body, reason) => {
    expect(refusalOf(body)?.reason).toBe(reason);
  });

  it.each([
    [
      { status: 429, retryAfter: 30 },
      { reason: 'rate-limited', retryAfterMs: 30_000 },
    ],
    [{ status: 403 }, { reason: 'rate-limited' }],
    [{ error: 'EGeneral:Too many requests' }, { reason: 'rate-limited', retryAfterMs: 10_000 }],
    [{ error: 'EService:Busy' }, { reason: 'unreachable', retryable: true }],
    [{ status: 520 }, { reason: 'unreachable', retryable: true }],
  ])('tells %j as %j, and does not ask on meanwhile', async (how, error) => {
    venue.failRest(1, how);
    await expect(settled(feed.instruments())).rejects.toMatchObject(error);
    if (error.reason === 'rate-limited') {
      await time.advance(5000);
      await expect(settled(feed.instruments())).rejects.toMatchObject({ reason: 'rate-limited' });
      expect(venue.requests).toHaveLength(1);
    }
    await time.advance(120_000);
    expect(await settled(feed.instruments())).toHaveLength(4);
  });
});
