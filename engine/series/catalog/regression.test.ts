import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import type { SeriesEntry } from '../catalog-entry.ts';
import { expectSeries, mean, valuesAfter } from '../catalog-harness.ts';

/** The textbook's line through y over x = 0, 1, 2 ...: slope, value at 0, and the square of Pearson's correlation. */
function lineThrough(ys: readonly number[]): { slope: number; intercept: number; r2: number } {
  const xs = ys.map((_, i) => i);
  const covariance = mean(ys.map((y, i) => (y - mean(ys)) * (xs[i] - mean(xs))));
  const [across, up] = [mean(xs.map((x) => (x - mean(xs)) ** 2)), mean(ys.map((y) => (y - mean(ys)) ** 2))];
  const slope = covariance / across;
  return { slope, intercept: mean(ys) - slope * mean(xs), r2: up === 0 ? 0 : covariance ** 2 / (across * up) };
}

describe('linreg and tsf have the values of their definitions', () => {
  it('linreg', () =>
    expectSeries(lookup('linreg'), [7], (xs, [n]) => {
      const { slope, intercept, r2 } = lineThrough(xs.slice(-n));
      const angle = (Math.atan(slope) / Math.PI) * 180;
      return [intercept + slope * (n - 1), slope, intercept, angle, intercept + slope * n, r2];
    }));

  it('tsf', () =>
    expectSeries(lookup('tsf'), [7], (xs, [n]) => {
      const { slope, intercept } = lineThrough(xs.slice(-n));
      return [intercept + slope * n];
    }));

  it('linreg of 1 2 4: slope 3/2, mean 7/3, so 5/6 at the oldest, 23/6 at the newest, 16/3 to come; r2 is 27/28', () => {
    const values = valuesAfter((lookup('linreg') as SeriesEntry).create([3]), [9, 1, 2, 4]);
    const worked = [23 / 6, 3 / 2, 5 / 6, 56.309932474, 16 / 3, 27 / 28];
    for (const [i, value] of worked.entries()) expect(values[i]).toBeCloseTo(value, 8);
  });

  it('loses nothing between large prices that lie close together', () => {
    const prices = Array.from({ length: 5000 }, (_, i) => 1e9 + i / 1024);
    const [value, slope, , , , r2] = valuesAfter((lookup('linreg') as SeriesEntry).create([5000]), prices);
    expect(value).toBeCloseTo(1e9 + 4999 / 1024, 6);
    expect(slope).toBeCloseTo(1 / 1024, 12);
    expect(r2).toBeCloseTo(1, 9);
  });
});
