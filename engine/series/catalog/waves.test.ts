import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import { expectBars, expectSeries } from '../catalog-harness.ts';
import { ema, flatBars, growths, last, minus, rolling, sma, sum, TULIP, together, valuesOf } from './momentum-naive.ts';

const wma = (xs: readonly number[], n: number): number[] =>
  rolling(xs, n, (window) => sum(window.map((x, i) => (i + 1) * x)) / sum(window.map((_, i) => i + 1)));

describe('slow waves have the values of their definitions', () => {
  it('coppock', () =>
    expectSeries(lookup('coppock'), [7, 5, 4], (xs, [long, short, smoothing]) => [
      last(
        wma(
          together(growths(xs, long), growths(xs, short), (a, b) => a + b),
          smoothing!,
        ),
      ),
    ]));

  it('kst', () =>
    expectSeries(lookup('kst'), [3, 5, 7, 9, 4, 3, 2, 5, 6], (xs, params) => {
      const parts = [0, 1, 2, 3].map((i) => sma(growths(xs, params[i]), params[i + 4]!).map((x) => (i + 1) * x));
      const line = parts.reduce((a, b) => together(a, b, (x, y) => x + y));
      return [last(line), last(sma(line, params[8]!))];
    }));

  it('wt', () =>
    expectBars(lookup('wt'), [4, 7, 3], (bars, [channel, average, signal]) => {
      const typical = bars.map((bar) => (bar.high + bar.low + bar.close) / 3);
      const distance = minus(typical, ema(typical, channel!));
      const index = together(distance, ema(distance.map(Math.abs), channel!), (x, d) => x / (0.015 * d));
      const wave = ema(index, average!);
      return [last(wave), last(sma(wave, signal!))];
    }));

  it('massindex', () =>
    expectBars(lookup('massindex'), [8, 4], (bars, [n, smoothing]) => {
      const once = ema(
        bars.map((bar) => bar.high - bar.low),
        smoothing!,
      );
      return [sum(together(once, ema(once, smoothing!), (a, b) => a / b).slice(-n!))];
    }));
});

describe('examples worked by hand', () => {
  it('coppock: growth by a factor of two a bar', () => {
    // 2 bars: 300 %, 1 bar: 100 %, together 400 whatever the weights.
    const doubling = flatBars([1, 2, 4, 8, 16, 32]);
    expect(last(valuesOf('coppock', [2, 1, 3], doubling))).toBeCloseTo(400, 10);
  });

  it('kst: the same growth weighted 1 to 4', () => {
    // 1 bar: 100 %, 2: 300 %, 3: 700 %, 4: 1500 %: 100 + 600 + 2100 + 6000.
    const doubling = flatBars(Array.from({ length: 12 }, (_, i) => 2 ** i));
    expect(last(valuesOf('kst', [1, 2, 3, 4, 2, 2, 2, 2, 3], doubling))).toBeCloseTo(8800, 8);
  });

  it('wt: without smoothing the distance is as large as its mean: 1 / 0.015', () => {
    // An EMA of 3 moves by half; a step away from it is always one own deviation in size where that is not smoothed,
    // and begins at 0 where the line begins.
    const steps = valuesOf('wt', [1, 1, 1], flatBars([10, 12, 11]));
    expect(steps).toEqual([0, 0, 0]);
    const rising = flatBars(Array.from({ length: 400 }, (_, i) => 100 + i));
    expect(last(valuesOf('wt', [5, 3, 2], rising))).toBeCloseTo(1 / 0.015, 6);
  });

  it('wt: 0 on a price that no binary fraction meets', () =>
    expect(last(valuesOf('wt', [4, 7, 3], flatBars(Array.from({ length: 40 }, () => 100.1))))).toBe(0));

  it('massindex: as many as bars where the range is always the same', () => {
    const even = Array.from({ length: 60 }, () => ({ ...TULIP[0]!, open: 10, high: 12, low: 9, close: 11 }));
    expect(last(valuesOf('massindex', [25, 9], even))).toBe(25);
  });
});
