import { describe, expect, it } from 'vitest';
import type { Bar, FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createSimFeed, type SimOptions } from './sim.ts';

/** A full hour. */
const START = 1_700_002_800_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function run(options: Partial<SimOptions> = {}, start = START) {
  const time = createManualClock(start);
  const events: FeedEvent[] = [];
  const feed = createSimFeed({ seed: 'test', ...options, clock: time.clock });
  feed.start((event) => events.push(event));
  return { time, feed, events, trades: () => events.filter((event): event is Trade => event.type === 'trade') };
}

/** Bars as one would write them on paper. */
function aggregate(trades: readonly Trade[], interval: number): Bar[] {
  const groups = new Map<number, Trade[]>();
  for (const trade of trades) {
    const start = Math.floor(trade.ts / interval) * interval;
    groups.set(start, [...(groups.get(start) ?? []), trade]);
  }
  return [...groups].map(([start, group]) => ({
    start,
    open: group[0].price,
    high: Math.max(...group.map((trade) => trade.price)),
    low: Math.min(...group.map((trade) => trade.price)),
    close: group[group.length - 1].price,
    volume: group.reduce((sum, trade) => sum + trade.size, 0),
    trades: group.length,
    bought: group.reduce((sum, { side, size }) => sum + (side === 'buy' ? size : 0), 0),
  }));
}

const returns = (bars: readonly Bar[]) => bars.slice(1).map((bar, i) => Math.log(bar.close / bars[i].close));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
function slope(x: readonly number[], y: readonly number[]): { slope: number; intercept: number; correlation: number } {
  const [mx, my] = [mean(x), mean(y)];
  const sxy = mean(x.map((value, i) => (value - mx) * (y[i] - my)));
  const sxx = mean(x.map((value) => (value - mx) ** 2));
  const syy = mean(y.map((value) => (value - my) ** 2));
  return { slope: sxy / sxx, intercept: my - (sxy / sxx) * mx, correlation: sxy / Math.sqrt(sxx * syy) };
}

describe('live trades', () => {
  it('add up exactly to the history, at any rate and interval', async () => {
    for (const tradesPerMinute of [1, 2, 4, 60, 1500]) {
      const { time, feed, trades } = run({ tradesPerMinute });
      feed.watch(['btcusdt', 'aapl']);
      await time.advance(12 * MINUTE);
      for (const symbol of ['btcusdt', 'aapl']) {
        const mine = trades().filter((trade) => trade.instrument === `sim:${symbol}`);
        for (const interval of [MINUTE, 3 * MINUTE]) {
          expect(await feed.history(symbol, interval, START, START + 12 * MINUTE)).toEqual(aggregate(mine, interval));
        }
        const fine = await feed.history(symbol, 7000, START, START + 12 * MINUTE);
        const whole = aggregate(
          mine.filter((trade) => trade.ts >= fine[0].start),
          7000,
        ).filter((bar) => bar.start + 7000 <= START + 12 * MINUTE);
        expect(fine.filter((bar) => bar.trades > 0)).toEqual(whole);
      }
      await feed.stop();
    }
  });

  it('come in the order of time, with ascending ids, on the tick and the lot', async () => {
    const { time, feed, trades } = run();
    const infos = await feed.instruments();
    feed.watch(infos.map((info) => info.symbol));
    await time.advance(20 * MINUTE);
    const all = trades();
    expect(all.length).toBeGreaterThan(20 * 7 * 10);
    for (let i = 1; i < all.length; i++) expect(all[i].ts).toBeGreaterThanOrEqual(all[i - 1].ts);
    for (const info of infos) {
      const mine = all.filter((trade) => trade.instrument === info.instrument);
      for (let i = 1; i < mine.length; i++) expect(Number(mine[i].id)).toBeGreaterThan(Number(mine[i - 1].id));
      for (const { price, size } of mine) {
        expect(Number(price.toFixed(2))).toBe(price);
        expect(price).toBeGreaterThan(0);
        expect(Number.isInteger(size / info.lot!)).toBe(true);
        expect(size).toBeGreaterThan(0);
      }
    }
  });

  it('are not early and hardly late', async () => {
    const { time, feed, events } = run({ tradesPerMinute: 600 });
    const late: number[] = [];
    await feed.stop();
    feed.start((event) => {
      if (event.type === 'trade') late.push(time.now() - event.ts);
      events.push(event);
    });
    feed.watch(['ethusdt']);
    await time.advance(2 * MINUTE);
    expect(late.length).toBeGreaterThan(200);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThanOrEqual(5);
  });
});

describe('determinism', () => {
  it('gives the same market whenever it is started, and another for another seed', async () => {
    const first = run();
    first.feed.watch(['solusdt']);
    await first.time.advance(30 * MINUTE);
    const second = run({}, START + 10 * MINUTE + 12_345);
    await second.feed.history('btcusdt', DAY, START - 90 * DAY, START);
    second.feed.watch(['btcusdt', 'solusdt']);
    await second.time.advance(30 * MINUTE);
    const from = START + 10 * MINUTE + 12_345;
    const overlap = (trades: Trade[]) =>
      trades.filter(({ instrument, ts }) => instrument === 'sim:solusdt' && ts > from && ts <= START + 30 * MINUTE);
    expect(overlap(second.trades())).toEqual(overlap(first.trades()));
    expect(overlap(first.trades()).length).toBeGreaterThan(200);
    const other = run({ seed: 'other' });
    expect(await other.feed.history('solusdt', MINUTE, START - HOUR, START)).not.toEqual(
      await first.feed.history('solusdt', MINUTE, START - HOUR, START),
    );
  });

  it('gives each longer bar as the sum of the shorter ones', async () => {
    const { feed } = run();
    const minutes = await feed.history('tsla', MINUTE, START - 4 * HOUR, START);
    const hours = await feed.history('tsla', HOUR, START - 4 * HOUR, START);
    expect(minutes).toHaveLength(240);
    expect(hours.map((bar) => bar.volume)).toEqual(
      [0, 1, 2, 3].map((hour) => minutes.slice(hour * 60, hour * 60 + 60).reduce((sum, bar) => sum + bar.volume, 0)),
    );
    expect(hours.map((bar) => bar.close)).toEqual([59, 119, 179, 239].map((i) => minutes[i].close));
  });

  it('leaves the open bar out of history', async () => {
    const { feed, time } = run();
    await time.advance(90_000);
    const bars = await feed.history('btcusdt', MINUTE, START, START + HOUR);
    expect(bars.map((bar) => bar.start)).toEqual([START]);
    expect(await feed.history('btcusdt', DAY, START - 2 * DAY, START + DAY)).toHaveLength(1);
  });
});

describe('the market', () => {
  it('moves as much in a year as its kind does', async () => {
    const { feed } = run();
    const expected = { btcusdt: 0.6, ethusdt: 0.7, solusdt: 0.9, tsla: 0.55 };
    for (const [symbol, yearly] of Object.entries(expected)) {
      const days = await feed.history(symbol, DAY, START - 500 * DAY, START);
      const found = Math.sqrt(mean(returns(days).map((value) => value * value)) * 365);
      expect(found).toBeGreaterThan(yearly * 0.75);
      expect(found).toBeLessThan(yearly * 1.35);
    }
  });

  it('ties eth to btc by a spread that comes back within hours, and sol by correlation only', async () => {
    const { feed } = run();
    const from = START - 30 * DAY;
    const logs = async (symbol: string) =>
      (await feed.history(symbol, 5 * MINUTE, from, START)).map((bar) => Math.log(bar.close));
    const [btc, eth, sol] = [await logs('btcusdt'), await logs('ethusdt'), await logs('solusdt')];
    const line = slope(btc, eth);
    const spread = eth.map((value, i) => value - line.intercept - line.slope * btc[i]);
    // An AR(1) by least squares: its coefficient gives the half-life.
    const phi = slope(spread.slice(0, -1), spread.slice(1)).slope;
    const halfLifeHours = (Math.log(2) / -Math.log(phi)) * (5 / 60);
    expect(line.slope).toBeGreaterThan(1);
    expect(line.slope).toBeLessThan(1.2);
    expect(halfLifeHours).toBeGreaterThan(1.5);
    expect(halfLifeHours).toBeLessThan(8);
    // Dickey-Fuller without lags; -3.9 is the 1 % bound for a pair's residuals.
    const changes = spread.slice(1).map((value, i) => value - spread[i]);
    const fit = slope(spread.slice(0, -1), changes);
    const residuals = changes.map((value, i) => value - fit.intercept - fit.slope * spread[i]);
    const error = Math.sqrt(mean(residuals.map((r) => r * r)) / spread.length / mean(spread.map((s) => s * s)));
    expect(fit.slope / error).toBeLessThan(-3.9);
    const diffs = (values: number[]) => values.slice(1).map((value, i) => value - values[i]);
    const { correlation } = slope(diffs(btc), diffs(sol));
    expect(correlation).toBeGreaterThan(0.55);
    expect(correlation).toBeLessThan(0.85);
  });

  it('trades stocks most at the open and the close of the session', async () => {
    const { feed } = run();
    const day = Math.floor(START / DAY) * DAY - 20 * DAY;
    const bars = await feed.history('aapl', 30 * MINUTE, day, day + 20 * DAY);
    const volumeAt = (hour: number) =>
      mean(bars.filter((bar) => (bar.start % DAY) / HOUR === hour).map((bar) => bar.volume));
    expect(volumeAt(13.5)).toBeGreaterThan(volumeAt(16.5) * 1.5);
    expect(volumeAt(19.5)).toBeGreaterThan(volumeAt(16.5) * 1.5);
    expect(volumeAt(16.5)).toBeGreaterThan(volumeAt(3) * 1.5);
  });
});

describe('resume', () => {
  it('takes up after a trade as if it had never stopped', async () => {
    const whole = run();
    whole.feed.watch(['btcusdt']);
    await whole.time.advance(20 * MINUTE);
    const seen = whole.trades();
    const last = seen[100];
    const again = run({}, START + 15 * MINUTE);
    again.feed.resume('btcusdt', last.ts, last.id);
    again.feed.watch(['btcusdt']);
    await again.time.advance(5 * MINUTE);
    expect(again.trades()).toEqual(seen.slice(101));
    expect(again.events.flatMap((event) => (event.type === 'gap' ? [event.open] : []))).toEqual([true, false]);
  });

  it('gives every trade since a time where no trade is known, also where one was at that very time', async () => {
    const whole = run();
    whole.feed.watch(['btcusdt']);
    await whole.time.advance(20 * MINUTE);
    const seen = whole.trades();
    const again = run({}, START + 15 * MINUTE);
    again.feed.resume('btcusdt', seen[100].ts, undefined);
    again.feed.watch(['btcusdt']);
    expect(again.feed.status().state).toBe('live');
    const missed = seen.filter(({ ts }) => ts >= seen[100].ts && ts <= START + 15 * MINUTE);
    const kinds = again.events.map(({ type }) => type).filter((type) => type !== 'fact');
    expect(kinds).toEqual(['gap', ...missed.map(() => 'trade'), 'gap']);
    expect(again.trades()).toEqual(missed);
    await again.time.advance(5 * MINUTE);
    expect(again.trades()).toEqual(seen.filter(({ ts }) => ts >= seen[100].ts));
  });

  it('gives bars for what is long ago, then the running minute by its trades', async () => {
    const { feed, events, time, trades } = run({}, START + 30_000);
    feed.resume('btcusdt', START - 5 * HOUR, undefined);
    feed.watch(['btcusdt']);
    await time.advance(60_000);
    const kinds = events.map((event) => (event.type === 'gap' ? `gap ${event.open}` : event.type));
    expect(kinds.filter((kind) => kind !== 'fact').slice(0, 3)).toEqual(['gap true', 'bars', 'trade']);
    const bars = events.find((event) => event.type === 'bars')!;
    expect(bars.bars).toEqual(await feed.history('btcusdt', MINUTE, START - 5 * HOUR, START));
    expect(aggregate(trades(), MINUTE)[0]).toEqual((await feed.history('btcusdt', MINUTE, START, START + MINUTE))[0]);
  });
});
