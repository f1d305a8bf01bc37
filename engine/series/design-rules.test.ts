import { describe, expect, it } from 'vitest';
import { parseRule } from '../language/parse.ts';
import { printRule } from '../language/print.ts';
import { testScope } from '../language/test-scope.ts';
import { toColumns } from '../market/bar-history.ts';
import { operandPlans } from '../rules/condition-test.ts';
import { evaluate } from './evaluate.ts';

/** The rules with which the language was laid out. */
const RULES = [
  'btcusdt z>2',
  'btc >70k',
  'eth 5m rsi<30 and close>ema(200)',
  'sol change(1h) > 5%',
  'sol +5% 1h',
  'btc ema(20) crosses above ema(50) on close once',
  'z(btcusdt/ethusdt, 60) > 2 for 3m every 30m',
  'btc rsi(14)@1h < 30 and rsi(14)@5m crosses above 30',
  'btc price leaves [60k, 70k] until 2026-12-31 "{symbol} left the range: {price}"',
  'eth volume > 3*sma(volume, 20) or pattern(engulfing) > 0',
  'btc close - ols(btcusdt, ethusdt, 120).spread > 0',
  'btc corr(ethusdt, 60) < 0.3',
  'btc halflife(btcusdt - 15*ethusdt, 200) < 30',
  'btc barssince(rsi < 50) < 10',
  'btc garch(100) > 2%',
];

/** Bars of every instrument and interval up to one moment, each a walk of its own. */
function barsOf(instrument: string, interval: number) {
  const phase = instrument.length + instrument.charCodeAt(instrument.length - 6);
  return toColumns(
    Array.from({ length: 1200 }, (_x, i) => {
      const price = (at: number): number => 100 + 9 * Math.sin(at / 5 + phase) + 3 * Math.sin(at * at * 0.7 + phase);
      const [open, close] = [price(i), price(i + 1)];
      const [high, low] = [Math.max(open, close) + 0.5, Math.min(open, close) - 0.5];
      return { start: (i - 1200) * interval, open, high, low, close, volume: 5 + (i % 7), trades: 3 };
    }),
  );
}

describe('the rules of the design', () => {
  it.each(RULES)('can be read, said and computed: %s', (text) => {
    const rule = parseRule(text, testScope());
    expect(printRule(parseRule(printRule(rule), testScope()))).toBe(printRule(rule));
    for (const plan of operandPlans([rule.condition], true).values()) {
      if (plan.kind === 'constant') continue;
      const { values } = evaluate(plan, barsOf);
      expect(values[values.length - 1], plan.key).toSatisfy(Number.isFinite);
    }
  });
});
