import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import { expectBars, expectSeries, exponential, mean } from '../catalog-harness.ts';
import {
  closes,
  ema,
  expectPublished,
  flatBars,
  highs,
  last,
  lows,
  minus,
  places,
  rolling,
  sum,
  TULIP,
  together,
  valuesOf,
} from './momentum-naive.ts';

/** Place in the range of `n`, where that is none the place before, at first 50. */
function keptPlaces(xs: readonly number[], n: number): number[] {
  const out: number[] = [];
  for (const window of rolling(xs, n, (inputs) => inputs)) {
    const [high, low] = [Math.max(...window), Math.min(...window)];
    out.push(high > low ? (100 * (last(window) - low)) / (high - low) : (out[out.length - 1] ?? 50));
  }
  return out;
}

/** Slope of the least-squares line through a window. */
function slopeOf(ys: readonly number[]): number {
  const middle = mean(ys.map((_, i) => i));
  return sum(ys.map((y, i) => (i - middle) * (y - mean(ys)))) / sum(ys.map((_, i) => (i - middle) ** 2));
}

describe('oscillators of a range have the values of their definitions', () => {
  it('smi', () =>
    expectBars(lookup('smi'), [5, 3, 4], (bars, [n, one, two]) => {
      const ranges = rolling(bars, n!, (window) => [Math.max(...highs(window)), Math.min(...lows(window))] as const);
      const distance = ranges.map(([high, low], i) => bars[i + n! - 1]!.close - (high + low) / 2);
      const over = last(ema(ema(distance, one!), two!));
      const range = last(
        ema(
          ema(
            ranges.map(([high, low]) => high - low),
            one!,
          ),
          two!,
        ),
      );
      return [(100 * over) / (range / 2)];
    }));

  it('stc', () =>
    expectSeries(lookup('stc'), [4, 9, 5], (xs, [fast, slow, cycle]) => {
      const macd = minus(exponential(xs, fast!), exponential(xs, slow!)).slice(slow! - 1);
      const first = exponential(keptPlaces(macd, cycle!), 3);
      return [last(exponential(keptPlaces(first, cycle!), 3))];
    }));

  it('pso', () =>
    expectBars(lookup('pso'), [5, 3], (bars, [n, smoothing]) => {
      const smooth = last(
        ema(
          ema(
            places(bars, n!).map((place) => 0.1 * (place - 50)),
            smoothing!,
          ),
          smoothing!,
        ),
      );
      return [(Math.exp(smooth) - 1) / (Math.exp(smooth) + 1)];
    }));

  it('fisher', () =>
    expectBars(lookup('fisher'), [6], (bars, [n]) => {
      let [value, fish] = [0, 0];
      const medians = bars.map((bar) => (bar.high + bar.low) / 2);
      for (const window of rolling(medians, n!, (inputs) => inputs)) {
        const [high, low] = [Math.max(...window), Math.min(...window)];
        value = 0.33 * 2 * ((last(window) - low) / (high - low) - 0.5) + 0.67 * value;
        if (value > 0.99) value = 0.999;
        if (value < -0.99) value = -0.999;
        fish = 0.5 * Math.log((1 + value) / (1 - value)) + 0.5 * fish;
      }
      return [fish];
    }));

  it.each([2, 3, 9])('po over %i bars', (length) =>
    expectBars(lookup('po'), [length], (bars, [n]) => {
      const window = bars.slice(-n!);
      const [up, down] = [slopeOf(highs(window)), slopeOf(lows(window))];
      const upper = Math.max(...window.map((bar, i) => bar.high + up * (n! - 1 - i)));
      const lower = Math.min(...window.map((bar, i) => bar.low + down * (n! - 1 - i)));
      return [(100 * (last(closes(window)) - lower)) / (upper - lower)];
    }),
  );
});

describe('fisher', () => {
  it('has published values', () =>
    expectPublished(
      valuesOf('fisher', [5], TULIP),
      [0.343, 0.791, 0.825, 0.806, 1.066, 1.439, 1.851, 2.275, 2.698, 3.117, 3.185],
    ));
});

describe('po', () => {
  it('has the value of an example worked by hand', () => {
    // Highs 10 11 12 rise by 1 a bar: projected 12, 12, 12. Lows 8 10 9 rise by 0.5: projected 9, 10.5, 9, lowest 9.
    // The close of 11 lies at (11 - 9) / (12 - 9).
    const bars = [
      [10, 8, 9],
      [11, 10, 10.5],
      [12, 9, 11],
    ].map(([high, low, close]): Bar => ({ ...TULIP[0]!, open: low!, high: high!, low: low!, close: close! }));
    expect(valuesOf('po', [3], bars)).toEqual([expect.closeTo(200 / 3, 10)]);
  });
});

describe('stc', () => {
  it('stays at the top of a trend in which its ranges close', () => {
    // A fall and then a rise by a constant share: macd rises without end, both places come to 100 and their ranges to nothing.
    const prices = Array.from({ length: 400 }, (_, i) => 100 * 1.01 ** Math.abs(i - 150));
    expect(last(valuesOf('stc', [23, 50, 10], flatBars(prices)))).toBeGreaterThan(99);
  });
});

describe('smi', () => {
  it('has the value of an example worked by hand', () => {
    // Ranges of two bars: 8 to 12, then 9 to 14; middles 10 and 11.5; distances 12 - 10 = 2 and 13 - 11.5 = 1.5.
    // Without smoothing: 100 * 1.5 / (5 / 2) = 60.
    const bars = [
      [11, 8, 10],
      [12, 9, 12],
      [14, 10, 13],
    ].map(([high, low, close]): Bar => ({ ...TULIP[0]!, open: low!, high: high!, low: low!, close: close! }));
    expect(valuesOf('smi', [2, 1, 1], bars)).toEqual([100, 60]);
  });
});

describe('pso', () => {
  it('is half of its reach at the logarithm of three', () => {
    // Place 60 of 100 without smoothing: tanh(0.1 * 10 / 2) = 0.46212 (tables).
    const bars = [{ ...TULIP[0]!, open: 0.5, high: 1, low: 0, close: 0.6 }];
    expect(valuesOf('pso', [1, 1], bars)).toEqual([expect.closeTo(0.46212, 5)]);
  });
});

it('together and keptPlaces combine what belongs together', () => {
  expect(together([1, 2, 3], [10, 20], (a, b) => a + b)).toEqual([12, 23]);
  expect(keptPlaces([1, 1, 2], 2)).toEqual([50, 100]);
});
