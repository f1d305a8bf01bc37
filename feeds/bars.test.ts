import { describe, expect, it } from 'vitest';
import type { Bar } from '../engine/market/events.ts';
import { mergeBars } from './bars.ts';

const bar = (start: number, price: number, volume: number, trades = volume): Bar => ({
  start,
  open: price,
  high: price + 1,
  low: price - 1,
  close: price + 0.5,
  volume,
  trades,
});
const flat = (start: number, price: number): Bar => ({
  ...bar(start, price, 0),
  high: price,
  low: price,
  close: price,
});

describe('longer bars of shorter ones', () => {
  it('open with the first, close with the last and reach as far as any', () => {
    expect(mergeBars([bar(0, 5, 2), bar(10, 9, 3), bar(20, 4, 1)], 20)).toEqual([
      { start: 0, open: 5, high: 10, low: 4, close: 9.5, volume: 5, trades: 5, bought: undefined },
      bar(20, 4, 1),
    ]);
  });

  it('open with their first trade, not with the flat bars before it', () => {
    expect(mergeBars([flat(0, 100), bar(10, 5, 2), flat(20, 5.5)], 30)).toEqual([bar(0, 5, 2)]);
    expect(mergeBars([flat(0, 100), flat(10, 100)], 20)).toEqual([flat(0, 100)]);
  });

  it('count what has volume, though its trades are not told', () => {
    const [merged] = mergeBars([bar(0, 5, 2, 0), bar(10, 9, 3, 0)], 20);
    expect(merged).toMatchObject({ open: 5, close: 9.5, volume: 5 });
  });
});
