import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { parseRule } from './parse.ts';
import { describeRule, printRule } from './print.ts';
import type { Scope } from './scope.ts';
import { testScope } from './test-scope.ts';

const VENUES = ['binance', 'binance-usdm', 'ccxt:kraken', 'okx'];
const scope = testScope({ venues: VENUES });
/** How stored texts are read. */
const stored: Scope = testScope({
  resolve: (text) => (text.includes(':') ? text : undefined),
  now: Number.NEGATIVE_INFINITY,
  interval: 3_600_000,
});

function refused(text: string): UserError {
  try {
    parseRule(text, scope);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${text} is no mistake`);
}

describe('a rule on new markets', () => {
  it.each([
    ['listing binance', 'binance:*', 'listing binance'],
    ['Listings OKX', 'okx:*', 'listing okx'],
    ['listing binance usdt', 'binance:*usdt', 'listing binance usdt'],
    ['listing binance-usdm', 'binance-usdm:*', 'listing binance-usdm'],
    ['listing ccxt:kraken usd', 'ccxt:kraken:*usd', 'listing ccxt:kraken usd'],
    ['listing okx once', 'okx:*', 'listing okx once'],
    ['listing okx btc every 15m silent', 'okx:*btc', 'listing okx btc every 15m silent'],
    ['listing okx late within 90 min', 'okx:*', 'listing okx late within 90m'],
    ['listing okx until 2027-01-02 10:00', 'okx:*', 'listing okx until 2027-01-02T09:00Z'],
  ])('%s is about %s, and prints as %s, which reads back', (text, instrument, canonical) => {
    const rule = parseRule(text, scope);
    expect(rule.instrument).toBe(instrument);
    expect(printRule(rule)).toBe(canonical);
    const again = parseRule(canonical, stored);
    expect(printRule(again)).toBe(canonical);
    expect([again.instrument, again.interval, again.modes]).toEqual([rule.instrument, rule.interval, rule.modes]);
  });

  it('has no cooldown unless it says so', () => {
    expect(parseRule('listing okx', scope).modes.every).toBeUndefined();
    expect(parseRule('listing okx every 1h', scope).modes.every).toBe(3_600_000);
    expect(describeRule(parseRule('listing okx usdt every 15m', scope))).toBe('listing okx usdt every 15m');
  });

  it.each([
    ['listing', 'which venue?', undefined],
    ['listing okz', '`okz` is not among this bot’s venues', ['listing okx']],
    ['listing okx on close', 'a new market is a moment, and its message names it', undefined],
    ['listing okx for 5m', 'a new market is a moment, and its message names it', undefined],
    ['listing okx "hello"', 'a new market is a moment, and its message names it', undefined],
  ])('%s is refused', (text, message, suggestions) => {
    const error = refused(text);
    expect(error.message).toBe(message);
    if (suggestions !== undefined) expect(error.suggestions).toEqual(suggestions);
  });

  it('leaves other rules alone', () => {
    const defined = testScope({ venues: VENUES, definitions: new Map([['listing', 'ema(9)']]) });
    expect(printRule(parseRule('btcusdt 5m listing > 3', defined))).toContain('ema(9) > 3');
    expect(() => parseRule('listing > 3', scope)).toThrow(UserError);
  });
});
