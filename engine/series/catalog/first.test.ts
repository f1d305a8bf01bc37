import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { SeriesEntry } from '../catalog-entry.ts';
import { deviation, expectBars, expectSeries, exponential, mean, trueRanges, wilder } from '../catalog-harness.ts';

const last = (xs: readonly number[]): number => xs[xs.length - 1]!;

describe('the first indicators have the values of their definitions', () => {
  it.each(['sma', 'mean'])('%s', (name) => expectSeries(lookup(name), [7], (xs, [n]) => [mean(xs.slice(-n!))]));
  it('ema', () => expectSeries(lookup('ema'), [7], (xs, [n]) => [last(exponential(xs, n!))]));
  it('std', () => expectSeries(lookup('std'), [7], (xs, [n]) => [deviation(xs.slice(-n!))]));
  it('highest', () => expectSeries(lookup('highest'), [7], (xs, [n]) => [Math.max(...xs.slice(-n!))]));
  it('lowest', () => expectSeries(lookup('lowest'), [7], (xs, [n]) => [Math.min(...xs.slice(-n!))]));
  it('change', () => expectSeries(lookup('change'), [5], (xs, [n]) => [last(xs) / xs[xs.length - 1 - n!]! - 1]));

  it('z', () =>
    expectSeries(lookup('z'), [7], (xs, [n]) => {
      const [m, d] = [mean(xs.slice(-n!)), deviation(xs.slice(-n!))];
      return [d > 0 ? (last(xs) - m) / d : 0];
    }));

  it('bb', () =>
    expectSeries(lookup('bb'), [7, 2], (xs, [n, k]) => {
      const [m, d] = [mean(xs.slice(-n!)), deviation(xs.slice(-n!))];
      const [upper, lower] = [m + k! * d, m - k! * d];
      return [m, upper, lower, (upper - lower) / m, d > 0 ? (last(xs) - lower) / (upper - lower) : 0.5];
    }));

  it('macd', () =>
    expectSeries(lookup('macd'), [3, 6, 4], (xs, [fast, slow, signal]) => {
      const [quick, late] = [exponential(xs, fast!), exponential(xs, slow!)];
      const line = quick.map((value, i) => value - late[i]!).slice(slow! - 1);
      const smooth = last(exponential(line, signal!));
      return [last(line), smooth, last(line) - smooth];
    }));

  it('rsi', () =>
    expectSeries(lookup('rsi'), [5], (xs, [n]) => {
      const steps = xs.slice(1).map((x, i) => x - xs[i]!);
      const gain = wilder(
        steps.map((step) => Math.max(0, step)),
        n!,
      );
      const loss = wilder(
        steps.map((step) => Math.max(0, -step)),
        n!,
      );
      return [gain + loss === 0 ? 50 : loss === 0 ? 100 : 100 - 100 / (1 + gain / loss)];
    }));

  it('atr', () => expectBars(lookup('atr'), [5], (bars: readonly Bar[], [n]) => [wilder(trueRanges(bars), n!)]));
});

describe('rsi', () => {
  it('has the values of Wilder’s own example', () => {
    // Closing prices and RSI(14) as printed in the StockCharts ChartSchool example of Wilder's RSI.
    const closes = [
      44.34, 44.09, 44.15, 43.61, 44.33, 44.83, 45.1, 45.42, 45.84, 46.08, 45.89, 46.03, 45.61, 46.28, 46.28, 46.0,
      46.03, 46.41, 46.22, 45.64,
    ];
    const kernel = (lookup('rsi') as SeriesEntry).create([14]);
    const values = closes.map((close) => {
      kernel.add(close);
      return kernel.values[0]!;
    });
    const printed = [70.46, 66.25, 66.48, 69.35, 66.29, 57.92];
    for (const [i, value] of printed.entries()) expect(Math.abs(values[14 + i]! - value)).toBeLessThan(0.1);
  });
});
