import { describe, expect, it } from 'vitest';
import { costOf } from './limits.ts';
import { parseRule } from './parse.ts';

const scope = {
  resolve: (text: string) => (text === 'btc' ? 'sim:btcusdt' : undefined),
  suggest: () => [],
  instrument: undefined,
  interval: 300_000,
  now: 0,
  wallTime: Date.UTC,
};

describe('costOf', () => {
  // Counted by hand: each series, number and comparison is a part; sma(1000) looks back 1,000 bars, of which a hundred are a point.
  it.each([
    ['btc price > 1', 3],
    ['btc price > 1 and price < 2', 7],
    ['btc sma(1000) > 1', 13],
  ])('counts the parts of %s and how far it looks back', (text, points) => {
    expect(costOf([parseRule(text, scope).condition])).toBe(points);
  });
});
