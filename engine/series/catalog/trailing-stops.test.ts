import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { expectBars, mean, trueRanges, valuesAfter, wilder } from '../catalog-harness.ts';

const bar = (high: number, low: number, close = (high + low) / 2): Bar => ({
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

/** Wilder's atr after each bar from the n-th on. */
const ranges = (bars: readonly Bar[], n: number): number[] =>
  bars.slice(n - 1).map((_, i) => wilder(trueRanges(bars).slice(0, n + i), n));
const highest = (bars: readonly Bar[], n: number): number => Math.max(...bars.slice(-n).map(({ high }) => high));
const lowest = (bars: readonly Bar[], n: number): number => Math.min(...bars.slice(-n).map(({ low }) => low));

/** TA-Lib's SAR as its steps are described there, with both sides written out. */
function sar(bars: readonly Bar[], step: number, most: number): [number, number] {
  const [first, second] = bars;
  const [rise, fall] = [second.high - first.high, first.low - second.low];
  let isLong = !(fall > 0 && fall > rise);
  let [stop, extreme, af] = isLong ? [first.low, second.high, step] : [first.high, second.low, step];
  let out = Number.NaN;
  for (let i = 1; i < bars.length; i++) {
    const [now, before] = [bars[i], bars[i === 1 ? 1 : i - 1]];
    if (isLong && now.low <= stop) {
      isLong = false;
      out = Math.max(extreme, before.high, now.high);
      [extreme, af] = [now.low, step];
      stop = Math.max(out + af * (extreme - out), before.high, now.high);
    } else if (!isLong && now.high >= stop) {
      isLong = true;
      out = Math.min(extreme, before.low, now.low);
      [extreme, af] = [now.high, step];
      stop = Math.min(out + af * (extreme - out), before.low, now.low);
    } else if (isLong) {
      out = stop;
      if (now.high > extreme) [extreme, af] = [now.high, Math.min(most, af + step)];
      stop = Math.min(stop + af * (extreme - stop), before.low, now.low);
    } else {
      out = stop;
      if (now.low < extreme) [extreme, af] = [now.low, Math.min(most, af + step)];
      stop = Math.max(stop + af * (extreme - stop), before.high, now.high);
    }
  }
  return [out, isLong ? 1 : -1];
}

describe('trailing stops have the values of their definitions', () => {
  it('psar', () => expectBars(lookup('psar'), [0.02, 0.2], (bars, [step, most]) => sar(bars, step, most)));

  it('supertrend', () =>
    expectBars(lookup('supertrend'), [5, 1.5], (bars, [n, k]) => {
      const atr = ranges(bars, n);
      let [upper, lower, up] = [0, 0, false];
      for (let i = n - 1; i < bars.length; i++) {
        const [middle, reach] = [(bars[i].high + bars[i].low) / 2, k * atr[i - n + 1]];
        const before = bars[i - 1]?.close;
        if (i === n - 1 || middle + reach < upper || before > upper) upper = middle + reach;
        if (i === n - 1 || middle - reach > lower || before < lower) lower = middle - reach;
        if (up && bars[i].close < lower) up = false;
        else if (!up && bars[i].close > upper) up = true;
      }
      return up ? [lower, 1] : [upper, -1];
    }));

  it('vstop', () =>
    expectBars(lookup('vstop'), [5, 1.5], (bars, [n, k]) => {
      const atr = ranges(bars, n);
      let [top, bottom, stop, up] = [bars[n - 1].close, 0, bars[n - 1].close - k * atr[0], true];
      for (let i = n; i < bars.length; i++) {
        const [close, reach] = [bars[i].close, k * atr[i - n + 1]];
        [top, bottom] = [Math.max(top, close), Math.min(bottom, close)];
        stop = up ? Math.max(stop, top - reach) : Math.min(stop, bottom + reach);
        if (up ? close < stop : close > stop) {
          up = !up;
          [top, bottom] = [close, close];
          stop = up ? close - reach : close + reach;
        }
      }
      return [stop, up ? 1 : -1];
    }));

  it('chandelier', () =>
    expectBars(lookup('chandelier'), [6, 2], (bars, [n, k]) => {
      const reach = k * wilder(trueRanges(bars), n);
      return [highest(bars, n) - reach, lowest(bars, n) + reach];
    }));

  it('cks', () =>
    expectBars(lookup('cks'), [6, 1.5, 4], (bars, [n, k, q]) => {
      const ends = Array.from({ length: q }, (_, i) => bars.slice(0, bars.length - i));
      const reach = (to: readonly Bar[]) => k * wilder(trueRanges(to), n);
      return [
        Math.min(...ends.map((to) => lowest(to, n) + reach(to))),
        Math.max(...ends.map((to) => highest(to, n) - reach(to))),
      ];
    }));

  it.each([
    [3, 5],
    [5, 3],
  ])('hilo of %i and %i', (...params) =>
    expectBars(lookup('hilo'), params, (bars, [h, l]) => {
      const highs = (end: number) => mean(bars.slice(end - h, end).map(({ high }) => high));
      const lows = (end: number) => mean(bars.slice(end - l, end).map(({ low }) => low));
      const first = Math.max(h, l);
      let direction = bars[first].close >= (highs(first) + lows(first)) / 2 ? 1 : -1;
      for (let i = first; i < bars.length; i++) {
        if (bars[i].close > highs(i)) direction = 1;
        else if (bars[i].close < lows(i)) direction = -1;
      }
      return [direction > 0 ? lows(bars.length) : highs(bars.length), direction];
    }),
  );
});

describe('trailing stops in figures', () => {
  it('psar of a rise: the first low, held by the low of the bar, then a step of the way', () => {
    // Bar 2 begins long at the first low, 10, with the extreme 13. Then 10 + 0.02*(13 - 10) = 10.06; bar 3 has the extreme 14: 10.06 +
    // 0.04*(14 - 10.06) = 10.2176; bar 4 falls to 10 and through it: the extreme 14, from now on above the price.
    const bars = [bar(12, 10), bar(13, 11), bar(14, 12), bar(13.5, 10)];
    expect(values('psar', [0.02, 0.2], bars.slice(0, 2))).toEqual([10, 1]);
    expect(values('psar', [0.02, 0.2], bars.slice(0, 3))[0]).toBeCloseTo(10.06, 12);
    expect(values('psar', [0.02, 0.2], [...bars.slice(0, 3), bar(14, 12)])[0]).toBeCloseTo(10.2176, 12);
    expect(values('psar', [0.02, 0.2], bars)).toEqual([14, -1]);
  });

  it('a step above the maximum is the maximum', () => {
    const bars = [bar(12, 10), bar(13, 11), bar(14, 12), bar(15, 13)];
    expect(values('psar', [0.5, 0.1], bars)).toEqual(values('psar', [0.1, 0.1], bars));
  });

  it('supertrend over one bar turns where a close passes the upper band, and then draws nearer', () => {
    // True ranges 2, then 10: bands 11 +- 2, then 17 +- 10, which are farther off; the close of 20 passes 13, so 9 counts.
    expect(values('supertrend', [1, 1], [bar(12, 10)])).toEqual([13, -1]);
    expect(values('supertrend', [1, 1], [bar(12, 10), bar(21, 13, 20)])).toEqual([9, 1]);
    // Then 5: 17.5 - 5 is nearer than 9.
    expect(values('supertrend', [1, 1], [bar(12, 10), bar(21, 13, 20), bar(20, 15, 16)])).toEqual([12.5, 1]);
  });

  it('vstop holds when the price falls back, and turns one reach above a close below it', () => {
    // Range 2 each: 11 - 4 = 7, then 13 - 4 = 9, held at 12; a close of 8 with a range of 5 is below it: 8 + 10.
    const bars = [bar(12, 10, 11), bar(13, 11, 13), bar(13, 11, 12)];
    expect(values('vstop', [1, 2], bars.slice(0, 2))).toEqual([9, 1]);
    expect(values('vstop', [1, 2], bars)).toEqual([9, 1]);
    expect(values('vstop', [1, 2], [...bars, bar(12, 7, 8)])).toEqual([18, -1]);
  });

  it('chandelier and cks of bars 2 high', () => {
    const bars = [bar(12, 10, 11), bar(13, 11, 12), bar(12, 10, 11)];
    expect(values('chandelier', [3, 3], bars)).toEqual([7, 16]);
    expect(values('cks', [1, 1, 3], bars)).toEqual([12, 11]);
  });

  it('hilo follows the mean of its side between turns', () => {
    const bars = [bar(12, 10), bar(12, 10), bar(15, 12, 14), bar(14, 11, 12.5)];
    expect(values('hilo', [2, 2], bars.slice(0, 3))).toEqual([11, 1]);
    expect(values('hilo', [2, 2], bars)).toEqual([11.5, 1]);
  });
});
