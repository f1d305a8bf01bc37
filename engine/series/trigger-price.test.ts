import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from '../language/parse.ts';
import { testScope } from '../language/test-scope.ts';
import { toColumns } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import { CATALOG, PATTERNS } from './catalog.ts';
import type { CatalogEntry } from './catalog-entry.ts';
import { shortParams, someBars } from './catalog-harness.ts';
import { evaluate } from './evaluate.ts';
import { planOf, type VaryingPlan } from './plan.ts';
import { dependsOnStart, triggerPrice } from './trigger-price.ts';

const scope = testScope({ instrument: 'binance:btcusdt', interval: MINUTE });
const plan = (text: string) => planOf(parseExpression(text, scope)) as VaryingPlan;

/** An entry as one writes it, with parameters for short histories; pairs within one instrument, conditions on the close. */
function texts(entry: CatalogEntry): readonly string[] {
  const inputs = entry.input === 'pair' ? ['high', 'close'] : 'ofCondition' in entry ? ['close > 100'] : [];
  const args = [...inputs, ...shortParams(entry)].join(', ');
  const call = args === '' ? entry.name : `${entry.name}(${args})`;
  return entry.fields.length === 0 ? [call] : entry.fields.map((field) => `${call}.${field}`);
}

/** The bars after one more trade at `price`, which moves nothing but prices. */
function traded(bars: readonly Bar[], price: number): readonly Bar[] {
  const last = bars[bars.length - 1];
  const { open, high, low } = last.trades === 0 ? { open: price, high: price, low: price } : last;
  const after = { ...last, open, high: Math.max(high, price), low: Math.min(low, price), close: price };
  return [...bars.slice(0, -1), after];
}

function lastOf(series: VaryingPlan, bars: readonly Bar[]): number {
  const { values } = evaluate(series, () => toColumns(bars));
  return values[values.length - 1];
}

describe('the price at which a series passes a level', () => {
  it.each(CATALOG.flatMap(texts))('has %s on the other side of it, and a little before not', (text) => {
    const series = plan(text);
    const isPattern = PATTERNS.some(({ name }) => text.split('(')[0] === name);
    fc.assert(
      fc.property(
        someBars,
        fc.double({ min: 0.7, max: 1.3, noNaN: true }),
        fc.constantFrom('above' as const, 'below' as const),
        fc.boolean(),
        (bars, factor, belongs, exact) => {
          const { close: price } = bars[bars.length - 1];
          // A level on the way to where the series is at another price; of a pattern, which rounding cannot move, where it rests now.
          const [here, there] = [price, price * factor].map((last) => lastOf(series, traded(bars, last)));
          const value = exact && isPattern ? here : (here + there) / 2;
          if (!(isPattern || Math.abs(value - here) > 1e-6 * Math.abs(here))) return;
          const found = triggerPrice(series, { value, belongs }, price, () => bars);
          if (found === undefined) return;
          const isAbove = (last: number): boolean => {
            const now = lastOf(series, traded(bars, last));
            return belongs === 'above' ? now >= value : now > value;
          };
          const before = found + (price - found) * Math.min(1, (2e-8 * price) / Math.abs(found - price));
          expect(isAbove(found)).toBe(!isAbove(price));
          expect(isAbove(before)).toBe(isAbove(price));
        },
      ),
      { numRuns: 6, endOnFailure: true },
    );
  });

  const flat = (close: number, trades = 1): Bar => ({
    start: 0,
    open: close,
    high: close,
    low: close,
    close,
    volume: trades,
    trades,
  });
  const rising = Array.from({ length: 30 }, (_x, i): Bar => ({ ...flat(100 + i), start: i * MINUTE }));

  it('is none where the level is where the series rests', () => {
    // A pattern that is not there is 0: the price has not passed that by moving.
    const bars = rising.map((bar) => ({ ...bar, open: bar.close - 0.9, high: bar.close, low: bar.close - 0.9 }));
    const found = triggerPrice(plan('threeblackcrows'), { value: 0, belongs: 'below' }, 129, () => bars);
    expect(found).toBeUndefined();
  });

  it('opens the next bar where nothing was traded in it yet', () => {
    const bars = [...rising, { ...flat(129, 0), start: 30 * MINUTE }];
    // The first trade makes a bar without a body, whatever its price.
    expect(triggerPrice(plan('abs(close - open)'), { value: 1, belongs: 'below' }, 129, () => bars)).toBeUndefined();
    const traded = [...rising, { ...flat(129, 1), start: 30 * MINUTE }];
    const price = triggerPrice(plan('abs(close - open)'), { value: 1, belongs: 'below' }, 129, () => traded);
    expect(Math.abs(price! - 129)).toBeCloseTo(1, 5);
  });

  it('is the nearer one of two', () => {
    const bars = [...rising, { ...flat(129), start: 30 * MINUTE }];
    const series = plan('abs(close - 131) + abs(close - 126)');
    // |x - 131| + |x - 126| is 5 between the two and 6 at 125.5 and 131.5.
    expect(triggerPrice(series, { value: 6, belongs: 'below' }, 129, () => bars)).toBeCloseTo(131.5, 4);
  });
});

describe('a value that hangs on where history begins', () => {
  it.each([
    ['obv', true],
    ['ad', true],
    ['obv - obv[3]', false],
    ['sma(5)', false],
    ['z(5)', false],
  ])('%s: %s', (text, depends) => {
    const bars = Array.from({ length: 40 }, (_x, i): Bar => {
      const close = 100 + 10 * Math.sin(i + 1);
      return { start: i * MINUTE, open: 100, high: 111, low: 89, close, volume: 1 + i, trades: 1 };
    });
    expect(dependsOnStart(plan(text), () => bars)).toBe(depends);
  });
});
