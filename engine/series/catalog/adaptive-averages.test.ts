import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry, SeriesEntry } from '../catalog-entry.ts';
import { expectBars, expectSeries, valuesAfter } from '../catalog-harness.ts';

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const steps = (xs: readonly number[]): number[] => xs.slice(1).map((x, i) => x - xs[i]);
const values = (name: string, params: readonly number[], xs: readonly number[]): readonly number[] =>
  valuesAfter((lookup(name) as SeriesEntry).create(params), xs);

/** Ehlers' cycle measurement, its formulas written out over all inputs from the 13th on: `[period, i1, q1]` of each. */
function cycles(xs: readonly number[]): [number, number, number][] {
  const [smooth, detrended, q1, i2, q2, re, im, period]: number[][] = Array.from({ length: 8 }, () => []);
  const at = (of: readonly number[], i: number) => (i < 12 ? 0 : of[i]);
  const hilbert = (of: readonly number[], i: number) =>
    (0.0962 * (at(of, i) - at(of, i - 6)) + 0.5769 * (at(of, i - 2) - at(of, i - 4))) *
    (0.075 * at(period, i - 1) + 0.54);
  const out: [number, number, number][] = [];
  for (let i = 12; i < xs.length; i++) {
    smooth[i] = (4 * xs[i] + 3 * xs[i - 1] + 2 * xs[i - 2] + xs[i - 3]) / 10;
    detrended[i] = hilbert(smooth, i);
    q1[i] = hilbert(detrended, i);
    const i1 = at(detrended, i - 3);
    const ahead =
      (0.0962 * (i1 - at(detrended, i - 9)) + 0.5769 * (at(detrended, i - 5) - at(detrended, i - 7))) *
      (0.075 * at(period, i - 1) + 0.54);
    i2[i] = 0.2 * (i1 - hilbert(q1, i)) + 0.8 * at(i2, i - 1);
    q2[i] = 0.2 * (q1[i] + ahead) + 0.8 * at(q2, i - 1);
    re[i] = 0.2 * (i2[i] * at(i2, i - 1) + q2[i] * at(q2, i - 1)) + 0.8 * at(re, i - 1);
    im[i] = 0.2 * (i2[i] * at(q2, i - 1) - q2[i] * at(i2, i - 1)) + 0.8 * at(im, i - 1);
    const before = at(period, i - 1);
    let found = im[i] !== 0 && re[i] !== 0 ? 360 / ((Math.atan(im[i] / re[i]) * 180) / Math.PI) : before;
    if (found > 1.5 * before) found = 1.5 * before;
    if (found < 0.67 * before) found = 0.67 * before;
    if (found < 6) found = 6;
    if (found > 50) found = 50;
    period[i] = 0.2 * found + 0.8 * before;
    out[i] = [period[i], i1, q1[i]];
  }
  return out;
}

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

  it('mama', () =>
    expectSeries(lookup('mama'), [0.5, 0.05], (xs, [fast, slow]) => {
      const found = cycles(xs);
      let [mama, fama, phase] = [xs[12], xs[12], 0];
      for (let i = 12; i < xs.length; i++) {
        const [, i1, q1] = found[i];
        const now = i1 === 0 ? 0 : (Math.atan(q1 / i1) * 180) / Math.PI;
        const turned = Math.max(1, phase - now);
        phase = now;
        const alpha = Math.max(slow, fast / turned);
        mama = alpha * xs[i] + (1 - alpha) * mama;
        fama = 0.5 * alpha * mama + (1 - 0.5 * alpha) * fama;
      }
      return [mama, fama];
    }));

  it('httrendline', () =>
    expectSeries(lookup('httrendline'), [], (xs) => {
      const found = cycles(xs);
      const means = [...xs];
      let smooth = 0;
      for (let i = 12; i < xs.length; i++) {
        smooth = 0.33 * found[i][0] + 0.67 * smooth;
        const bars = Math.max(1, Math.floor(smooth + 0.5));
        means[i] = sum(Array.from({ length: bars }, (_, lag) => xs[i - lag] ?? 0)) / bars;
      }
      const [a, b, c, d] = means.slice(-4).reverse();
      return [(4 * a + 3 * b + 2 * c + d) / 10];
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

  it('mama and the trendline know a cycle: over 20 bars its mean is the middle of the wave', () => {
    const wave = Array.from({ length: 1000 }, (_, i) => 100 + 5 * Math.sin((2 * Math.PI * i) / 20));
    expect(Math.abs(values('httrendline', [], wave)[0] - 100)).toBeLessThan(0.5);
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
