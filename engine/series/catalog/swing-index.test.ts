import { describe, expect, it } from 'vitest';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { expectBars, mean, valuesAfter } from '../catalog-harness.ts';

const bar = (open: number, high: number, low: number, close: number): Bar => ({
  start: 0,
  open,
  high,
  low,
  close,
  volume: 1,
  trades: 1,
});
const values = (name: string, params: readonly number[], bars: readonly Bar[]): readonly number[] =>
  valuesAfter((lookup(name) as BarsEntry).create(params), bars);

/** Wilder's swing index of a bar against the one before, as in his book. */
function swing(now: Bar, before: Bar, limit: number): number {
  const [k1, k2, k3] = [Math.abs(now.high - before.close), Math.abs(now.low - before.close), now.high - now.low];
  const body = Math.abs(before.close - before.open) / 4;
  const most = Math.max(k1, k2, k3);
  const r = most === k1 ? k1 - k2 / 2 + body : most === k2 ? k2 - k1 / 2 + body : k3 + body;
  const move = now.close - before.close + (now.close - now.open) / 2 + (before.close - before.open) / 4;
  return r === 0 ? 0 : ((50 * move) / r) * (Math.max(k1, k2) / limit);
}

describe('the swing index and qstick have the values of their definitions', () => {
  it('qstick', () =>
    expectBars(lookup('qstick'), [5], (bars, [n]) => [mean(bars.slice(-n).map(({ open, close }) => close - open))]));

  it('si', () =>
    expectBars(lookup('si'), [300], (bars, [limit]) => [swing(bars[bars.length - 1], bars[bars.length - 2], limit)]));
  it('asi', () =>
    expectBars(lookup('asi'), [300], (bars, [limit]) => [
      bars.slice(1).reduce((sum, now, i) => sum + swing(now, bars[i], limit), 0),
    ]));
});

describe('the swing index and qstick in figures', () => {
  it('qstick of bodies 1, -2 and 4 is 1', () => {
    expect(values('qstick', [3], [bar(10, 12, 9, 11), bar(11, 12, 8, 9), bar(9, 13, 9, 13)])).toEqual([1]);
  });

  it('si by hand: 10 10 10 10 then 10 14 9 12 with a limit of 2', () => {
    // K = 4, N = 2 + 0.5*2 = 3, R: high - low = 5 is the largest, so 5. 50 * 3/5 * 4/2 = 60.
    const bars = [bar(10, 10, 10, 10), bar(10, 14, 9, 12)];
    expect(values('si', [2], bars)[0]).toBeCloseTo(60, 12);
    // Then 12 13 12 13: K = 1, N = 1 + 0.5 + 0.25*2 = 2, R = 1 - 0 + 0.25*2 = 1.5: 50 * 2/1.5 * 1/2.
    expect(values('asi', [2], [...bars, bar(12, 13, 12, 13)])[0]).toBeCloseTo(60 + 100 / 3, 10);
  });
});
