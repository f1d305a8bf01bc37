import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

describe('editDistance', () => {
  // Counted by hand.
  it.each([
    ['kitten', 'sitting', 3],
    ['rsi', 'rsi', 0],
    ['rsy', 'rsi', 1],
    ['ehtusdt', 'ethusdt', 1],
    ['', 'abc', 3],
    ['abc', '', 3],
  ])('%s to %s takes %d', (a, b, expected) => expect(editDistance(a, b)).toBe(expected));
});

describe('nearest', () => {
  const names = ['rsi', 'sma', 'ema', 'macd', 'volume', 'close'];

  it.each([
    ['rsy', ['rsi']],
    ['vlume', ['volume']],
    ['clsoe', ['close']],
    ['xma', ['ema', 'sma']],
    ['banana', []],
    ['q', []],
  ])('%s is near %j', (word, expected) => expect(nearest(word, names)).toEqual(expected));

  it('offers no more than asked for', () => expect(nearest('xma', names, 1)).toEqual(['ema']));
});
