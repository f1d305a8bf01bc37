import { describe, expect, it } from 'vitest';
import { reverting } from '../../quant/reference-inputs.ts';
import { REFERENCE } from '../../quant/reference-values.ts';
import { lookup } from '../catalog.ts';
import type { SeriesEntry } from '../catalog-entry.ts';
import { expectSeries, mean, valuesAfter } from '../catalog-harness.ts';

const last = (xs: readonly number[]): number => xs[xs.length - 1];
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const final = (name: string, params: number[], xs: readonly number[]): number =>
  valuesAfter((lookup(name) as SeriesEntry).create(params), xs)[0];

/** Sum of the products of the distances from the means. */
const cross = (xs: readonly number[], ys: readonly number[]): number =>
  sum(xs.map((x, i) => (x - mean(xs)) * (ys[i] - mean(ys))));
const numbers = (n: number): number[] => Array.from({ length: n }, (_x, i) => i);
const correlation = (xs: readonly number[], ys: readonly number[]): number =>
  cross(xs, ys) / Math.sqrt(cross(xs, xs) * cross(ys, ys));

describe('highs and lows of a window have the values of their definitions', () => {
  it('drawdown', () =>
    expectSeries(lookup('drawdown'), [7], (xs, [n]) => {
      const top = Math.max(...xs.slice(-n));
      return [(top - last(xs)) / top];
    }));

  it('maxdrawdown', () =>
    expectSeries(lookup('maxdrawdown'), [7], (xs, [n]) => {
      const window = xs.slice(-n);
      const falls = window.flatMap((high, i) => window.slice(i).map((low) => (high - low) / high));
      return [Math.max(...falls)];
    }));

  it('runup', () =>
    expectSeries(lookup('runup'), [7], (xs, [n]) => {
      const bottom = Math.min(...xs.slice(-n));
      return [(last(xs) - bottom) / bottom];
    }));

  it.each([
    ['barssincehigh', Math.max],
    ['barssincelow', Math.min],
  ] as const)('%s', (name, extreme) =>
    expectSeries(lookup(name), [7], (xs, [n]) => {
      const window = xs.slice(-n);
      return [n - 1 - window.lastIndexOf(extreme(...window))];
    }),
  );

  it('streak', () =>
    expectSeries(lookup('streak'), [], (xs) => {
      const signs = xs.slice(1).map((x, i) => Math.sign(x - xs[i]));
      let run = 0;
      while (run < signs.length && signs[signs.length - 1 - run] === last(signs)) run++;
      return [last(signs) * run];
    }));
});

describe('regressions have the values of their definitions', () => {
  it('slope', () =>
    expectSeries(lookup('slope'), [7], (xs, [n]) => [cross(numbers(n), xs.slice(-n)) / cross(numbers(n), numbers(n))]));

  it('r2', () => expectSeries(lookup('r2'), [7], (xs, [n]) => [correlation(numbers(n), xs.slice(-n)) ** 2]));

  it.each([1, 3, 9])('autocorr with a lag of %i', (lag) =>
    expectSeries(lookup('autocorr'), [7, lag], (xs, [n]) => [
      correlation(xs.slice(-n), xs.slice(xs.length - n - lag, xs.length - lag)),
    ]),
  );

  it('halflife', () =>
    expectSeries(lookup('halflife'), [9], (xs, [n]) => {
      const before = xs.slice(-n - 1, -1);
      const changes = xs.slice(-n).map((x, i) => x - before[i]);
      const slope = cross(before, changes) / cross(before, before);
      return [slope < 0 ? Math.min(1e6, -Math.log(2) / slope) : 1e6];
    }));

  it('adf', () =>
    expectSeries(lookup('adf'), [9], (xs, [n]) => {
      const before = xs.slice(-n - 1, -1);
      const changes = xs.slice(-n).map((x, i) => x - before[i]);
      const slope = cross(before, changes) / cross(before, before);
      const rest = changes.map((y, i) => y - mean(changes) - slope * (before[i] - mean(before)));
      const error = Math.sqrt(sum(rest.map((each) => each * each)) / (n - 2) / cross(before, before));
      return [slope / error];
    }));

  it('hurst', () =>
    expectSeries(lookup('hurst'), [40], (xs, [n]) => {
      const window = xs.slice(-n);
      const lags = [1, 2, 4, 8, 16];
      const spreads = lags.map((lag) => Math.sqrt(mean(window.slice(lag).map((x, i) => (x - window[i]) ** 2))));
      const [x, y] = [lags.map(Math.log), spreads.map(Math.log)];
      return [cross(x, y) / cross(x, x)];
    }));

  it('entropy', () =>
    expectSeries(lookup('entropy'), [12], (xs, [n]) => {
      const window = xs.slice(-n);
      const orders = window.slice(2).map((_x, i) => [0, 1, 2].sort((a, b) => window[i + a] - window[i + b]).join(''));
      const shares = [...new Set(orders)].map((order) => orders.filter((o) => o === order).length / orders.length);
      return [sum(shares.map((share) => -share * Math.log(share))) / Math.log(6)];
    }));
});

describe('paths worked out by hand', () => {
  const path = [10, 12, 9, 11, 8, 10];

  it('10 12 9 11 8 10: 10 is a sixth below 12 and a quarter above 8; 12 to 8 is a third', () => {
    expect(final('drawdown', [6], path)).toBeCloseTo(1 / 6, 12);
    expect(final('runup', [6], path)).toBeCloseTo(0.25, 12);
    expect(final('maxdrawdown', [6], path)).toBeCloseTo(1 / 3, 12);
    expect(final('barssincehigh', [6], path)).toBe(4);
    expect(final('barssincelow', [6], path)).toBe(1);
  });

  it('of equal highs the newest counts', () => expect(final('barssincehigh', [4], [5, 7, 7, 6])).toBe(1));

  it('streak counts up, down and starts over', () => {
    expect(final('streak', [], [1, 2, 3, 4])).toBe(3);
    expect(final('streak', [], [1, 2, 3, 2, 1])).toBe(-2);
    expect(final('streak', [], [1, 2, 2])).toBe(0);
  });

  it('3 5 7 9 rises by 2 a bar, and straight', () => {
    expect(final('slope', [4], [3, 5, 7, 9])).toBeCloseTo(2, 12);
    expect(final('r2', [4], [3, 5, 7, 9])).toBeCloseTo(1, 12);
    // 1 2 1 2: slope (−1.5·1 − 0.5·2 + 0.5·1 + 1.5·2) / 5 = 0.2; r² = 1² / (5 · 1).
    expect(final('slope', [4], [1, 2, 1, 2])).toBeCloseTo(0.2, 12);
    expect(final('r2', [4], [1, 2, 1, 2])).toBeCloseTo(0.2, 12);
  });

  it('what goes up and down in turn is -1 to itself a bar before, and 1 two bars before', () => {
    expect(final('autocorr', [6, 1], [1, 2, 1, 2, 1, 2, 1])).toBeCloseTo(-1, 12);
    expect(final('autocorr', [6, 2], [1, 2, 1, 2, 1, 2, 1, 2])).toBeCloseTo(1, 12);
  });

  it('halflife: 16 8 4 2 1 loses half of itself a bar, a slope of -1/2; a straight rise never goes back', () => {
    expect(final('halflife', [4], [16, 8, 4, 2, 1])).toBeCloseTo(2 * Math.LN2, 12);
    expect(final('halflife', [4], [1, 2, 3, 4, 5])).toBe(1e6);
  });

  it('adf is what statsmodels has for a series drawn back, and 0 for a straight rise', () => {
    expect(final('adf', [399], [...reverting(2, 400, 0.2)])).toBeCloseTo(REFERENCE['adf noise'][0], 9);
    expect(final('adf', [8], numbers(9))).toBe(0);
    expect(final('adf', [8], new Array<number>(9).fill(0.1))).toBe(0);
  });

  it('hurst is 1 for a straight line and 0.5 where nothing moves', () => {
    expect(final('hurst', [40], numbers(40))).toBeCloseTo(1, 12);
    expect(final('hurst', [40], new Array<number>(40).fill(0.1))).toBe(0.5);
  });

  it('entropy is 0 for a straight line, and of two orders in equal parts ln 2 / ln 6', () => {
    expect(final('entropy', [10], numbers(10))).toBe(0);
    // 1 3 2 4 3 5 4 6: orders 1-3-2 and 3-2-4 in turn, three times each.
    expect(final('entropy', [8], [1, 3, 2, 4, 3, 5, 4, 6])).toBeCloseTo(Math.LN2 / Math.log(6), 12);
  });
});
