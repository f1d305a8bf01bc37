import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import type { SeriesEntry } from '../catalog-entry.ts';
import { expectSeries, mean, valuesAfter } from '../catalog-harness.ts';

const last = (xs: readonly number[]): number => xs[xs.length - 1];
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const ascending = (xs: readonly number[]): number[] => [...xs].sort((a, b) => a - b);
const median = (xs: readonly number[]): number => {
  const sorted = ascending(xs);
  return (sorted[Math.floor((xs.length - 1) / 2)] + sorted[Math.ceil((xs.length - 1) / 2)]) / 2;
};
/** NumPy's default: the weighted mean of the two neighbours of (n - 1) q. */
const quantile = (xs: readonly number[], q: number): number => {
  const [sorted, at] = [ascending(xs), (xs.length - 1) * q];
  return sorted[Math.floor(at)] * (1 - (at % 1)) + sorted[Math.ceil(at)] * (at % 1);
};
/** Mean of a power of the distances from the mean. */
const moment = (xs: readonly number[], power: number): number => mean(xs.map((x) => (x - mean(xs)) ** power));
const final = (name: string, params: number[], xs: readonly number[]): number =>
  valuesAfter((lookup(name) as SeriesEntry).create(params), xs)[0];

describe('statistics of the order of a window have the values of their definitions', () => {
  it.each([7, 8])('median(%i)', (n) => expectSeries(lookup('median'), [n], (xs) => [median(xs.slice(-n))]));
  it.each([0, 0.1, 0.5, 0.95, 1])('quantile(9, %d)', (q) =>
    expectSeries(lookup('quantile'), [9, q], (xs, [n]) => [quantile(xs.slice(-n), q)]),
  );
  it('rank', () =>
    expectSeries(lookup('rank'), [9], (xs, [n]) => {
      const [newest, others] = [last(xs), xs.slice(-n, -1)];
      const below = others.filter((x) => x < newest).length + others.filter((x) => x === newest).length / 2;
      return [(100 * below) / (n - 1)];
    }));
  it('iqr', () =>
    expectSeries(lookup('iqr'), [7], (xs, [n]) => [quantile(xs.slice(-n), 0.75) - quantile(xs.slice(-n), 0.25)]));
  it('mad', () =>
    expectSeries(lookup('mad'), [7], (xs, [n]) => {
      const window = xs.slice(-n);
      return [mean(window.map((x) => Math.abs(x - mean(window))))];
    }));
  it.each([3, 7, 8])('zmad(%i)', (n) =>
    expectSeries(lookup('zmad'), [n], (xs) => {
      const window = xs.slice(-n);
      const spread = median(window.map((x) => Math.abs(x - median(window))));
      return [spread === 0 ? 0 : (0.6745 * (last(xs) - median(window))) / spread];
    }),
  );
});

describe('statistics of the distribution of a window have the values of their definitions', () => {
  it('sum', () => expectSeries(lookup('sum'), [7], (xs, [n]) => [sum(xs.slice(-n))]));
  it('variance', () => expectSeries(lookup('variance'), [7], (xs, [n]) => [moment(xs.slice(-n), 2)]));
  it('skew', () =>
    expectSeries(lookup('skew'), [7], (xs, [n]) => [moment(xs.slice(-n), 3) / moment(xs.slice(-n), 2) ** 1.5]));
  it('kurtosis', () =>
    expectSeries(lookup('kurtosis'), [7], (xs, [n]) => [moment(xs.slice(-n), 4) / moment(xs.slice(-n), 2) ** 2 - 3]));
  it('logreturn', () =>
    expectSeries(lookup('logreturn'), [5], (xs, [n]) => [Math.log(last(xs)) - Math.log(xs[xs.length - 1 - n])]));
  it('sharpe', () =>
    expectSeries(lookup('sharpe'), [7], (xs, [n]) => {
      const returns = xs
        .slice(1)
        .map((x, i) => (x - xs[i]) / xs[i])
        .slice(-n);
      return [mean(returns) / Math.sqrt((moment(returns, 2) * n) / (n - 1))];
    }));
});

describe('statistics worked out by hand', () => {
  const xs = [2, 4, 4, 4, 5, 5, 7, 9];

  it('of 2 4 4 4 5 5 7 9: mean 5, squares 32, cubes 42, fourth powers 356', () => {
    expect(final('sum', [8], xs)).toBe(40);
    expect(final('variance', [8], xs)).toBeCloseTo(32 / 8, 12);
    // (42 / 8) / 2^3 and (356 / 8) / 2^4 - 3
    expect(final('skew', [8], xs)).toBeCloseTo(0.65625, 12);
    expect(final('kurtosis', [8], xs)).toBeCloseTo(-0.21875, 12);
    // distances 3 1 1 1 0 0 2 4
    expect(final('mad', [8], xs)).toBeCloseTo(12 / 8, 12);
  });

  it('its quartiles are 4 and 5.5, its median is 4.5', () => {
    expect(final('median', [8], xs)).toBe(4.5);
    expect(final('quantile', [8, 0.25], xs)).toBe(4);
    expect(final('quantile', [8, 0.75], xs)).toBe(5.5);
    expect(final('iqr', [8], xs)).toBe(1.5);
  });

  it('rank: 9 lies above all, 2 below all, 4 after 2 5 5 4 above one and level with one', () => {
    expect(final('rank', [8], xs)).toBe(100);
    expect(final('rank', [3], [5, 5, 2])).toBe(0);
    expect(final('rank', [5], [2, 5, 5, 4, 4])).toBe(37.5);
    expect(final('rank', [5], [3, 3, 3, 3, 3])).toBe(50);
  });

  it('zmad of 1 2 3 4 100: median 3, distances 2 1 0 1 97, whose median is 1', () => {
    expect(final('zmad', [5], [1, 2, 3, 4, 100])).toBeCloseTo(0.6745 * 97, 10);
    // Distances 2 1 0 1: median of 1.5 2.5 0.5 ... for an even length, of 1 2 4 8: median 3, distances 2 1 1 5.
    expect(final('zmad', [4], [1, 2, 4, 8])).toBeCloseTo((0.6745 * 5) / 1.5, 10);
    expect(final('zmad', [3], [7, 7, 9])).toBe(0);
  });

  it('logreturn from 1 to e is 1; 0 where a logarithm has no value', () => {
    expect(final('logreturn', [1], [1, Math.E])).toBeCloseTo(1, 12);
    expect(final('logreturn', [1], [0, 5])).toBe(0);
    expect(final('logreturn', [1], [3, -5])).toBe(0);
  });

  it('sharpe of growths of 10 % and 30 %: mean 0.2, sample deviation the root of 0.02', () => {
    expect(final('sharpe', [2], [100, 110, 143])).toBeCloseTo(0.2 / Math.sqrt(0.02), 10);
  });

  it('none makes anything of a price that stands, though no binary fraction holds it', () => {
    const flat = new Array<number>(60).fill(0.1);
    for (const name of ['variance', 'skew', 'kurtosis', 'mad', 'zmad', 'iqr', 'sharpe']) {
      expect(final(name, [20], flat), name).toBe(0);
    }
  });
});
