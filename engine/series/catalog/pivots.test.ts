import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry, SeriesEntry } from '../catalog-entry.ts';
import { expectBars, expectSeries, valuesAfter } from '../catalog-harness.ts';

const at = (name: string, params: readonly number[], xs: readonly number[]): number =>
  valuesAfter((lookup(name) as SeriesEntry).create(params), xs)[0];
const bar = (high: number, low: number): Bar => ({ start: 0, open: low, high, low, close: high, volume: 1, trades: 1 });
const values = (name: string, params: readonly number[], bars: readonly Bar[]): readonly number[] =>
  valuesAfter((lookup(name) as BarsEntry).create(params), bars);

/** Whether the input at `i` is above all others from `before` ones before it to `after` ones after it. */
const stands = (xs: readonly number[], i: number, before: number, after: number): boolean =>
  i >= before &&
  i + after < xs.length &&
  xs.slice(i - before, i + after + 1).every((x, j) => j === before || x < xs[i]);

/** The last input that stands above `n` on either side, or the highest of the first 2n + 1. */
const lastSwing = (xs: readonly number[], n: number): number =>
  xs.findLast((_, i) => stands(xs, i, n, n)) ?? Math.max(...xs.slice(0, 2 * n + 1));

describe('turning points have the values of their definitions', () => {
  it.each([1, 2, 5])('swinghigh of %i', (bars) =>
    expectSeries(lookup('swinghigh'), [bars], (xs, [n]) => [lastSwing(xs, n)]),
  );
  it.each([1, 2, 5])('swinglow of %i', (bars) =>
    expectSeries(lookup('swinglow'), [bars], (xs, [n]) => [
      -lastSwing(
        xs.map((x) => -x),
        n,
      ),
    ]),
  );

  it('higherlow', () =>
    expectSeries(lookup('higherlow'), [3], (xs, [n]) => {
      const turned = xs.map((x) => -x);
      let stop = Math.min(...xs.slice(0, n + 1));
      for (let i = n + 1; i < xs.length; i++) {
        if (xs[i] < stop) stop = xs[i];
        else if (xs[i - n] > stop && stands(turned.slice(0, i + 1), i - n, 0, n)) stop = xs[i - n];
      }
      return [stop];
    }));

  it('breakoutlow', () =>
    expectBars(lookup('breakoutlow'), [4], (bars, [n]) => {
      const isBreak = (i: number) => i >= n && bars.slice(i - n, i).every(({ high }) => high < bars[i].high);
      return [(bars.findLast((_, i) => isBreak(i)) ?? bars[n]).low];
    }));

  it('zigzag', () =>
    expectBars(lookup('zigzag'), [20], (bars, [percent]) => {
      let [pivot, extreme, direction] = [bars[0].low, bars[0].high, 1];
      for (const { high, low } of bars.slice(1)) {
        if (direction === 1 && high > extreme) extreme = high;
        else if (direction === -1 && low < extreme) extreme = low;
        else if (direction === 1 && 100 * (extreme - low) >= percent * extreme)
          [pivot, extreme, direction] = [extreme, low, -1];
        else if (direction === -1 && 100 * (high - extreme) >= percent * extreme)
          [pivot, extreme, direction] = [extreme, high, 1];
      }
      return [pivot, extreme, direction];
    }));
});

describe('turning points in figures', () => {
  it('a swing high is known when as many bars after it as before it are lower, and held', () => {
    expect(at('swinghigh', [2], [1, 2, 9, 3, 4])).toBe(9);
    expect(at('swinghigh', [2], [1, 2, 9, 3, 4, 8, 5])).toBe(9);
    expect(at('swinghigh', [2], [1, 2, 9, 3, 4, 8, 5, 6])).toBe(8);
    expect(at('swinglow', [2], [5, 4, 1, 4, 5])).toBe(1);
  });

  it('equal highs are no swing', () => expect(at('swinghigh', [1], [1, 9, 5, 7, 7, 3])).toBe(9));

  it('what the open bar confirms goes when it takes it back, and stays once it has closed', () => {
    const kernel = (lookup('swinghigh') as SeriesEntry).create([1]);
    for (const x of [1, 9, 5, 7]) kernel.add(x);
    kernel.add(6);
    expect(kernel.values[0]).toBe(7);
    kernel.replace(8);
    expect(kernel.values[0]).toBe(9);
    kernel.replace(6);
    kernel.add(100);
    expect(kernel.values[0]).toBe(7);
  });

  it('higherlow rises to lows that hold and begins anew when it is broken', () => {
    expect(at('higherlow', [2], [5, 6, 7])).toBe(5);
    expect(at('higherlow', [2], [5, 8, 6, 7, 7])).toBe(6);
    expect(at('higherlow', [2], [5, 8, 6, 7, 7, 3])).toBe(3);
    expect(at('higherlow', [2], [5, 8, 6, 7, 7, 3, 4, 5, 6])).toBe(4);
  });

  it('breakoutlow keeps the low of the bar that broke out', () => {
    expect(values('breakoutlow', [2], [bar(5, 4), bar(6, 4), bar(8, 5), bar(7, 3)])).toEqual([5]);
  });

  it('zigzag of 10 percent: up to 110, back by 10 percent at 99, which makes 110 the pivot', () => {
    const bars = [bar(101, 100), bar(110, 105), bar(106, 99.5)];
    expect(values('zigzag', [10], bars)).toEqual([100, 110, 1]);
    expect(values('zigzag', [10], [...bars, bar(104, 99)])).toEqual([110, 99, -1]);
  });
});
