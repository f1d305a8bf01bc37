import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { parseExpression, parseRule } from './parse.ts';
import { describeRule, printExpr, printRule } from './print.ts';
import { testScope } from './test-scope.ts';

const read = (text: string) => parseRule(text, testScope());

describe('a candlestick pattern', () => {
  it.each([
    ['btc pattern(engulfing) > 0', 'btc engulfing > 0'],
    ['btc Pattern( Engulfing )[1] > 0', 'btc engulfing[1] > 0'],
    ['pattern(hammer)@1h > 0 and btc > 3', 'hammer@1h > 0 and btc > 3'],
    ['btc ethusdt.pattern(doji) > 0', 'btc ethusdt.doji > 0'],
    ['btc pattern(morningstar, 0.5) > 0', 'btc morningstar(0.5) > 0'],
    ['btc pattern(morningstar, penetration=0.5) > 0', 'btc morningstar(0.5) > 0'],
    ['eth volume > 3*sma(volume, 20) or pattern(engulfing) > 0', 'eth volume > 3*sma(volume, 20) or engulfing > 0'],
  ])('%s is %s', (text, plain) => {
    expect(printRule(read(text))).toBe(printRule(read(plain)));
    expect(describeRule(read(text))).toBe(describeRule(read(plain)));
  });

  it('is read at the beginning, where the chat has a symbol', () => {
    const scope = testScope({ instrument: 'binance:btcusdt' });
    expect(printExpr(parseExpression('pattern(engulfing)', scope))).toBe('binance:btcusdt.engulfing@5m');
  });

  it.each([
    ['btc pattern(engulfng) > 0', 'no pattern `engulfng`', [12, 20], 'btc pattern(engulfing) > 0'],
    ['btc pattern(rsi) > 0', 'no pattern `rsi`', [12, 15], 'btc pattern(engulfing) > 0'],
    ['btc pattern() > 0', 'which pattern?', [12, 12], 'btc pattern(engulfing) > 0'],
    ['btc pattern > 0', '`pattern` needs brackets', [4, 11], undefined],
    ['btc pattern(engulfing, 3) > 0', '`engulfing` takes no number', [23, 24], undefined],
    ['btc pattern(engulfing > 0', '`)` is missing before `>`', [22, 23], undefined],
  ])('%s is refused: %s', (text, message, span, offer) => {
    let caught: unknown;
    try {
      read(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(UserError);
    expect(caught).toMatchObject({ message, span });
    if (offer !== undefined) expect((caught as UserError).suggestions).toContain(offer);
  });
});
