import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../engine/errors.ts';
import type { Bar } from '../engine/market/events.ts';
import { type CommandHarness, createCommandHarness, HARNESS_NOW, SCRIPTS } from '../test/doubles/command-harness.ts';
import type { SeriesQuery } from '../web/ports.ts';
import { seriesAnswer } from './series-answer.ts';

const MINUTE = 60_000;
const FIVE = 5 * MINUTE;
const HOUR = 60 * MINUTE;

let bot: CommandHarness;
beforeAll(async () => {
  bot = await createCommandHarness();
});
afterAll(() => bot.drop());

const ask = (expr: string, over: Partial<SeriesQuery> = {}) =>
  seriesAnswer(bot.market, 'usdt', { expr, symbol: 'btcusdt', interval: FIVE, limit: 500, ...over });

/** The close of the bar that starts at `start`. */
const close = (symbol: string, start: number, interval = FIVE): number => SCRIPTS[symbol](start + interval);
/** Closes of the `count` bars up to the one that starts at `start`, oldest first. */
const closesTo = (symbol: string, start: number, count: number, interval = FIVE): number[] =>
  Array.from({ length: count }, (_, i) => close(symbol, start - (count - 1 - i) * interval, interval));
const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
/** Population standard deviation, as the language's z has it. */
const zOf = (values: readonly number[]): number => {
  const m = mean(values);
  return (values.at(-1)! - m) / Math.sqrt(mean(values.map((each) => (each - m) ** 2)));
};

describe('a series over stored bars', () => {
  const from = HARNESS_NOW - 50 * FIVE;
  const to = from + 20 * FIVE;

  it('has a point for each closed bar from `from` to before `to`, the first one settled', async () => {
    const { points, ...rest } = await ask(' SMA( 3 ) ', { from, to });
    expect(rest).toEqual({ expr: 'sma(3)', instrument: 'sim:btcusdt', interval: FIVE });
    expect(points.map(([start]) => start)).toEqual(Array.from({ length: 20 }, (_, i) => from + i * FIVE));
    for (const [start, value] of points) expect(value).toBeCloseTo(mean(closesTo('btcusdt', start, 3)), 8);
  });

  it('is settled from the first point on where it never forgets', async () => {
    const { points } = await ask('ema(10)', { from, to });
    // The recursion by hand over ten thousand bars, weight 2/(10+1).
    let ema = Number.NaN;
    const byStart = new Map<number, number>();
    for (let start = from - 10_000 * FIVE; start < to; start += FIVE) {
      const value = close('btcusdt', start);
      ema = Number.isNaN(ema) ? value : ema + (2 / 11) * (value - ema);
      byStart.set(start, ema);
    }
    expect(points).toHaveLength(20);
    for (const [start, value] of points) expect(value! / byStart.get(start)!).toBeCloseTo(1, 10);
  });

  it('has facts as they were known at the closes, null before the first', async () => {
    const told = [2, 3, 4, 5, 6, 7].map((value) => ({ at: from + value * FIVE + 1_000, ts: from, value }));
    bot.market.apply({ type: 'facts', name: 'oi', instrument: 'sim:btcusdt', points: told });
    const { points } = await ask('oi + 0*close', { from, to: from + 10 * FIVE });
    expect(points.map(([, value]) => value)).toEqual([null, null, 2, 3, 4, 5, 6, 7, 7, 7]);
  });

  it('joins two instruments bar by bar', async () => {
    const { points, expr, instrument } = await ask('z(btcusdt/ethusdt, 12)', { symbol: undefined, from, to });
    expect([expr, instrument]).toEqual(['z(close / sim:ethusdt.close, 12)', 'sim:btcusdt']);
    expect(points).toHaveLength(20);
    for (const [start, value] of points) {
      const [btc, eth] = ['btcusdt', 'ethusdt'].map((symbol) => closesTo(symbol, start, 12));
      expect(value).toBeCloseTo(zOf(btc.map((each, i) => each / eth[i])), 6);
    }
  });

  it('knows of a longer bar no more than its last close', async () => {
    const { points } = await ask('close@1h', { from, to });
    const expected = points.map(([start]) => SCRIPTS.btcusdt(Math.floor((start + FIVE) / HOUR) * HOUR));
    expect(points.map(([, value]) => value)).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(1);
    const { points: sums } = await ask('sma(3)@1h - close', { from, to });
    for (const [start, value] of sums) {
      const newest = Math.floor((start + FIVE) / HOUR) * HOUR - HOUR;
      expect(value).toBeCloseTo(mean(closesTo('btcusdt', newest, 3, HOUR)) - close('btcusdt', start), 6);
    }
  });

  it('takes the close of a shorter bar at its own', async () => {
    const { points } = await ask('close@1m', { from, to });
    expect(points).toEqual(Array.from({ length: 20 }, (_, i) => [from + i * FIVE, close('btcusdt', from + i * FIVE)]));
  });

  it('ends with the newest closed bar and has at most as many points as asked for', async () => {
    const { points } = await ask('close', { limit: 3 });
    expect(points.map(([start]) => start)).toEqual([3, 2, 1].map((back) => HARNESS_NOW - back * FIVE));
    const late = await ask('close', { from: HARNESS_NOW - 2 * FIVE, to: HARNESS_NOW + 10 * FIVE });
    expect(late.points.map(([start]) => start)).toEqual([2, 1].map((back) => HARNESS_NOW - back * FIVE));
  });

  it('says to which instrument its text belongs', async () => {
    const { expr, instrument } = await ask('ethusdt.close - close', { limit: 1 });
    expect([expr, instrument]).toEqual(['sim:ethusdt.close - close', 'sim:btcusdt']);
  });

  it('is null while it warms up', async () => {
    const first = HARNESS_NOW - 10 * FIVE;
    const range = async (...args: Parameters<typeof bot.market.history.range>): Promise<readonly Bar[]> =>
      (await bot.market.history.range(...args)).filter((bar) => bar.start >= first);
    const young = { ...bot.market, history: { range }, held: () => ({ closed: [], open: undefined }) };
    const { points } = await seriesAnswer(young, 'usdt', {
      ...{ expr: 'sma(4)', symbol: 'btcusdt', interval: FIVE, limit: 500 },
    });
    expect(points).toHaveLength(10);
    expect(points.slice(0, 3).map(([, value]) => value)).toEqual([null, null, null]);
    for (const [start, value] of points.slice(3)) expect(value).toBeCloseTo(mean(closesTo('btcusdt', start, 4)), 8);
  });

  it('reads no more bars than the points need, however early `from` is', async () => {
    const asked: number[] = [];
    const range = (...args: Parameters<typeof bot.market.history.range>): Promise<readonly Bar[]> => {
      asked.push((args[3] - args[2]) / args[1]);
      return bot.market.history.range(...args);
    };
    const counted = { ...bot.market, history: { range } };
    const query = { expr: 'sma(20)', symbol: 'btcusdt', interval: FIVE, from: 0, limit: 10 };
    const { points } = await seriesAnswer(counted, 'usdt', query);
    expect(points).toHaveLength(10);
    expect(asked).toEqual([31]);
  });

  it.each([
    ['rsy(14)', 'unknown-name', [0, 3]],
    ['close + zzzz', 'unknown-symbol', [8, 12]],
    ['rsi < 30', 'wrong-type', [0, 8]],
    ['close +', 'unexpected', [7, 7]],
    ['5 * 3', 'wrong-type', [0, 5]],
  ])('refuses %s with the place', async (expr, code, span) => {
    const error = await ask(expr).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code, span });
  });
});
