import { describe, expect, it } from 'vitest';
import { parseRule } from './parse.ts';
import { printRule } from './print.ts';
import { ANY_FACT } from './scope.ts';
import { testScope } from './test-scope.ts';

const told = testScope({ facts: { has: (name) => name === 'mood', names: () => ['mood'] } });
const printed = (text: string): string => printRule(parseRule(text, told));

describe('facts in a rule', () => {
  it.each([
    ['btc funding_rate > 0.01%', 'funding > 0.01%'],
    ['btc abs(mark/price - 1) > 0.5%', 'abs(mark / price - 1) > 0.005'],
    ['btc change(oi, 12) > 5%', 'change(oi, 12) > 5%'],
    ['btc oi[1]@1h > 3', 'oi@1h[1] > 3'],
    ['btc bid_depth < ask_depth(20)/3', 'bid_depth(10) < ask_depth(20) / 3'],
    ['btc spread > 1', 'book_spread > 1'],
    ['btc ethusdt.spread > 1', 'binance:ethusdt.book_spread > 1'],
    ['btc spread(ethusdt) > 1', 'spread(close, binance:ethusdt.close, 120) > 1'],
    ['btc mood crosses above 3', 'mood crosses above 3'],
    ['btc sma(ethusdt.mood, 3) > 3', 'binance:ethusdt.sma(mood, 3) > 3'],
  ])('%s is %s, and reads back', (text, condition) => {
    const text1 = printed(text);
    expect(text1).toBe(`binance:btcusdt 5m ${condition} every 15m`);
    expect(printRule(parseRule(text1, testScope({ facts: ANY_FACT })))).toBe(text1);
  });

  it.each([
    ['btc moood > 3', 'mood'],
    ['btc fundin > 1%', 'funding'],
  ])('%s is refused with the nearest name %s', (text, near) => {
    expect(() => parseRule(text, told)).toThrow(
      expect.objectContaining({ suggestions: expect.arrayContaining([text.replace(/\S+(?= >)/, near)]) }),
    );
  });

  it.each([
    ['btc sentiment > 2', 'runs from -1 to 1'],
    ['btc inflation_rate > 3%', '3 stands for 3%'],
    ['btc funding(3) > 1%', 'takes no'],
    ['btc mark < -1', 'is always above 0'],
    ['btc mood > 3', 'no series'],
  ])('%s is refused: %s', (text, why) => {
    const scope = text.includes('mood') ? testScope() : told;
    expect(() => parseRule(text, scope)).toThrow(why);
  });
});
