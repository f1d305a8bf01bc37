import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import type { SeriesEntry } from '../catalog-entry.ts';
import { expectSeries, exponential, valuesAfter, wilder } from '../catalog-harness.ts';

const last = (xs: readonly number[]): number => xs[xs.length - 1];
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const values = (name: string, params: readonly number[], xs: readonly number[]): readonly number[] =>
  valuesAfter((lookup(name) as SeriesEntry).create(params), xs);

/** Sum of the weighted inputs over the sum of the weights; `weigh` gets the age, 0 for the newest. */
function weightedMean(xs: readonly number[], n: number, weigh: (age: number) => number): number {
  const ages = Array.from({ length: n }, (_, age) => age);
  return sum(ages.map((age) => weigh(age) * xs[xs.length - 1 - age])) / sum(ages.map(weigh));
}

/** The linearly weighted mean at every input that has enough before it. */
const weightedMeans = (xs: readonly number[], n: number): number[] =>
  xs.slice(n - 1).map((_, i) => weightedMean(xs.slice(0, i + n), n, (age) => n - age));

describe('moving averages have the values of their definitions', () => {
  it('wma', () => expectSeries(lookup('wma'), [7], (xs, [n]) => [last(weightedMeans(xs, n))]));
  it.each([7, 8])('trima of %i', (bars) =>
    expectSeries(lookup('trima'), [bars], (xs, [n]) => {
      // TA-Lib: a simple mean of simple means, of (n+1)/2 each, or of n/2 and n/2 + 1.
      const [inner, outer] = n % 2 === 1 ? [(n + 1) / 2, (n + 1) / 2] : [n / 2, n / 2 + 1];
      const means = xs.slice(inner - 1).map((_, i) => sum(xs.slice(i, i + inner)) / inner);
      return [sum(means.slice(-outer)) / outer];
    }),
  );

  it('alma', () =>
    expectSeries(lookup('alma'), [9, 0.85, 6], (xs, [n, offset, sigma]) => [
      weightedMean(xs, n, (age) => Math.exp(-0.5 * ((n - 1 - age - offset * (n - 1)) / (n / sigma)) ** 2)),
    ]));

  it('hma', () =>
    expectSeries(lookup('hma'), [9], (xs) => {
      const [half, full] = [weightedMeans(xs, 4).slice(5), weightedMeans(xs, 9)];
      return [
        last(
          weightedMeans(
            full.map((x, i) => 2 * half[i] - x),
            3,
          ),
        ),
      ];
    }));

  it('sma15', () =>
    expectSeries(lookup('sma15'), [], (xs) => {
      // Spencer as he worked it out: sums of 4, 4 and 5 in a row, then -3 3 4 3 -3, over 4*4*5*4.
      const summed = (of: readonly number[], n: number) => of.slice(n - 1).map((_, i) => sum(of.slice(i, i + n)));
      const [a, b, c, d, e] = summed(summed(summed(xs, 4), 4), 5).slice(-5);
      return [(-3 * a + 3 * b + 4 * c + 3 * d - 3 * e) / 320];
    }));

  it('rma', () => expectSeries(lookup('rma'), [5], (xs, [n]) => [wilder(xs, n)]));
  it('dema', () =>
    expectSeries(lookup('dema'), [7], (xs, [n]) => {
      const once = exponential(xs, n);
      return [2 * last(once) - last(exponential(once, n))];
    }));

  it('tema', () =>
    expectSeries(lookup('tema'), [7], (xs, [n]) => {
      const once = exponential(xs, n);
      const twice = exponential(once, n);
      return [3 * last(once) - 3 * last(twice) + last(exponential(twice, n))];
    }));

  it('t3', () =>
    expectSeries(lookup('t3'), [4, 0.7], (xs, [n, v]) => {
      // Tillson: gd applied three times, gd(x) = (1 + v)*ema(x) - v*ema(ema(x)).
      const gd = (of: readonly number[]) => {
        const once = exponential(of, n);
        const twice = exponential(once, n);
        return once.map((x, i) => (1 + v) * x - v * twice[i]);
      };
      return [last(gd(gd(gd(xs))))];
    }));

  it('zlema', () =>
    expectSeries(lookup('zlema'), [8], (xs, [n]) => [
      last(
        exponential(
          xs.slice(3).map((x, i) => 2 * x - xs[i]),
          n,
        ),
      ),
    ]));

  it('supersmoother', () =>
    expectSeries(lookup('supersmoother'), [10], (xs, [n]) => {
      const root = Math.exp((-Math.SQRT2 * Math.PI) / n);
      const [b, c] = [2 * root * Math.cos((Math.SQRT2 * Math.PI) / n), -root * root];
      const out: number[] = [];
      xs.forEach((x, i) => {
        out.push(i < 2 ? x : ((1 - b - c) * (x + xs[i - 1])) / 2 + b * out[i - 1] + c * out[i - 2]);
      });
      return [last(out)];
    }));
});

describe('moving averages in figures', () => {
  it('wma of 1 2 3 4 over four is (1 + 4 + 9 + 16) / 10', () =>
    expect(values('wma', [4], [1, 2, 3, 4])[0]).toBeCloseTo(3, 12));
  it('trima of 1 2 9 over three is (1 + 2*2 + 9) / 4', () =>
    expect(values('trima', [3], [1, 2, 9])[0]).toBeCloseTo(3.5, 12));
  it('rma of 3 6 9 4 over three is 6, then 6 + (4 - 6) / 3', () =>
    expect(values('rma', [3], [3, 6, 9, 4])[0]).toBeCloseTo(16 / 3, 12));

  it('averages of a straight line: the lagging ones lie below it by their lag, the corrected ones on it', () => {
    const line = Array.from({ length: 2000 }, (_, i) => 100 + i);
    const now = last(line);
    expect(values('wma', [10], line)[0]).toBeCloseTo(now - 3, 8);
    expect(values('trima', [9], line)[0]).toBeCloseTo(now - 4, 8);
    expect(values('sma15', [], line)[0]).toBeCloseTo(now - 7, 8);
    expect(values('rma', [10], line)[0]).toBeCloseTo(now - 9, 8);
    for (const name of ['dema', 'tema', 'zlema']) expect(values(name, [11], line)[0]).toBeCloseTo(now, 8);
    // hma(16): the lag is 2*(7/3) - 15/3 + 3/3 = 2/3.
    expect(values('hma', [16], line)[0]).toBeCloseTo(now - 2 / 3, 8);
  });
});
