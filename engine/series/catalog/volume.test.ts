import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { expectBars, mean, valuesAfter } from '../catalog-harness.ts';

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const typical = ({ high, low, close }: Bar): number => (high + low + close) / 3;
const volumes = (bars: readonly Bar[]): number => sum(bars.map(({ volume }) => volume));
const DAY = 86_400_000;

const bar = (price: number, volume: number, start = 0): Bar => ({
  start,
  open: price,
  high: price,
  low: price,
  close: price,
  volume,
  trades: 1,
});
const final = (name: string, params: number[], bars: readonly Bar[]): number =>
  valuesAfter((lookup(name) as BarsEntry).create(params), bars)[0];

describe('measures of volume have the values of their definitions', () => {
  const weighted = (bars: readonly Bar[], price: (bar: Bar) => number): number =>
    volumes(bars) === 0 ? mean(bars.map(price)) : sum(bars.map((b) => price(b) * b.volume)) / volumes(bars);

  it('vwap', () =>
    // Bars of a minute, spread over days: each third of an hour begins a new one.
    expectBars(
      { ...(lookup('vwap') as BarsEntry), create: () => spread((lookup('vwap') as BarsEntry).create([])) },
      [],
      (bars) => [weighted(bars.slice(bars.length - 1 - ((bars.length - 1) % 20)), typical)],
    ));

  it('rvwap', () => expectBars(lookup('rvwap'), [7], (bars, [n]) => [weighted(bars.slice(-n), typical)]));
  it('vwma', () => expectBars(lookup('vwma'), [7], (bars, [n]) => [weighted(bars.slice(-n), ({ close }) => close)]));

  it('mfi', () =>
    expectBars(lookup('mfi'), [7], (bars, [n]) => {
      const flows = bars.slice(1).map((b, i) => ({ up: typical(b) - typical(bars[i]), money: typical(b) * b.volume }));
      const window = flows.slice(-n);
      const positive = sum(window.filter(({ up }) => up > 0).map(({ money }) => money));
      const negative = sum(window.filter(({ up }) => up < 0).map(({ money }) => money));
      // As printed: 100 - 100 / (1 + money ratio).
      return [negative === 0 ? 100 : 100 - 100 / (1 + positive / negative)];
    }));

  it('cmf', () =>
    expectBars(lookup('cmf'), [7], (bars, [n]) => {
      const flows = bars.slice(-n).map((b) => ((2 * b.close - b.low - b.high) / (b.high - b.low || 1)) * b.volume);
      return [sum(flows) / volumes(bars.slice(-n))];
    }));

  it('vroc', () =>
    expectBars(lookup('vroc'), [7], (bars, [n]) => {
      const before = bars[bars.length - 1 - n].volume;
      return [before === 0 ? 0 : (bars[bars.length - 1].volume - before) / before];
    }));

  it('rvol', () =>
    expectBars(lookup('rvol'), [7], (bars, [n]) => {
      const before = mean(bars.slice(-n - 1, -1).map(({ volume }) => volume));
      return [bars[bars.length - 1].volume / before];
    }));
});

/** Gives a kernel bars of an hour and 12 minutes instead of minutes: 20 of them are a day. */
function spread(kernel: ReturnType<BarsEntry['create']>): ReturnType<BarsEntry['create']> {
  let count = 0;
  return {
    values: kernel.values,
    add: (b) => kernel.add({ ...b, start: 20_000 * DAY + (count++ * DAY) / 20 }),
    replace: (b) => kernel.replace(b),
  };
}

describe('measures of volume worked out by hand', () => {
  it('vwap of 1 at 10 and 3 at 20 is 17.5; midnight begins anew', () => {
    const day = [bar(10, 1, DAY - 120_000), bar(20, 3, DAY - 60_000)];
    expect(final('vwap', [], day)).toBe(17.5);
    expect(final('vwap', [], [...day, bar(30, 2, DAY)])).toBe(30);
    expect(final('vwap', [], [...day, bar(30, 0, DAY), bar(32, 2, DAY + 60_000)])).toBe(32);
  });

  it('rvwap and vwma forget what has left the window', () => {
    const bars = [bar(100, 50), bar(10, 1), bar(20, 3)];
    expect(final('rvwap', [2], bars)).toBe(17.5);
    expect(final('vwma', [2], bars)).toBe(17.5);
    expect(final('vwma', [2], [bar(10, 0), bar(20, 0)])).toBe(15);
  });

  it('mfi of 200 traded rising and 100 traded falling is 66.7; 50 where nothing flows', () => {
    expect(final('mfi', [2], [bar(10, 9), bar(20, 10), bar(10, 10)])).toBeCloseTo(200 / 3, 10);
    expect(final('mfi', [2], [bar(10, 9), bar(10, 10), bar(10, 10)])).toBe(50);
  });

  it('cmf of closes at the high with volume 3 and at the low with volume 1 is (3 - 1) / 4', () => {
    const [up, down] = [
      { ...bar(12, 3), low: 10 },
      { ...bar(10, 1), high: 12 },
    ];
    expect(final('cmf', [2], [up, down])).toBe(0.5);
  });

  it('vroc of 10 after 4 is 150 %, rvol of 10 after 4 and 6 is 2', () => {
    expect(final('vroc', [1], [bar(1, 4), bar(1, 10)])).toBe(1.5);
    expect(final('rvol', [2], [bar(1, 4), bar(1, 6), bar(1, 10)])).toBe(2);
  });
});
