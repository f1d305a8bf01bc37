import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { deviation, expectBars, exponential, mean, trueRanges, valuesAfter, wilder } from '../catalog-harness.ts';

const bar = (open: number, high: number, low: number, close: number): Bar => ({
  start: 0,
  open,
  high,
  low,
  close,
  volume: 1,
  trades: 1,
});
const values = (name: string, params: readonly number[], bars: readonly Bar[]): readonly number[] =>
  valuesAfter((lookup(name) as BarsEntry).create(params), bars);

const closes = (bars: readonly Bar[]): number[] => bars.map(({ close }) => close);
/** Middle of the range of the last `n` bars. */
const middle = (bars: readonly Bar[], n: number): number =>
  (Math.max(...bars.slice(-n).map(({ high }) => high)) + Math.min(...bars.slice(-n).map(({ low }) => low))) / 2;

/** Jaw, teeth and lips. */
function jaws(bars: readonly Bar[], params: readonly number[]): number[] {
  const medians = bars.map(({ high, low }) => (high + low) / 2);
  return [0, 1, 2].map((i) => wilder(medians.slice(0, medians.length - params[i + 3]), params[i]));
}

/** The value at the newest of a line of least squares through all. */
function fitted(ys: readonly number[]): number {
  const centre = (ys.length - 1) / 2;
  const slope =
    ys.reduce((sum, y, i) => sum + (i - centre) * (y - mean(ys)), 0) /
    ys.reduce((sum, _, i) => sum + (i - centre) ** 2, 0);
  return mean(ys) + slope * centre;
}

describe('systems of lines have the values of their definitions', () => {
  it('ichimoku', () =>
    expectBars(lookup('ichimoku'), [3, 6, 9, 5], (bars, [conversion, base, spanb, shift]) => {
      const then = bars.slice(0, bars.length - (shift - 1));
      const spanA = (middle(then, conversion) + middle(then, base)) / 2;
      return [middle(bars, conversion), middle(bars, base), spanA, middle(then, spanb), then[then.length - 1].close];
    }));

  it('alligator', () => expectBars(lookup('alligator'), [6, 4, 3, 4, 2, 0], (bars, params) => jaws(bars, params)));
  it('gator', () =>
    expectBars(lookup('gator'), [6, 4, 3, 4, 2, 1], (bars, params) => {
      const [jaw, teeth, lips] = jaws(bars, params);
      return [Math.abs(jaw - teeth), -Math.abs(teeth - lips)];
    }));

  it('squeeze', () =>
    expectBars(lookup('squeeze'), [6, 2, 1.5], (bars, [n, bb, kc]) => {
      const off = Array.from({ length: n }, (_, i) => {
        const to = bars.slice(0, bars.length - n + 1 + i);
        return to[to.length - 1].close - (middle(to, n) + mean(closes(to).slice(-n))) / 2;
      });
      const inside = bb * deviation(closes(bars).slice(-n)) < kc * mean(trueRanges(bars).slice(-n));
      return [fitted(off), inside ? 1 : 0];
    }));

  it('wae', () =>
    expectBars(lookup('wae'), [4, 7, 5, 2, 150, 6, 3.7], (bars, [fast, slow, n, k, sensitivity, atr, dead]) => {
      const [quick, late] = [exponential(closes(bars), fast), exponential(closes(bars), slow)];
      const [before, now] = quick.map((x, i) => x - late[i]).slice(-2);
      const spread = deviation(closes(bars).slice(-n));
      return [sensitivity * (now - before), 2 * k * spread, dead * wilder(trueRanges(bars), atr)];
    }));
});

describe('systems of lines in figures', () => {
  const rising = Array.from({ length: 300 }, (_, i) => bar(100 + i, 102 + i, 100 + i, 101 + i));

  it('ichimoku of bars that rise by 1 and are 2 high: a middle of n bars lies (n-1)/2 below that of the newest', () => {
    // The middle of the newest is 400: 400 - 4, 400 - 12.5, (396 + 387.5)/2 - 25, 400 - 25.5 - 25; the close of 25 bars ago is 375.
    expect(values('ichimoku', [9, 26, 52, 26], rising)).toEqual([396, 387.5, 366.75, 349.5, 375]);
  });

  it('alligator of a rise by 1 lags by length - 1 and the shift', () => {
    const [jaw, teeth, lips] = values('alligator', [13, 8, 5, 8, 5, 3], rising);
    expect(jaw).toBeCloseTo(400 - 12 - 8, 6);
    expect(teeth).toBeCloseTo(400 - 7 - 5, 6);
    expect(lips).toBeCloseTo(400 - 4 - 3, 6);
    const [upper, lower] = values('gator', [13, 8, 5, 8, 5, 3], rising);
    expect(upper).toBeCloseTo(8, 6);
    expect(lower).toBeCloseTo(-5, 6);
  });

  it('squeeze of a rise by 1: close less the middle of range and mean is the same each bar', () => {
    // Over 4 bars the middle of the range and the mean lie 1.5 below the newest. Deviation root of 1.25 times 2 is below 1.5 times 2.
    const [momentum, on] = values('squeeze', [4, 2, 1.5], rising);
    expect(momentum).toBeCloseTo(1.5, 9);
    expect(on).toBe(1);
    expect(values('squeeze', [4, 3, 1.5], rising)[1]).toBe(0);
  });

  it('wae of a rise by 1: macd no longer changes; the dead zone is 3.7 ranges of 2', () => {
    const [trend, explosion, dead] = values('wae', [5, 10, 4, 2, 150, 10, 3.7], rising);
    expect(trend).toBeCloseTo(0, 9);
    expect(explosion).toBeCloseTo(4 * Math.sqrt(1.25), 9);
    expect(dead).toBeCloseTo(7.4, 9);
  });
});
