import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { parseRule } from './parse.ts';
import { describeRule, printRule } from './print.ts';
import { testScope } from './test-scope.ts';

const read = (text: string) => parseRule(text, testScope());

describe('a condition as an argument', () => {
  it.each([
    ['btc barssince(rsi < 30) > 5', 'barssince(rsi(14) < 30) > 5', 'btcusdt barssince(rsi < 30) > 5'],
    ['btc barssince(> 70k) > 3', 'barssince(close > 70000) > 3', 'btcusdt barssince(close > 70k) > 3'],
    [
      'btc barssince(ema(20) crosses above ema(50)) < 5',
      'barssince(ema(20) crosses above ema(50)) < 5',
      'btcusdt barssince(ema(20) crosses above ema(50)) < 5',
    ],
    [
      'btc barssince(rises 5% in 1h or rsi > 30 and < 40) < 3',
      'barssince(change(1h) > 5% or rsi(14) > 30 and rsi(14) < 40) < 3',
      'btcusdt barssince(change(1h) > 5% or rsi > 30 and rsi < 40) < 3',
    ],
    ['btc barssince(rsi@1h < 30) < 3', 'barssince(rsi(14) < 30)@1h < 3', 'btcusdt barssince(rsi < 30)@1h < 3'],
    [
      'btc eth.barssince(close leaves [3k, 4k])[1] < 3',
      'binance:ethusdt.barssince(close leaves [3000, 4000])[1] < 3',
      'btcusdt ethusdt.barssince(close leaves [3000, 4000])[1] < 3',
    ],
  ])('%s', (text, canonical, short) => {
    const rule = read(text);
    expect(printRule(rule)).toBe(`binance:btcusdt 5m ${canonical} every 15m`);
    expect(printRule(read(printRule(rule)))).toBe(printRule(rule));
    expect(describeRule(rule)).toBe(short);
  });

  it.each([
    ['btc barssince(rsi) > 3', '`barssince` is computed from a condition', [14, 17]],
    ['btc barssince > 3', '`barssince` is computed from a condition', [4, 13]],
    ['btc barssince(5 > 3) > 3', 'both sides are fixed numbers', [14, 19]],
    ['btc barssince(rsi > 120) > 3', '`rsi` runs from 0 to 100', [20, 23]],
    ['btc barssince(rsi < 30, 3) > 3', '`barssince` takes no number', [24, 25]],
    ['btc sma(rsi < 30, 3) > 1', '`rsi < 30` is true or false; a number belongs here', [8, 16]],
    ['btc barssince(rsi < 30)', '`barssince(rsi < 30)` is a number, not a condition', [4, 23]],
  ])('%s is refused: %s', (text, message, span) => {
    let caught: unknown;
    try {
      read(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(UserError);
    expect(caught).toMatchObject({ message, span });
  });
});
