import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { parseDefinition } from './definitions.ts';
import { parseRule } from './parse.ts';
import { printRule } from './print.ts';
import { testScope } from './test-scope.ts';

/** What is said of how numbers were read, and the rule; or the question with its offers. */
function typed(text: string, last: number | undefined) {
  const notes: string[] = [];
  const onReading = (written: string, value: number) => void notes.push(`${written} as ${value}`);
  try {
    const rule = parseRule(text, testScope({ typed: { price: () => last, onReading } }));
    return {
      rule: printRule(rule)
        .replace(/^binance:btcusdt 5m /, '')
        .replace(' every 15m', ''),
      notes,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { code: error.code, message: error.message, offers: error.suggestions };
  }
}

describe('a typed number with three digits behind its point', () => {
  it.each([
    ['btc > 70.000', ['btc > 70000', 'btc > 70']],
    ['btc > $70.000', ['btc > $70000', 'btc > $70']],
    ['btc price crosses 1.250 once', ['btc price crosses 1250 once', 'btc price crosses 1.25 once']],
    ['btc > 1.234', ['btc > 1234', 'btc > 1.2340']],
    ['btc 70.000 < price', ['btc 70000 < price', 'btc 70 < price']],
    ['btc leaves [60.000, 70.500]', ['btc leaves [60000, 70500]', 'btc leaves [60, 70.5]']],
    ['btc > 70.000 rearm 69.000', ['btc > 70000 rearm 69000', 'btc > 70 rearm 69']],
    ['btc < 70.000 rearm 71.000', ['btc < 70000 rearm 71000', 'btc < 70 rearm 71']],
    ['btc rsi < 30.500 and price > 70.000', ['btc rsi < 30.500 and price > 70000', 'btc rsi < 30.500 and price > 70']],
  ])('is asked about where no price tells: %s', (text, offers) => {
    expect(typed(text, undefined)).toMatchObject({ code: 'two-readings', offers });
  });

  it.each(['btc volume > 1.250', 'btc atr > 1.250', 'btc macd > 1.250'])(
    'is asked about in %s, price or none',
    (text) => {
      expect(typed(text, 60_000)).toMatchObject({ code: 'two-readings' });
    },
  );

  it('asks with both readings', () => {
    expect(typed('btc > 70.000', undefined)).toMatchObject({ message: 'does `70.000` mean 70,000 or 70?' });
    expect(typed('btc leaves [60.000, 70.000]', undefined)).toMatchObject({
      message: 'do `60.000` and `70.000` mean 60,000 and 70,000, or 60 and 70?',
    });
  });

  it.each([
    ['btc > 70.500', 60_000, 'price > 70500', ['70.500 as 70500']],
    ['btc > 70.500', 68, 'price > 70.5', ['70.500 as 70.5']],
    ['btc > 70.125', 68, 'price > 70.125', []],
    ['btc sma(20) > 70.000', 60_000, 'sma(20) > 70000', ['70.000 as 70000']],
    // Twenty times 50 is 1,000, and a twentieth 2.5: 1,000 still fits, and 1 does not.
    ['btc > 1.000', 50, 'price > 1000', ['1.000 as 1000']],
  ])('is read as what lies near the price: %s at %d', (text, last, rule, notes) => {
    expect(typed(text, last)).toEqual({ rule, notes });
  });

  // Fifty is less than a twentieth of 1,001 or more than twenty times 2.4; fifty thousand is further away still.
  it.each([1_001, 2.4])('is asked about where neither lies near the price: 50.000 at %d', (last) => {
    expect(typed('btc > 50.000', last)).toMatchObject({ code: 'two-readings' });
  });

  it.each([
    ['btc rsi < 30.500', 'rsi(14) < 30.5'],
    ['btc z > 2.125', 'z(20) > 2.125'],
    ['btc change(1h) > 1.250%', 'change(1h) > 1.25%'],
    ['btc close > 2.125*sma(20)', 'close > 2.125 * sma(20)'],
  ])('stays a decimal where thousands make no sense: %s', (text, rule) => {
    expect(typed(text, 60_000)).toMatchObject({ rule });
  });

  it.each([
    'btc > 0.125',
    'btc > 70.0000',
    'btc > 70.00',
    'btc > 1234.500',
    'btc > 70.000k',
    'btc > 70,000',
    'btc > 70000',
  ])('is not asked about: %s', (text) => {
    expect(typed(text, undefined)).not.toHaveProperty('code');
  });

  it('is a decimal in a stored text, and in a name that was settled when it was made', () => {
    expect(parseRule('btc > 70.000', testScope()).condition).toMatchObject({ right: { value: 70 } });
    const definitions = new Map([['level', '70.000']]);
    const rule = parseRule('btc > level', testScope({ definitions, typed: { price: () => undefined } }));
    expect(rule.condition).toMatchObject({ right: { value: 70 } });
  });

  it('is asked about where a name is given to it', () => {
    const scope = testScope({ typed: { price: () => undefined } });
    expect(() => parseDefinition('level', '70.000', scope)).toThrow('does `70.000` mean 70,000 or 70?');
    expect(() => parseDefinition('far', 'price > 70.000', scope)).toThrow('does `70.000` mean 70,000 or 70?');
  });

  it('is not decided by an offer that mends something else', () => {
    expect(typed('btc > 70.000 usd', undefined)).toMatchObject({ offers: ['btc > 70.000'] });
  });
});

describe('a number as other countries write it', () => {
  it.each([
    ['btc > 1.250,50', 'btc > 1250.50'],
    ['btc > 1.250,500', 'btc > 1250.500'],
    ['btc > 1.250.000', 'btc > 1250000'],
    ['btc leaves [1.250.000, 2m]', 'btc leaves [1250000, 2m]'],
    ['btc < 99,5', 'btc < 99.5'],
    ['btc > 0,125', 'btc > 0.125'],
    ['btc +2,5% 1h', 'btc +2.5% 1h'],
  ])('is refused with the number as it is written here: %s', (text, offer) => {
    expect(typed(text, undefined)).toEqual({
      code: 'bad-number',
      message: 'a comma parts thousands here, and a point decimals',
      offers: [offer],
    });
  });

  it('is no concern of commas between thousands', () => {
    expect(typed('btc > 70,000', undefined)).toEqual({ rule: 'price > 70000', notes: [] });
    expect(typed('btc > 1,250.50', undefined)).toEqual({ rule: 'price > 1250.5', notes: [] });
  });
});
