import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from '../language/parse.ts';
import { testScope } from '../language/test-scope.ts';
import { toColumns } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import { CATALOG } from './catalog.ts';
import { evaluate } from './evaluate.ts';
import { planOf, type VaryingPlan } from './plan.ts';
import { createProbe } from './probe.ts';

const INTERVAL = 300_000;

/** A walk of bars from steps between -1 and 1, in percent. */
function walk(steps: readonly number[]): Bar[] {
  let close = 100;
  return steps.map((step, i) => {
    const open = close;
    close = open * (1 + step / 100);
    const [high, low] = [Math.max(open, close) * 1.002, Math.min(open, close) * 0.997];
    return { start: i * INTERVAL, open, high, low, close, volume: 5 + step, trades: 10 + (i % 7) };
  });
}

const STEPS = Array.from({ length: 400 }, (_, i) => Math.sin(i * i * 0.7) + Math.sin(i / 9));
const planFor = (text: string) => planOf(parseExpression(`btcusdt ${text}`, testScope())) as VaryingPlan;

/** The definition: everything computed over bars whose last one ends at that price. */
function computed(plan: VaryingPlan, bars: readonly Bar[], price: number): number {
  const last = bars[bars.length - 1];
  const first = { ...last, open: price, high: price, low: price, close: price };
  const later = { ...last, high: Math.max(last.high, price), low: Math.min(last.low, price), close: price };
  const changed = last.trades === 0 ? first : later;
  const { values } = evaluate(plan, () => toColumns([...bars.slice(0, -1), changed]));
  return values[values.length - 1];
}

function expectSame(text: string, bars: readonly Bar[], prices: readonly number[]): boolean {
  const plan = planFor(text);
  const probe = createProbe(plan, () => toColumns(bars));
  if (probe === undefined) return false;
  for (const price of prices) {
    const [found, wanted] = [probe(price), computed(plan, bars, price)];
    const isClose = Object.is(found, wanted) || Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
    expect({ text, price, found, wanted, isClose }).toMatchObject({ isClose: true });
  }
  return true;
}

describe('a series at another last price', () => {
  const bars = walk(STEPS);
  const last = bars[bars.length - 1].close;
  const prices = [1.01, 0.93, 1, 1.35, 0.65, 1.0001].map((factor) => last * factor);

  const single = CATALOG.filter((entry) => entry.input !== 'pair' && entry.name !== 'barssince');

  it.each(single.map(({ name, fields }) => [name, fields] as const))(
    '%s is what it is when computed from scratch, in whatever order one asks',
    (name, fields) => {
      for (const text of fields.length === 0 ? [name] : fields.map((field) => `${name}.${field}`))
        expect(expectSame(text, bars, prices)).toBe(true);
    },
  );

  it('is made of that price alone where the bar has no trade yet', () => {
    const flat = [...bars.slice(0, -1), { ...bars[bars.length - 1], trades: 0 }];
    for (const text of ['open', 'high', 'low', 'close', 'volume', 'atr(14)', 'high - low', 'rsi(14)'])
      expect(expectSame(text, flat, prices)).toBe(true);
  });

  it('also of arithmetic, of indicators of indicators, and of earlier values', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'close - sma(10)',
          'sma(rsi(5), 7)',
          'close[3] / high',
          'max(open, ema(9), low[1])',
          'z(volume, 20)',
          'barssince(close > open)',
        ),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 40, maxLength: 60 }),
        fc.array(fc.double({ min: 30, max: 300, noNaN: true }), { minLength: 1, maxLength: 5 }),
        (text, steps, asked) => expectSame(text, walk(steps), asked),
      ),
      { numRuns: 100 },
    );
  });

  it('is left to others where bars of other lengths take part, or there is nothing to replace', () => {
    expect(createProbe(planFor('close - rsi(14)@1h'), () => toColumns(bars))).toBeUndefined();
    expect(createProbe(planFor('sma(10)'), () => toColumns([]))).toBeUndefined();
    expect(createProbe(planFor('sma(sma(30), 5)'), () => toColumns(bars.slice(0, 20)))).toBeUndefined();
  });
});
