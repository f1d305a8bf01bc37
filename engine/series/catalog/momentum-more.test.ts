import { describe, expect, it } from 'vitest';
import { lookup } from '../catalog.ts';
import { expectBars, expectSeries, exponential } from '../catalog-harness.ts';
import {
  ema,
  expectPublished,
  flatBars,
  growths,
  last,
  minus,
  sma,
  TULIP,
  together,
  valuesOf,
} from './momentum-naive.ts';

const medians = (bars: readonly { high: number; low: number }[]): number[] =>
  bars.map((bar) => (bar.high + bar.low) / 2);
const smoothed = (xs: readonly number[], weight: number): number[] => {
  const out = [xs[0]!];
  for (const x of xs.slice(1)) out.push(weight * x + (1 - weight) * last(out));
  return out;
};

describe('momentum has the values of its definitions', () => {
  it('ao', () =>
    expectBars(lookup('ao'), [3, 8], (bars, [fast, slow]) => [
      last(sma(medians(bars), fast!)) - last(sma(medians(bars), slow!)),
    ]));

  it('ac', () =>
    expectBars(lookup('ac'), [3, 8, 4], (bars, [fast, slow, signal]) => {
      const awesome = minus(sma(medians(bars), fast!), sma(medians(bars), slow!));
      return [last(awesome) - last(sma(awesome, signal!))];
    }));

  it('apo', () =>
    expectSeries(lookup('apo'), [3, 8], (xs, [fast, slow]) => [
      last(exponential(xs, fast!)) - last(exponential(xs, slow!)),
    ]));

  it('ppo', () =>
    expectSeries(lookup('ppo'), [3, 8, 4], (xs, [fast, slow, signal]) => {
      const late = exponential(xs, slow!).slice(slow! - 1);
      const line = together(exponential(xs, fast!), late, (quick, base) => (100 * (quick - base)) / base);
      const smooth = last(exponential(line, signal!));
      return [last(line), smooth, last(line) - smooth];
    }));

  it('pmo', () =>
    expectSeries(lookup('pmo'), [7, 5, 3], (xs, [one, two, signal]) => {
      const once = smoothed(growths(xs), 2 / one!).slice(one! - 1);
      const line = smoothed(
        once.map((x) => 10 * x),
        2 / two!,
      ).slice(two! - 1);
      return [last(line), last(exponential(line, signal!))];
    }));

  it('mom', () => expectSeries(lookup('mom'), [5], (xs, [n]) => [last(xs) - xs[xs.length - 1 - n!]!]));

  it('trix', () => expectSeries(lookup('trix'), [4], (xs, [n]) => [last(growths(ema(ema(ema(xs, n!), n!), n!)))]));
});

describe('momentum has published values', () => {
  it('apo(2, 5)', () =>
    expectPublished(
      valuesOf('apo', [2, 5], TULIP),
      [0.351, 0.111, 0.416, 0.578, 0.422, 0.684, 0.927, 0.891, 0.979, 0.621],
    ));

  it('ppo(2, 5)', () =>
    expectPublished(
      valuesOf('ppo', [2, 5, 9], TULIP),
      [0.424, 0.134, 0.5, 0.691, 0.503, 0.81, 1.088, 1.04, 1.133, 0.716],
    ));

  it('mom(5)', () =>
    expectPublished(valuesOf('mom', [5], TULIP), [1.56, 1.78, 1.12, 1.55, 0.75, 2.38, 3.7, 2.9, 3.22, 2.93]));

  it('trix(5), which Tulip relates to the newer average, here and in TA-Lib to the older', () =>
    expectPublished(
      valuesOf('trix', [5], TULIP).map((value) => value / (1 + value / 100)),
      [0.492, 0.512],
    ));
});

describe('examples worked by hand', () => {
  it('ao and ac of a straight line', () => {
    // Averages of 2 and 4 of a line that rises by 1 lie 0.5 and 1.5 back: 1 apart, always, so nothing accelerates.
    const line = flatBars(Array.from({ length: 20 }, (_, i) => 50 + i));
    expect(valuesOf('ao', [2, 4], line).every((value) => value === 1)).toBe(true);
    expect(valuesOf('ac', [2, 4, 3], line).every((value) => value === 0)).toBe(true);
  });

  it('pmo of a constant growth of 1 percent is 10', () => {
    const prices = Array.from({ length: 60 }, (_, i) => 100 * 1.01 ** i);
    expect(last(valuesOf('pmo', [7, 5, 3], flatBars(prices)))).toBeCloseTo(10, 10);
    expect(last(valuesOf('pmo', [7, 5, 3], flatBars(prices), 1))).toBeCloseTo(10, 10);
  });
});
