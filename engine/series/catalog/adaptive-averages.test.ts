import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry, SeriesEntry } from '../catalog-entry.ts';
import { expectBars, expectSeries, valuesAfter } from '../catalog-harness.ts';

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const steps = (xs: readonly number[]): number[] => xs.slice(1).map((x, i) => x - xs[i]);
const values = (name: string, params: readonly number[], xs: readonly number[]): readonly number[] =>
  valuesAfter((lookup(name) as SeriesEntry).create(params), xs);

describe('adaptive averages have the values of their definitions', () => {
  it('kama', () =>
    expectSeries(lookup('kama'), [5, 2, 30], (xs, [n, fast, slow]) => {
      let average = xs[n - 1];
      for (let i = n; i < xs.length; i++) {
        const way = sum(steps(xs.slice(i - n, i + 1)).map(Math.abs));
        const efficiency = way === 0 ? 0 : Math.abs(xs[i] - xs[i - n]) / way;
        const pace = efficiency * (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1);
        average += pace * pace * (xs[i] - average);
      }
      return [average];
    }));

  it('vidya', () =>
    expectSeries(lookup('vidya'), [12, 5], (xs, [n, span]) => {
      let average = xs[span];
      for (let i = span + 1; i < xs.length; i++) {
        const moves = steps(xs.slice(i - span, i + 1));
        const way = sum(moves.map(Math.abs));
        const cmo = way === 0 ? 0 : (100 * sum(moves)) / way;
        average += (2 / (n + 1)) * (Math.abs(cmo) / 100) * (xs[i] - average);
      }
      return [average];
    }));

  it('mcginley', () =>
    expectSeries(lookup('mcginley'), [14], (xs, [n]) => [
      xs.reduce((md, x) => {
        const next = md + (x - md) / (0.6 * n * (x / md) ** 4);
        return Math.abs(next - md) > Math.abs(x - md) ? x : next;
      }),
    ]));

  it('frama', () =>
    expectBars(lookup('frama'), [8], (bars, [n]) => {
      const range = (from: number, to: number) =>
        Math.max(...bars.slice(from, to).map(({ high }) => high)) -
        Math.min(...bars.slice(from, to).map(({ low }) => low));
      let [average, dimension] = [(bars[n - 1].high + bars[n - 1].low) / 2, 1];
      for (let i = n - 1; i < bars.length; i++) {
        const [n1, n2] = [range(i + 1 - n / 2, i + 1) / (n / 2), range(i + 1 - n, i + 1 - n / 2) / (n / 2)];
        const n3 = range(i + 1 - n, i + 1) / n;
        if (n1 > 0 && n2 > 0 && n3 > 0) dimension = (Math.log(n1 + n2) - Math.log(n3)) / Math.log(2);
        const alpha = Math.min(1, Math.max(0.01, Math.exp(-4.6 * (dimension - 1))));
        average = alpha * ((bars[i].high + bars[i].low) / 2) + (1 - alpha) * average;
      }
      return [average];
    }));
});

describe('adaptive averages in figures', () => {
  it('kama goes 4/9 of the way where the price goes straight, 4/961 where it comes back', () => {
    expect(values('kama', [2, 2, 30], [10, 11, 12])[0]).toBeCloseTo(11 + 4 / 9, 12);
    expect(values('kama', [2, 2, 30], [10, 11, 10])[0]).toBeCloseTo(11 - 4 / 961, 12);
  });

  it('vidya stands still where ups and downs are even, and is an ema where all are ups', () => {
    expect(values('vidya', [3, 2], [10, 12, 10, 12, 10])[0]).toBe(10);
    expect(values('vidya', [3, 2], [10, 11, 12, 14])[0]).toBeCloseTo(13, 12);
  });

  it('mcginley of 100 then 110 over 10 goes 10 / (6 * 1.4641), and after a fall to a third it is there', () => {
    expect(values('mcginley', [2], [100, 110])[0]).toBeCloseTo(100 + 10 / (1.2 * 1.4641), 10);
    expect(values('mcginley', [2], [90, 30])[0]).toBe(30);
  });
});

/** A walk of equal odds, in the same steps each time. */
function walk(length: number): number[] {
  let [state, price] = [12345, 100];
  return Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    price *= 1 + (state / 2147483648 - 0.5) / 50;
    return price;
  });
}

const CLOSES = walk(4000);
const BARS = CLOSES.map(
  (close, i): Bar => ({ start: i, open: close, high: close * 1.004, low: close * 0.997, close, volume: 1, trades: 1 }),
);

/** The first field after the inputs from `from` to `to`, with the usual parameters. */
function valueOver(entry: SeriesEntry | BarsEntry, from: number, to: number): number {
  const params = entry.params.map((param) => param.default);
  if (entry.input === 'bars') return valuesAfter(entry.create(params), BARS.slice(from, to))[0];
  return valuesAfter(entry.create(params), CLOSES.slice(from, to))[0];
}

describe('on a walk adaptive averages forget where they began as soon as their warm-up says', () => {
  it.each(['kama', 'vidya', 'mcginley', 'frama', 'mama', 'httrendline'])('%s', (name) => {
    const entry = lookup(name) as SeriesEntry | BarsEntry;
    const { settled } = entry.warmup(entry.params.map((param) => param.default));
    for (const end of [2000, 3000, 4000]) {
      const [whole, late] = [valueOver(entry, 0, end), valueOver(entry, end - settled, end)];
      expect(Math.abs(late / whole - 1)).toBeLessThan(1e-10);
    }
  });
});
