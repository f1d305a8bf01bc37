import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import { deviation, expectBars, expectSeries, exponential, mean, trueRanges } from '../catalog-harness.ts';
import {
  closes,
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
  wilders,
} from './momentum-naive.ts';

describe('distances have the values of their definitions', () => {
  it.each([1, 2, 7])('dpo over %i', (length) =>
    expectSeries(lookup('dpo'), [length], (xs, [n]) => [xs[xs.length - 2 - Math.floor(n! / 2)]! - mean(xs.slice(-n!))]),
  );

  it('disparity', () =>
    expectSeries(lookup('disparity'), [7], (xs, [n]) => [
      (100 * (last(xs) - mean(xs.slice(-n!)))) / mean(xs.slice(-n!)),
    ]));

  it('cfo', () =>
    expectSeries(lookup('cfo'), [6], (xs, [n]) => {
      const before = xs.slice(-1 - n!, -1);
      const middle = (n! - 1) / 2;
      const slope =
        sum(before.map((y, i) => (i - middle) * (y - mean(before)))) / sum(before.map((_, i) => (i - middle) ** 2));
      return [(100 * (last(xs) - (mean(before) + slope * (n! - middle)))) / last(xs)];
    }));

  it('cg', () =>
    expectSeries(lookup('cg'), [6], (xs, [n]) => {
      const newestFirst = xs.slice(-n!).reverse();
      return [-sum(newestFirst.map((x, count) => (1 + count) * x)) / sum(newestFirst) + (n! + 1) / 2];
    }));

  it('er', () =>
    expectSeries(lookup('er'), [6], (xs, [n]) => {
      const window = steps(xs).slice(-n!);
      return [Math.abs(sum(window)) / sum(window.map(Math.abs))];
    }));

  it('rvi', () =>
    expectSeries(lookup('rvi'), [5, 4], (xs, [n, window]) => {
      const swings = rolling(xs, window!, deviation);
      const moves = steps(xs).slice(window! - 2);
      const up = last(
        wilders(
          swings.map((swing, i) => (moves[i]! > 0 ? swing : 0)),
          n!,
        ),
      );
      const down = last(
        wilders(
          swings.map((swing, i) => (moves[i]! < 0 ? swing : 0)),
          n!,
        ),
      );
      return [(100 * up) / (up + down)];
    }));

  it('elderray', () =>
    expectBars(lookup('elderray'), [6], (bars, [n]) => {
      const line = last(exponential(closes(bars), n!));
      return [last(highs(bars)) - line, last(lows(bars)) - line];
    }));

  it('pgo', () =>
    expectBars(lookup('pgo'), [6], (bars, [n]) => [
      (last(closes(bars)) - mean(closes(bars).slice(-n!))) / last(exponential(trueRanges(bars), n!)),
    ]));

  it('gapo', () =>
    expectBars(lookup('gapo'), [6], (bars, [n]) => {
      const range = Math.max(...highs(bars.slice(-n!))) - Math.min(...lows(bars.slice(-n!)));
      return [Math.log(range) / Math.log(n!)];
    }));
});

describe('distances have published values', () => {
  it('dpo(5)', () =>
    expectPublished(
      valuesOf('dpo', [5], TULIP),
      [-1.366, 0.132, -0.094, 0.292, -0.478, -0.938, -0.264, -0.444, -1.214, -0.688, -0.264],
    ));

  it('cfo(5)', () =>
    expectPublished(
      valuesOf('cfo', [5], TULIP),
      [-1.287, -1.659, 1.035, 1.028, -0.1, 0.6, 0.648, 0.083, 0.157, -1.583],
    ));
});

describe('examples worked by hand', () => {
  it('disparity: 12 against an average of 10', () =>
    expect(valuesOf('disparity', [2], flatBars([8, 12]))).toEqual([20]));

  it('cg: 1, 2 and 3 balance a third of a bar to the newer side', () => {
    // (-1 * 1 + 0 * 2 + 1 * 3) / 6
    expect(valuesOf('cg', [3], flatBars([1, 2, 3]))).toEqual([expect.closeTo(1 / 3, 12)]);
    expect(valuesOf('cg', [3], flatBars([2, 2, 2]))).toEqual([0]);
  });

  it('er: 3 up, 1 down, 2 up is 4 of 6', () =>
    expect(valuesOf('er', [3], flatBars([10, 13, 12, 14]))).toEqual([expect.closeTo(4 / 6, 12)]));

  it('rvi: all on rising bars, and half where nothing moves', () => {
    expect(last(valuesOf('rvi', [3, 3], flatBars([1, 2, 3, 4, 5, 6])))).toBe(100);
    expect(last(valuesOf('rvi', [3, 3], flatBars([3.3, 3.3, 3.3, 3.3, 3.3, 3.3])))).toBe(50);
  });

  it('elderray: high 13 and low 9 around an average of 10.5', () => {
    // EMA(3) of 10 and 10 is 10; half of the way to 11 is 10.5.
    const bars = [10, 10, 11].map((close) => ({ ...TULIP[0]!, open: close, high: 13, low: 9, close }));
    expect([valuesOf('elderray', [3], bars), valuesOf('elderray', [3], bars, 1)]).toEqual([[2.5], [-1.5]]);
  });

  it('pgo: one range above the average', () => {
    // Closes 10 and 14: average 12. Ranges 2 and 14 - 10 = 4; EMA(2): 2 + 2/3 * 2 = 10/3. 2 / (10/3) = 0.6.
    const bars = [10, 14].map((close) => ({ ...TULIP[0]!, open: close, high: close, low: close - 2, close }));
    expect(valuesOf('pgo', [2], bars)).toEqual([expect.closeTo(0.6, 12)]);
  });

  it('cfo: no value before its first, and 0, where the inputs are 0', () =>
    expect(valuesOf('cfo', [3], flatBars([1, 0, 0, 0, 0]))).toEqual([0, 0]));

  it('gapo: a range of 8 over two bars is 2 to the third', () =>
    expect(valuesOf('gapo', [2], flatBars([10, 18]))).toEqual([expect.closeTo(3, 12)]));
});
