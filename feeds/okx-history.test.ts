import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bar } from '../engine/market/events.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { type OkxDouble, startOkxDouble } from '../test/doubles/okx.ts';
import { spotRow } from '../test/doubles/okx-rest.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import type { Feed } from './feed.ts';
import { okx } from './okx.ts';
import { createVenueFeed } from './venue-feed.ts';

/** A full minute. */
const START = 1_700_000_040_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

let time: ManualClock;
let wire: Wire;
let venue: OkxDouble;
let feed: Feed;

beforeEach(async () => {
  time = createManualClock(START);
  wire = watchWire();
  venue = await startOkxDouble({ now: time.now });
  const { wsUrl, restUrl } = venue;
  feed = createVenueFeed(okx, { wsUrl, restUrl, clock: time.clock, random: () => 0, log: createSilentLog() });
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
  throw new Error(`never came: ${JSON.stringify(feed.status())}`);
}

async function settled<T>(promise: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  promise.then(done, done);
  await until(() => isDone);
  return promise;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('history', () => {
  const flat = (start: number, close: number, volume = 1): Bar => ({
    start,
    open: close,
    high: close,
    low: close,
    close,
    volume,
    trades: 1,
  });

  it('goes as far back as asked, from two lists, gapless, in order, without the running bar', async () => {
    const count = 5000;
    await time.advance(count * MINUTE + 30_000);
    const first = START;
    venue.setHistory(
      'BTC-USDT',
      range(0, count).map((i) => flat(first + i * MINUTE, 100 + (i % 50))),
    );
    const bars = await settled(feed.history('btcusdt', MINUTE, first, time.now() + MINUTE));
    expect(bars.map(({ start }) => start)).toEqual(range(0, count - 1).map((i) => first + i * MINUTE));
    expect(bars.map(({ close }) => close)).toEqual(range(0, count - 1).map((i) => 100 + (i % 50)));
    const paths = venue.requests.filter(({ path }) => path.includes('candles'));
    expect(paths.every(({ query }) => Number(query.limit) <= 300)).toBe(true);
    expect(new Set(paths.map(({ path }) => path)).size).toBe(2);
    // 20 requests in 2 s are allowed.
    for (const { at } of paths) {
      expect(paths.filter((one) => one.at >= at && one.at < at + 2000).length).toBeLessThanOrEqual(20);
    }
    const inside = await settled(feed.history('btcusdt', MINUTE, first + 10 * MINUTE, first + 12 * MINUTE));
    expect(inside.map(({ close }) => close)).toEqual([110, 111]);
  });

  it('has flat bars where the venue has none, and longer bars of its own or merged', async () => {
    venue.manners.omitEmpty = true;
    await time.advance(20 * MINUTE);
    venue.setHistory('BTC-USDT', [flat(START, 100, 2), flat(START + 3 * MINUTE, 130), flat(START + 9 * MINUTE, 90)]);
    const bars = await settled(feed.history('btcusdt', MINUTE, START, START + 20 * MINUTE));
    expect(bars.map(({ close, volume, trades: count }) => [close, volume, count])).toEqual([
      [100, 2, 1],
      ...range(1, 2).map(() => [100, 0, 0]),
      [130, 1, 1],
      ...range(4, 8).map(() => [130, 0, 0]),
      [90, 1, 1],
    ]);
    const tens = await settled(feed.history('btcusdt', 2 * MINUTE, START - (START % (2 * MINUTE)), START + 4 * MINUTE));
    expect(tens.every(({ start }) => start % (2 * MINUTE) === 0)).toBe(true);
    const requests = venue.requests.filter(({ path }) => path.includes('candles'));
    expect(requests.at(-1)?.query.bar).toBe('1m');
    await settled(feed.history('btcusdt', DAY, START - 3 * DAY, START - DAY));
    expect(venue.requests.at(-1)?.query.bar).toBe('1Dutc');
  });

  it('is refused for what is not listed, and for what the venue refuses', async () => {
    await expect(settled(feed.history('nosuch', MINUTE, START, START + MINUTE))).rejects.toMatchObject({
      reason: 'refused',
    });
    venue.failRest(1, { status: 200, code: '51000', what: 'candles' });
    await expect(settled(feed.history('btcusdt', MINUTE, START - MINUTE, START))).rejects.toMatchObject({
      reason: 'refused',
      retryable: false,
    });
    venue.failRest(1, { status: 200, code: '50001', what: 'candles' });
    await expect(settled(feed.history('btcusdt', MINUTE, START - MINUTE, START))).rejects.toMatchObject({
      reason: 'unreachable',
      retryable: true,
    });
  });
});

describe('the list of markets', () => {
  it('has spot and swaps with their steps in the base, and says what does not trade', async () => {
    venue.instruments.push(spotRow('NEW-USDT', { state: 'preopen' }));
    venue.instruments.push({ ...venue.instruments[2], instId: 'BTC-USD_UM-SWAP', uly: 'BTC-USD' });
    const infos = await settled(feed.instruments());
    const brief = infos.map(({ symbol, base, quote, kind, tick, lot, active }) => [
      symbol,
      base,
      quote,
      kind,
      tick,
      lot,
      active,
    ]);
    expect(brief).toEqual([
      ['btcusdt', 'btc', 'usdt', 'spot', 0.1, 1e-8, true],
      ['ethusdt', 'eth', 'usdt', 'spot', 0.1, 1e-8, true],
      ['newusdt', 'new', 'usdt', 'spot', 0.1, 1e-8, false],
      ['btcusdt.p', 'btc', 'usdt', 'perpetual', 0.1, 0.01, true],
      ['btcusd.p', 'btc', 'usd', 'perpetual', 0.1, undefined, true],
    ]);
    expect(feed.status().counters.malformed).toBe(0);
  });
});
