import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { expectBars, trueRanges, valuesAfter, wilder } from '../catalog-harness.ts';

const last = (xs: readonly number[]): number => xs[xs.length - 1];
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

/** Wilder's `[dx, +di, -di]` of the last bar, from the second bar on. */
function directional(bars: readonly Bar[], n: number): [number, number, number] {
  const moves = bars.slice(1).map((now, i) => [now.high - bars[i].high, bars[i].low - now.low]);
  const up = moves.map(([rise, fall]) => (rise > Math.max(fall, 0) ? rise : 0));
  const down = moves.map(([rise, fall]) => (fall > Math.max(rise, 0) ? fall : 0));
  const range = wilder(trueRanges(bars).slice(1), n);
  const [plus, minus] = [(100 * wilder(up, n)) / range, (100 * wilder(down, n)) / range];
  return [plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus), plus, minus];
}

/** The adx after each bar from the 2n-th on. */
function strengths(bars: readonly Bar[], n: number): number[] {
  const dx = bars.slice(n).map((_, i) => directional(bars.slice(0, n + i + 1), n)[0]);
  return dx.slice(n - 1).map((_, i) => wilder(dx.slice(0, n + i), n));
}

describe('directional movement has the values of its definition', () => {
  it('dx', () => expectBars(lookup('dx'), [5], (bars, [n]) => [directional(bars, n)[0]]));
  it('adx', () =>
    expectBars(lookup('adx'), [5], (bars, [n]) => {
      const [dx, plus, minus] = directional(bars, n);
      return [last(strengths(bars, n)), plus, minus, dx];
    }));
  it('adxr', () =>
    expectBars(lookup('adxr'), [5], (bars, [n]) => {
      const all = strengths(bars, n);
      return [(last(all) + all[all.length - n]) / 2];
    }));
});

describe('directional movement in figures', () => {
  it('adx of bars that rise by 1 and are 2 high: +di is 50, nothing falls, so dx and adx are 100', () => {
    const rising = Array.from({ length: 20 }, (_, i) => bar(102 + i, 100 + i, 101 + i));
    expect(values('adx', [5], rising)).toEqual([100, 50, 0, 100]);
    expect(values('adxr', [5], rising)).toEqual([100]);
    expect(
      values(
        'dx',
        [5],
        rising.map(({ high, low }) => bar(-low, -high, -(high + low) / 2)),
      ),
    ).toEqual([100]);
  });

  it('a bar that goes equally far both ways moves neither way', () => {
    const bars = [bar(102, 100, 101), bar(103, 99, 101), bar(104, 98, 101)];
    expect(values('dx', [2], bars)).toEqual([0]);
  });
});
