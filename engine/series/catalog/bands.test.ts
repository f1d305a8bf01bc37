import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry, SeriesEntry } from '../catalog-entry.ts';
import {
  deviation,
  expectBars,
  expectSeries,
  exponential,
  mean,
  trueRanges,
  valuesAfter,
  wilder,
} from '../catalog-harness.ts';

const last = (xs: readonly number[]): number => xs[xs.length - 1];
const bar = (high: number, low: number, close: number, i = 0): Bar => ({
  start: i * 60_000,
  open: close,
  high,
  low,
  close,
  volume: 1,
  trades: 1,
});

describe('bands have the values of their definitions', () => {
  it('bbw', () =>
    expectSeries(lookup('bbw'), [7, 2], (xs, [n, k]) => [(2 * k * deviation(xs.slice(-n))) / mean(xs.slice(-n))]));

  it('percentb', () =>
    expectSeries(lookup('percentb'), [7, 2], (xs, [n, k]) => {
      const [m, d] = [mean(xs.slice(-n)), deviation(xs.slice(-n))];
      return [d > 0 ? (last(xs) - (m - k * d)) / (2 * k * d) : 0.5];
    }));

  it('keltner', () =>
    expectBars(lookup('keltner'), [7, 1.5, 5], (bars, [n, k, atr]) => {
      const closes = bars.map(({ close }) => close);
      const [middle, range] = [last(exponential(closes, n)), wilder(trueRanges(bars), atr)];
      return [middle, middle + k * range, middle - k * range];
    }));

  it('donchian', () =>
    expectBars(lookup('donchian'), [7], (bars, [n]) => {
      const [upper, lower] = [
        Math.max(...bars.slice(-n).map(({ high }) => high)),
        Math.min(...bars.slice(-n).map(({ low }) => low)),
      ];
      return [(upper + lower) / 2, upper, lower];
    }));

  it('abands', () =>
    expectBars(lookup('abands'), [7, 4], (bars, [n, k]) => {
      const window = bars.slice(-n);
      const far = ({ high, low }: Bar): number => (k * (high - low)) / (high + low);
      return [
        mean(window.map(({ close }) => close)),
        mean(window.map((b) => b.high * (1 + far(b)))),
        mean(window.map((b) => b.low * (1 - far(b)))),
      ];
    }));
});

describe('bands worked out by hand', () => {
  it('bbw and percentb of 2 4 4 4 5 5 7 9: mean 5, deviation 2, bands at 1 and 9', () => {
    const xs = [2, 4, 4, 4, 5, 5, 7, 9];
    // (9 - 1) / 5, and 9 lies on the upper band.
    expect(valuesAfter((lookup('bbw') as SeriesEntry).create([8, 2]), xs)[0]).toBeCloseTo(1.6, 12);
    expect(valuesAfter((lookup('percentb') as SeriesEntry).create([8, 2]), xs)[0]).toBeCloseTo(1, 12);
  });

  it('bbw of a price that no binary fraction holds is exactly 0 while it stands', () => {
    const xs = new Array<number>(40).fill(64_402.1);
    expect(valuesAfter((lookup('bbw') as SeriesEntry).create([20, 2]), xs)).toEqual([0]);
    expect(valuesAfter((lookup('percentb') as SeriesEntry).create([20, 2]), xs)).toEqual([0.5]);
  });

  it('abands of a bar from 90 to 110: (110 - 90) / 200 * 4 = 0.4 of the high above it and of the low below it', () => {
    const values = valuesAfter((lookup('abands') as BarsEntry).create([1, 4]), [bar(110, 90, 100)]);
    expect(values[0]).toBe(100);
    expect(values[1]).toBeCloseTo(154, 10);
    expect(values[2]).toBeCloseTo(54, 10);
  });

  it('keltner of ranges of 2 and 4 about 10: an average true range of 3, so 2 of them make 4 to 16', () => {
    const bars = [bar(11, 9, 10, 0), bar(12, 8, 10, 1)];
    expect(valuesAfter((lookup('keltner') as BarsEntry).create([2, 2, 2]), bars)).toEqual([10, 16, 4]);
  });
});
