import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { parseRule } from './parse.ts';
import { describeRule, printRule } from './print.ts';
import { testScope } from './test-scope.ts';

const read = (text: string) => parseRule(text, testScope());

describe('a series of two others', () => {
  it.each([
    ['btc corr(ethusdt, 60) < 0.3', 'corr(close, binance:ethusdt.close, 60) < 0.3', 'corr(btcusdt, ethusdt) < 0.3'],
    ['btc corr(eth) < 0.3', 'corr(close, binance:ethusdt.close, 60) < 0.3', 'corr(btcusdt, ethusdt) < 0.3'],
    [
      'btc beta(sol, eth, length=20) > 1',
      'beta(binance:solusdt.close, binance:ethusdt.close, 20) > 1',
      'btcusdt beta(solusdt, ethusdt, 20) > 1',
    ],
    [
      'btc close - ols(btcusdt, ethusdt, 120).spread > 0',
      'close - ols(close, binance:ethusdt.close, 120).spread > 0',
      'close - ols(btcusdt, ethusdt).spread > 0',
    ],
    [
      'btc corr(rsi(14), ethusdt.rsi(14), 50) > 0',
      'corr(rsi(14), binance:ethusdt.rsi(14), 50) > 0',
      'btcusdt corr(rsi, ethusdt.rsi, 50) > 0',
    ],
    [
      'sol ols(btcusdt, ethusdt).z@1h > 2',
      'ols(binance:btcusdt.close, binance:ethusdt.close, 120).z@1h > 2',
      'solusdt ols(btcusdt, ethusdt).z@1h > 2',
    ],
    [
      'eth spread(btcusdt@1h) > 2',
      'spread(close, binance:btcusdt.close, 120)@1h > 2',
      'spread(ethusdt, btcusdt)@1h > 2',
    ],
    [
      'btc eth.corr(rsi, volume) > 0',
      'binance:ethusdt.corr(rsi(14), volume, 60) > 0',
      'btcusdt ethusdt.corr(rsi, volume) > 0',
    ],
    ['btc beta(change(1), eth, 9) > 0', 'beta(close, binance:ethusdt.close, 9) > 0', 'beta(btcusdt, ethusdt, 9) > 0'],
  ])('%s', (text, canonical, short) => {
    const rule = read(text);
    expect(printRule(rule).split(' ').slice(2).join(' ')).toBe(`${canonical} every 15m`);
    expect(describeRule(rule)).toBe(short);
    expect(printRule(read(printRule(rule)))).toBe(printRule(rule));
  });

  it.each([
    ['btc corr(60) > 0', '`corr` needs another series', [4, 12]],
    ['btc corr > 0', '`corr` needs another series', [4, 8]],
    ['btc ols(btcusdt).z > 0', '`ols` compares a series with itself', [4, 18]],
    ['btc corr(eth, sol, doge) > 0', '`corr` takes two series', [19, 23]],
    ['btc ols(eth).slope > 0', '`ols` has no field `slope`', [13, 18]],
    ['btc corr(eth, 2) > 0', '`length` of `corr` is 3 to 5000, not `2`', [14, 15]],
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

describe('two symbols in front of everything', () => {
  const ratio = 'close / binance:ethusdt.close';

  it.each([
    ['btc/eth 1h z > 2', `1h z(${ratio}, 20) > 2`],
    ['1h btc/eth z > 2', `1h z(${ratio}, 20) > 2`],
    ['btc/eth rsi < 30', `5m rsi(${ratio}, 14) < 30`],
    ['btc / eth rsi@4h < 30', `5m rsi(${ratio}, 14)@4h < 30`],
    ['btc/eth 1h > 20', `1h ${ratio} > 20`],
    ['btc/eth 1h close[1] > 20', `1h (${ratio})[1] > 20`],
    ['btc/eth 1h z > 2 or < -2', `1h z(${ratio}, 20) > 2 or z(${ratio}, 20) < -2`],
    ['btc/eth 1h sma(rsi, 5) > 60', `1h sma(rsi(${ratio}, 14), 5) > 60`],
    ['btc/eth 1h z > 2 and sol.rsi < 30', `1h z(${ratio}, 20) > 2 and binance:solusdt.rsi(14) < 30`],
  ])('%s is about their ratio', (text, canonical) => {
    const rule = read(text);
    expect(printRule(rule)).toBe(`binance:btcusdt ${canonical} every 15m`);
    expect(printRule(read(printRule(rule)))).toBe(printRule(rule));
  });

  it('says the same as the ratio written out', () => {
    expect(printRule(read('btc/eth 1h z(60) > 2'))).toBe(printRule(read('1h z(btc/eth, 60) > 2')));
  });

  it.each([
    ['btc/eth 1h volume > 2', 'a ratio of two symbols has no `volume`', [11, 17]],
    ['btc/eth 1h atr > 2', 'a ratio of two symbols has no `atr`', [11, 14]],
    ['btc/eth 1h sol > 2', 'nothing here is of `btc/eth`', [0, 7]],
  ])('%s is refused: %s', (text, message, span) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ message, span }));
  });
});
