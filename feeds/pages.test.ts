import { describe, expect, it } from 'vitest';
import type { Bar } from '../engine/market/events.ts';
import { historyFrom, pageBackward, pageForward } from './pages.ts';

const bar = (start: number): Bar => ({ start, open: 1, high: 1, low: 1, close: 1, volume: 1, trades: 1 });
const all = Array.from({ length: 25 }, (_, i) => bar(i * 10));
const starts = (bars: readonly Bar[]) => bars.map(({ start }) => start);
const PAGE = 7;

describe('paging', () => {
  it.each([
    [0, 250],
    [35, 181],
    [60, 130],
    [-100, 1000],
    [100, 100],
  ])('gives all bars from %d to %d, once and in order, forward and backward', async (from, to) => {
    const expected = starts(all).filter((start) => start >= from && start < to);
    const forward = await pageForward(from, to, 10, async (next) => {
      const bars = all.filter(({ start }) => start >= next).slice(0, PAGE);
      return { bars, full: bars.length === PAGE };
    });
    const backward = await pageBackward(from, to, async (before) => {
      const bars = all.filter(({ start }) => start < before).slice(-PAGE);
      return { bars, full: bars.length === PAGE };
    });
    expect([starts(forward), starts(backward)]).toEqual([expected, expected]);
  });

  it('ends where a venue gives the same page again and again', async () => {
    const bars = all.slice(0, PAGE);
    expect(starts(await pageForward(0, 250, 10, async () => ({ bars, full: true })))).toEqual(starts(bars));
    expect(starts(await pageBackward(0, 70, async () => ({ bars, full: true })))).toEqual(starts(bars));
  });
});

describe('history', () => {
  it('takes the longest length that divides the interval, and leaves the open bar out', async () => {
    const asked: unknown[] = [];
    const natives = [
      [20, 'two'],
      [10, 'one'],
    ] as const;
    const bars = await historyFrom(natives, { interval: 40, from: 30, to: 200, now: 130 }, async (native, from, to) => {
      asked.push([native, from, to]);
      return [40, 60, 80, 100].map(bar);
    });
    expect(asked).toEqual([[[20, 'two'], 40, 120]]);
    expect(bars.map(({ start, volume }) => [start, volume])).toEqual([
      [40, 2],
      [80, 2],
    ]);
    expect(await historyFrom(natives, { interval: 15, from: 0, to: 1, now: 1 }, async () => [])).toEqual([]);
  });
});
