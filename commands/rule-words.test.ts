import { describe, expect, it } from 'vitest';
import { parseRule } from '../engine/language/parse.ts';
import { createSymbolTable } from '../engine/market/symbol-table.ts';
import { firstExpr } from './comparisons.ts';
import { describeCondition, describeFor, explainSeries, formatSeriesValue } from './rule-words.ts';
import { storedScope } from './scope.ts';

const scope = storedScope({ instrument: 'sim:btcusdt', interval: 300_000 });
const rule = (text: string) => parseRule(`sim:btcusdt ${text}`, scope);

describe('what a rule looks at', () => {
  it.each([
    ['z > 2', 'z-score of the close over 20 bars.'],
    ['z(30) > 2', 'z-score of the close over 30 bars.'],
    ['rsi(14)@1h < 30', 'relative strength index of the close over 14 bars of 1h.'],
    ['+5% 1h', 'growth of the close over 1h.'],
    ['change(1) > 5%', 'growth of the close over 1 bar.'],
    ['std(volume, 20) > 5', 'standard deviation of volume over 20 bars.'],
    ['highest(20) > 5', 'highest high over 20 bars.'],
    ['atr > 5', 'average true range over 14 bars.'],
    ['z(sim:btcusdt/sim:ethusdt, 60) > 2', 'z-score of btcusdt/ethusdt over 60 bars.'],
    ['corr(sim:ethusdt, 60) < 30%', 'correlation of the close and ethusdt over 60 bars.'],
    ['spread(rsi, sim:ethusdt.rsi) > 3', 'spread of rsi and ethusdt.rsi over 120 bars.'],
    ['macd.histogram > 0', 'macd(12, 26, 9).histogram: difference of a fast and a slow ema.'],
  ])('%s: %s', (text, words) => expect(explainSeries(rule(text))).toBe(words));

  it.each(['> 70k', 'close > ema(200)', 'volume > 100', 'rsi < 30 and z > 2', 'rsi - z > 2'])(
    'needs no words for %s',
    (text) => expect(explainSeries(rule(text))).toBeUndefined(),
  );
});

describe('a rule in words', () => {
  it('is its condition, or all but its message with the end in the chat’s zone', () => {
    const whole = rule('z > 2 once until 2026-01-31T18:00Z "hey"');
    expect(describeCondition(whole)).toBe('btcusdt z > 2');
    const chat = { timeZone: 'Europe/Berlin' } as Parameters<typeof describeFor>[0];
    const now = Date.UTC(2026, 0, 15, 12);
    expect(describeFor(chat, now, whole)).toBe('btcusdt z > 2 once until 31 Jan 19:00 CET');
    expect(describeFor(chat, now, rule('z > 2'))).toBe('btcusdt z > 2');
  });
});

describe('a value', () => {
  it.each([
    ['close > 1', 64_402.1, '64,402.1'],
    ['ema(20) > 1', 64_402.1, '64,402.1'],
    ['change(1h) > 5%', 0.0123, '+1.23\u00a0%'],
    ['funding > 0.01%', 0.0001, '+0.0100\u00a0%'],
    ['sma(change(1h), 5) > 5%', 0.0123, '+1.23\u00a0%'],
    // A place, a width and a size go up from nought alone.
    ['ibs > 0.2', 0.9918, '99.18\u00a0%'],
    ['bbw > 5%', 0.0123, '1.23\u00a0%'],
    ['garch[1] > 5%', 0.0123, '1.23\u00a0%'],
    ['abs(change(1h)) > 5%', 0.0123, '1.23\u00a0%'],
    ['er - er[1] > 5%', 0.0123, '+1.23\u00a0%'],
    ['rsi < 30', 38.41, '38.41'],
    ['sim:ethusdt.close > 1', 3412.5512, '3,412.551'],
  ])('of %s is written in its unit', (text, value, written) => {
    const symbols = createSymbolTable(() => ['sim']);
    const base = { venue: 'sim', quote: 'usdt', kind: 'spot', lot: 1, active: true } as const;
    symbols.add([
      { ...base, instrument: 'sim:btcusdt', symbol: 'btcusdt', base: 'btc', tick: 0.1 },
      { ...base, instrument: 'sim:ethusdt', symbol: 'ethusdt', base: 'eth', tick: 0.001 },
    ]);
    const market = { symbols } as Parameters<typeof formatSeriesValue>[0];
    expect(formatSeriesValue(market, firstExpr(rule(text)), value, 'en')).toBe(written);
  });
});
