import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry, SeriesEntry } from '../catalog-entry.ts';
import { expectBars, expectSeries, exponential, mean, trueRanges, valuesAfter, wilder } from '../catalog-harness.ts';

const last = (xs: readonly number[]): number => xs[xs.length - 1];
const bar = (open: number, high: number, low: number, close: number, i = 0): Bar => ({
  start: i * 60_000,
  open,
  high,
  low,
  close,
  volume: 1,
  trades: 1,
});
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const create = (name: string, params: number[]) => (lookup(name) as BarsEntry).create(params);

/** Sample standard deviation. */
const sample = (xs: readonly number[]): number => Math.sqrt(sum(xs.map((x) => (x - mean(xs)) ** 2)) / (xs.length - 1));
const steps = (xs: readonly number[]): number[] => xs.slice(1).map((x, i) => Math.log(x / xs[i]));

describe('measures of volatility have the values of their definitions', () => {
  it('tr', () => expectBars(lookup('tr'), [], (bars) => [last(trueRanges(bars))]));
  it('natr', () =>
    expectBars(lookup('natr'), [5], (bars, [n]) => [wilder(trueRanges(bars), n) / bars[bars.length - 1].close]));

  it('chop', () =>
    expectBars(lookup('chop'), [7], (bars, [n]) => {
      const path = sum(trueRanges(bars).slice(-n));
      const [window, closes] = [bars.slice(-n), bars.slice(-n - 1, -1).map(({ close }) => close)];
      const top = Math.max(...window.map(({ high }) => high), ...closes);
      const bottom = Math.min(...window.map(({ low }) => low), ...closes);
      return [(100 * Math.log(path / (top - bottom))) / Math.log(n)];
    }));

  it('cvi', () =>
    expectBars(lookup('cvi'), [5, 3], (bars, [n, lag]) => {
      const smooth = exponential(
        bars.map(({ high, low }) => high - low),
        n,
      );
      const before = smooth[smooth.length - 1 - lag];
      return [before === 0 ? 0 : (last(smooth) - before) / before];
    }));

  it('ulcer', () =>
    expectSeries(lookup('ulcer'), [7], (xs, [n]) => {
      const window = xs.slice(-n);
      return [
        Math.sqrt(
          mean(
            window.map(
              (x, i) => ((Math.max(...window.slice(0, i + 1)) - x) / Math.max(...window.slice(0, i + 1))) ** 2,
            ),
          ),
        ),
      ];
    }));

  it('hv', () => expectSeries(lookup('hv'), [7], (xs, [n]) => [sample(steps(xs).slice(-n))]));

  it('parkinson', () =>
    expectBars(lookup('parkinson'), [7], (bars, [n]) => [
      Math.sqrt(sum(bars.slice(-n).map(({ high, low }) => Math.log(high / low) ** 2)) / (4 * n * Math.log(2))),
    ]));

  it('garmanklass', () =>
    expectBars(lookup('garmanklass'), [7], (bars, [n]) => [
      Math.sqrt(
        mean(
          bars
            .slice(-n)
            .map((b) => 0.5 * Math.log(b.high / b.low) ** 2 - (2 * Math.log(2) - 1) * Math.log(b.close / b.open) ** 2),
        ),
      ),
    ]));

  const rogersSatchell = ({ open, high, low, close }: Bar): number => {
    // As printed: u(u - c) + d(d - c), with the logarithms of high, low and close less that of the open.
    const [u, d, c] = [Math.log(high / open), Math.log(low / open), Math.log(close / open)];
    return u * (u - c) + d * (d - c);
  };

  it('rogerssatchell', () =>
    expectBars(lookup('rogerssatchell'), [7], (bars, [n]) => [Math.sqrt(mean(bars.slice(-n).map(rogersSatchell)))]));

  it('yangzhang', () =>
    expectBars(lookup('yangzhang'), [7], (bars, [n]) => {
      const nights = bars.slice(1).map((b, i) => Math.log(b.open / bars[i].close));
      const days = bars.slice(1).map((b) => Math.log(b.close / b.open));
      const k = 0.34 / (1.34 + (n + 1) / (n - 1));
      const [night, day] = [sample(nights.slice(-n)) ** 2, sample(days.slice(-n)) ** 2];
      return [Math.sqrt(night + k * day + (1 - k) * mean(bars.slice(-n).map(rogersSatchell)))];
    }));
});

describe('measures of volatility worked out by hand', () => {
  it('tr reaches to the close before: from 100, a bar of 104 to 106 has 6', () => {
    expect(valuesAfter(create('tr', []), [bar(99, 101, 98, 100), bar(105, 106, 104, 105, 1)])).toEqual([6]);
  });

  it('natr of ranges of 2 and 4 is 3, a share of 0.03 of 100', () => {
    expect(valuesAfter(create('natr', [2]), [bar(100, 101, 99, 100), bar(100, 102, 98, 100, 1)])).toEqual([0.03]);
  });

  it('chop is 100 for bars on the same place and 0 for bars end to end', () => {
    const same = [0, 1, 2].map((i) => bar(10, 11, 10, 10, i));
    expect(valuesAfter(create('chop', [2]), same)[0]).toBeCloseTo(100, 10);
    const stairs = [0, 1, 2].map((i) => bar(i, i + 1, i, i + 1, i));
    expect(valuesAfter(create('chop', [2]), stairs)[0]).toBeCloseTo(0, 10);
  });

  it('cvi of ranges 2 2 3 with an ema of one bar: half more than the bar before', () => {
    const bars = [2, 2, 3].map((range, i) => bar(10, 10 + range, 10, 10, i));
    expect(valuesAfter(create('cvi', [1, 1]), bars)).toEqual([0.5]);
  });

  it('ulcer of 10 8 9 10: falls of 0, 20, 10 and 0 %: root of (0.04 + 0.01) / 4', () => {
    expect(valuesAfter((lookup('ulcer') as SeriesEntry).create([4]), [10, 8, 9, 10])[0]).toBeCloseTo(
      Math.sqrt(0.05 / 4),
      12,
    );
  });

  it('hv of 1 e 1: returns 1 and -1, whose sample deviation is the root of 2', () => {
    expect(valuesAfter((lookup('hv') as SeriesEntry).create([2]), [1, Math.E, 1])[0]).toBeCloseTo(Math.SQRT2, 12);
  });

  it('a bar from 1 to e that opens at 1 and closes at e: parkinson 1/(4 ln 2), garmanklass 1/2 - (2 ln 2 - 1), rogerssatchell 0', () => {
    const bars = [bar(1, Math.E, 1, Math.E)];
    expect(valuesAfter(create('parkinson', [1]), bars)[0] ** 2).toBeCloseTo(1 / (4 * Math.LN2), 12);
    expect(valuesAfter(create('garmanklass', [1]), bars)[0] ** 2).toBeCloseTo(1.5 - 2 * Math.LN2, 12);
    expect(valuesAfter(create('rogerssatchell', [1]), bars)[0]).toBe(0);
  });

  it('yangzhang of two bars: gaps of 1 and -1 (variance 2), closes of 0, and nothing within', () => {
    const flat = (price: number, i: number): Bar => bar(price, price, price, price, i);
    expect(valuesAfter(create('yangzhang', [2]), [flat(1, 0), flat(Math.E, 1), flat(1, 2)])[0] ** 2).toBeCloseTo(2, 12);
  });
});
