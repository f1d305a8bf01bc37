import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import { expectBars, expectSeries } from '../catalog-harness.ts';
import { expectPublished, last, places, rolling, rsi, sma, TULIP, valuesOf } from './momentum-naive.ts';

describe('stochastics have the values of their definitions', () => {
  it('stoch', () =>
    expectBars(lookup('stoch'), [5, 3, 4], (bars, [n, slowing, signal]) => {
      const k = sma(places(bars, n!), slowing!);
      const d = last(sma(k, signal!));
      return [last(k), d, 3 * last(k) - 2 * d];
    }));

  it('stochf', () =>
    expectBars(lookup('stochf'), [5, 3], (bars, [n, signal]) => [
      last(places(bars, n!)),
      last(sma(places(bars, n!), signal!)),
    ]));

  it('willr', () => expectBars(lookup('willr'), [5], (bars, [n]) => [last(places(bars, n!)) - 100]));

  it('stochrsi', () =>
    expectSeries(lookup('stochrsi'), [5, 6, 3, 4], (xs, [n, range, slowing, signal]) => {
      const raw = rolling(rsi(xs, n!), range!, (window) => {
        const [high, low] = [Math.max(...window), Math.min(...window)];
        return high === low ? 50 : (100 * (last(window) - low)) / (high - low);
      });
      const k = sma(raw, slowing!);
      return [last(k), last(sma(k, signal!))];
    }));
});

describe('stochastics have published values', () => {
  it('stoch(5, 3, 3)', () => {
    expectPublished(valuesOf('stoch', [5, 3, 3], TULIP), [77.385, 83.126, 84.867, 88.361, 95.246, 96.74, 91.091]);
    expectPublished(valuesOf('stoch', [5, 3, 3], TULIP, 1), [75.702, 78.011, 81.793, 85.452, 89.491, 93.449, 94.359]);
  });

  it('willr(5)', () =>
    expectPublished(
      valuesOf('willr', [5], TULIP),
      [-7.477, -23.006, -40.927, -15.5, -11.417, -23.704, -10.278, -0.935, -3.051, -5.793, -17.884],
    ));

  it('stochrsi of 5 without smoothing, a fraction there, percent here', () =>
    expectPublished(
      valuesOf('stochrsi', [5, 5, 1, 1], TULIP).map((value) => value / 100),
      [0.658, 1, 1, 1, 1, 0],
    ));
});

describe('a range of nothing', () => {
  it('is the middle: 50, and -50 for willr', () => {
    const flat = Array.from({ length: 40 }, () => ({
      ...TULIP[0]!,
      open: 100.1,
      high: 100.1,
      low: 100.1,
      close: 100.1,
    }));
    expect(last(valuesOf('stoch', [5, 3, 3], flat))).toBe(50);
    expect(last(valuesOf('willr', [5], flat))).toBe(-50);
    expect(last(valuesOf('stochrsi', [5, 5, 3, 3], flat))).toBe(50);
  });

  it('is the middle, too, where the rsi stands still but for its rounding', () => {
    const flat = Array.from({ length: 40 }, () => TULIP[TULIP.length - 1]!);
    expect(valuesOf('stochrsi', [5, 5, 1, 1], [...TULIP, ...flat]).slice(-30)).toEqual(Array(30).fill(50));
  });
});
