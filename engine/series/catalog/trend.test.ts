import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry, SeriesEntry } from '../catalog-entry.ts';
import { expectBars, expectSeries, mean, trueRanges, valuesAfter } from '../catalog-harness.ts';

const last = (xs: readonly number[]): number => xs[xs.length - 1];
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const bar = (high: number, low: number, close: number): Bar => ({
  start: 0,
  open: close,
  high,
  low,
  close,
  volume: 1,
  trades: 1,
});
const values = (name: string, params: readonly number[], bars: readonly Bar[]): readonly number[] =>
  valuesAfter((lookup(name) as BarsEntry).create(params), bars);
const counted = (name: string, params: readonly number[], xs: readonly number[]): number =>
  valuesAfter((lookup(name) as SeriesEntry).create(params), xs)[0];

/** Bars since the highest, the newest of equal ones. */
const ageOfHighest = (xs: readonly number[]): number => [...xs].reverse().indexOf(Math.max(...xs));

describe('what tells a trend has the values of its definition', () => {
  it('aroon', () =>
    expectBars(lookup('aroon'), [7], (bars, [n]) => {
      const window = bars.slice(-n - 1);
      const [up, down] = [window.map(({ high }) => high), window.map(({ low }) => -low)].map(ageOfHighest);
      return [(100 * (n - up)) / n, (100 * (n - down)) / n];
    }));
  it('aroonosc', () =>
    expectBars(lookup('aroonosc'), [7], (bars, [n]) => {
      const window = bars.slice(-n - 1);
      return [(100 * (ageOfHighest(window.map(({ low }) => -low)) - ageOfHighest(window.map(({ high }) => high)))) / n];
    }));

  it('vortex', () =>
    expectBars(lookup('vortex'), [6], (bars, [n]) => {
      const at = Array.from({ length: n }, (_, i) => bars.length - 1 - i);
      const range = sum(trueRanges(bars).slice(-n));
      return [
        sum(at.map((i) => Math.abs(bars[i].high - bars[i - 1].low))) / range,
        sum(at.map((i) => Math.abs(bars[i].low - bars[i - 1].high))) / range,
      ];
    }));

  it('rwi', () =>
    expectBars(lookup('rwi'), [6], (bars, [n]) => {
      const now = bars[bars.length - 1];
      const ks = Array.from({ length: n - 1 }, (_, i) => i + 2);
      const drift = (k: number) => mean(trueRanges(bars).slice(-k)) * Math.sqrt(k);
      const ago = (k: number) => bars[bars.length - 1 - k];
      return [
        Math.max(...ks.map((k) => (now.high - ago(k).low) / drift(k))),
        Math.max(...ks.map((k) => (ago(k).high - now.low) / drift(k))),
      ];
    }));

  it('vhf', () =>
    expectSeries(lookup('vhf'), [9], (xs, [n]) => {
      const window = xs.slice(-n);
      const way = sum(xs.slice(-n).map((x, i) => Math.abs(x - xs[xs.length - n - 1 + i])));
      return [(Math.max(...window) - Math.min(...window)) / way];
    }));

  it('psl', () =>
    expectSeries(lookup('psl'), [8], (xs, [n]) => [
      (100 * xs.filter((x, i) => i >= xs.length - n && x > xs[i - 1]).length) / n,
    ]));

  it('tds', () =>
    expectSeries(lookup('tds'), [], (xs) => {
      const sides = xs.slice(4).map((x, i) => Math.sign(x - xs[i]));
      let run = 0;
      while (run < sides.length && sides[sides.length - 1 - run] === last(sides)) run++;
      return [last(sides) === 0 ? 0 : last(sides) * (((run - 1) % 9) + 1)];
    }));
});

describe('what tells a trend, in figures', () => {
  it('aroon of a high one bar ago and a low four bars ago over four: 75 and 0', () => {
    const bars = [bar(5, 1, 4), bar(6, 2, 4), bar(7, 3, 4), bar(9, 3, 4), bar(8, 3, 4)];
    expect(values('aroon', [4], bars)).toEqual([75, 0]);
    expect(values('aroonosc', [4], bars)).toEqual([75]);
  });

  it('of equal highs aroon takes the newest', () => {
    expect(values('aroon', [2], [bar(5, 1, 4), bar(5, 2, 4), bar(4, 3, 4)])[0]).toBe(50);
  });

  it('vortex of two bars: |12 - 8| and |9 - 11| over a range of 3', () => {
    expect(values('vortex', [1], [bar(11, 8, 10), bar(12, 9, 11)])).toEqual([4 / 3, 2 / 3]);
  });

  it('rwi of bars that rise by 1 and are 2 high: (2 + k) / (2 * root of k) is greatest for the longest', () => {
    const rising = Array.from({ length: 9 }, (_, i) => bar(102 + i, 100 + i, 101 + i));
    const [high] = values('rwi', [8], rising);
    expect(high).toBeCloseTo(10 / (2 * Math.sqrt(8)), 12);
  });

  it('vhf of a straight line of five steps is 4/5: the range spans five inputs, the way five steps', () =>
    expect(counted('vhf', [5], [1, 2, 3, 4, 5, 6])).toBeCloseTo(0.8, 12));
  it('psl of up, down, still, up over four is 50', () => expect(counted('psl', [4], [1, 2, 1, 1, 2])).toBe(50));

  it('tds counts to nine and begins again; an equal close ends the run', () => {
    const rising = Array.from({ length: 30 }, (_, i) => 100 + i);
    expect(counted('tds', [], rising.slice(0, 13))).toBe(9);
    expect(counted('tds', [], rising.slice(0, 14))).toBe(1);
    expect(counted('tds', [], [...rising.slice(0, 10), 106])).toBe(0);
    expect(counted('tds', [], [...rising.slice(0, 10), 105])).toBe(-1);
  });
});
