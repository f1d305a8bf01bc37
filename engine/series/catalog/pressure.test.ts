import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import { expectBars, trueRanges } from '../catalog-harness.ts';
import {
  above,
  expectPublished,
  flatBars,
  highs,
  last,
  lows,
  rolling,
  steps,
  sum,
  TULIP,
  valuesOf,
} from './momentum-naive.ts';

const swma = (xs: readonly number[]): number[] => rolling(xs, 4, ([a, b, c, d]) => (a! + 2 * b! + 2 * c! + d!) / 6);

describe('measures of pressure have the values of their definitions', () => {
  it.each([
    [3, 5, 8],
    [8, 3, 5],
  ])('ultosc of %i, %i and %i', (...lengths) =>
    expectBars(lookup('ultosc'), lengths, (bars) => {
      const bought = bars.slice(1).map((bar, i) => bar.close - Math.min(bar.low, bars[i]!.close));
      const ranges = trueRanges(bars).slice(1);
      const share = (n: number): number => sum(bought.slice(-n)) / sum(ranges.slice(-n));
      return [(100 * (4 * share(3) + 2 * share(5) + share(8))) / 7];
    }),
  );

  it('dem', () =>
    expectBars(lookup('dem'), [6], (bars, [n]) => {
      const up = sum(steps(highs(bars)).map(above).slice(-n!));
      const down = sum(
        steps(lows(bars))
          .map((step) => above(-step))
          .slice(-n!),
      );
      return [up / (up + down)];
    }));

  it('rei', () =>
    expectBars(lookup('rei'), [6], (bars, [n]) => {
      const days = bars.slice(8).map((bar, i) => {
        const ago = (days: number): Bar => bars[i + 8 - days]!;
        const moves = [bar.high - ago(2).high, bar.low - ago(2).low] as const;
        const first =
          ago(2).high >= ago(7).close ||
          ago(2).high >= ago(8).close ||
          bar.high >= ago(5).low ||
          bar.high >= ago(6).low;
        const second =
          ago(2).low <= ago(7).close || ago(2).low <= ago(8).close || bar.low <= ago(5).high || bar.low <= ago(6).high;
        return { counted: first && second ? moves[0] + moves[1] : 0, all: Math.abs(moves[0]) + Math.abs(moves[1]) };
      });
      const window = days.slice(-n!);
      return [(100 * sum(window.map((day) => day.counted))) / sum(window.map((day) => day.all))];
    }));

  it('rvgi', () =>
    expectBars(lookup('rvgi'), [5], (bars, [n]) => {
      const over = rolling(swma(bars.map((bar) => bar.close - bar.open)), n!, sum);
      const under = rolling(swma(bars.map((bar) => bar.high - bar.low)), n!, sum);
      const vigor = over.map((value, i) => value / under[i]!);
      return [last(vigor), last(swma(vigor))];
    }));
});

describe('ultosc', () => {
  it('has published values', () =>
    expectPublished(
      valuesOf('ultosc', [2, 3, 5], TULIP),
      [43.499, 34.044, 65.883, 73.955, 53.388, 64.149, 81.282, 90.186, 86.114, 65.45],
    ));
});

describe('examples worked by hand', () => {
  const shaped = (rows: readonly (readonly [number, number, number, number])[]): Bar[] =>
    rows.map(([open, high, low, close]) => ({ ...TULIP[0]!, open, high, low, close }));

  it('dem: highs rise by 3, lows fall by 1', () => {
    const bars = shaped([
      [10, 11, 9, 10],
      [10, 14, 10, 12],
      [12, 13, 9, 10],
    ]);
    expect(valuesOf('dem', [2], bars)).toEqual([0.75]);
  });

  it('rei: 100 in a slow rise, 0 in one that has run away from the bars before', () => {
    // Steps of 0.1 in bars that are 2 high overlap those of six bars ago; steps of 10 leave them far below.
    const rising = (step: number): Bar[] =>
      shaped(Array.from({ length: 20 }, (_, i) => [100 + i * step, 101 + i * step, 99 + i * step, 100 + i * step]));
    expect(last(valuesOf('rei', [5], rising(0.1)))).toBeCloseTo(100, 8);
    expect(last(valuesOf('rei', [5], rising(10)))).toBe(0);
  });

  it('rvgi: bars that close at their high are all vigor', () => {
    const bars = shaped(Array.from({ length: 12 }, (_, i) => [10 + i, 11 + i, 10 + i, 11 + i]));
    expect(last(valuesOf('rvgi', [4], bars))).toBeCloseTo(1, 12);
    expect(last(valuesOf('rvgi', [4], bars, 1))).toBeCloseTo(1, 12);
  });

  it('give the middle where nothing moves', () => {
    const flat = flatBars(Array.from({ length: 40 }, () => 100.1));
    expect(last(valuesOf('ultosc', [7, 14, 28], flat))).toBe(50);
    expect(last(valuesOf('dem', [5], flat))).toBe(0.5);
    expect(last(valuesOf('rei', [5], flat))).toBe(0);
  });
});
