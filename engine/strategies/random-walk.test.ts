import { describe, expect, it } from 'vitest';
import type { Bar } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import { createDraw } from '../quant/random.ts';
import type { BacktestTrade } from './account.ts';
import { DEFAULT_FEE, DEFAULT_SLIPPAGE } from './costs.ts';
import { TEMPLATES } from './templates.ts';
import { randomBars, tiedBars } from './test-market.ts';
import { runTape, templateOn } from './test-tape.ts';

const IS_LONG = process.env.MODE === 'long';
const [SEEDS, COUNT] = IS_LONG ? [200, 1500] : [5, 700];
const ETH = 'binance:ethusdt';
const BTC = 'binance:btcusdt';
const WARM = 200;

/** What somebody makes of the same side for the same time, but from a moment drawn at random, after the same costs. */
function atRandom({ side, entered, left }: BacktestTrade, bars: readonly Bar[], draw: () => number): number {
  const length = Math.max(1, Math.round((left - entered) / MINUTE));
  const first = WARM + Math.floor(draw() * (bars.length - WARM - length));
  const way = side === 'long' ? 1 : -1;
  const entry = bars[first]!.open * (1 + way * DEFAULT_SLIPPAGE);
  const exit = bars[Math.min(bars.length - 1, first + length)]!.open * (1 - way * DEFAULT_SLIPPAGE);
  return way * (exit / entry - 1) - DEFAULT_FEE * (1 + exit / entry);
}

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;
/** Standard error of the mean. */
const error = (xs: readonly number[]): number => Math.sqrt(mean(xs.map((x) => (x - mean(xs)) ** 2)) / (xs.length - 1));

/** The book says nothing of what comes. */
function bookOf(bars: readonly Bar[], seed: number) {
  const draw = createDraw(seed);
  return {
    name: 'imbalance',
    instrument: ETH,
    times: bars.map(({ start }) => start + 30_000),
    values: bars.map(() => 2 * draw() - 1),
  };
}

const tried = IS_LONG
  ? TEMPLATES
  : TEMPLATES.filter(({ name }) => ['ma-cross', 'mean-reversion', 'breakout'].includes(name));

describe('on random walks', () => {
  it.each(tried)(
    '$name is after costs no better than random entries of the same lengths',
    ({ name }) => {
      const [gains, base]: [number[], number[]] = [[], []];
      for (let seed = 1; seed <= SEEDS; seed++) {
        const bars = randomBars(seed, MINUTE, COUNT);
        const told = [bookOf(bars, seed + 1000)];
        // Not tied to the walk: another one.
        const all = { [ETH]: bars, [BTC]: tiedBars(randomBars(seed + 500, MINUTE, COUNT), seed) };
        const draw = createDraw(seed + 2000);
        for (const trade of runTape(templateOn(name, 'eth 1m'), all, { warm: WARM, told }).trades) {
          gains.push(trade.gain);
          for (let i = 0; i < 5; i++) base.push(atRandom(trade, bars, draw));
        }
      }
      expect(gains.length).toBeGreaterThan(20);
      const better = mean(gains) - mean(base);
      // One in a thousand, one-sided.
      expect(better).toBeLessThan(3.1 * Math.hypot(error(gains), error(base)));
      expect(mean(gains)).toBeLessThan(3.1 * error(gains));
      // And no worse than the costs make it, but for stops that come before targets where a bar tells not which came first.
      expect(better).toBeGreaterThan(-6 * Math.hypot(error(gains), error(base)));
    },
    600_000,
  );
});
