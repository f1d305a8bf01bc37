import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../language/parse.ts';
import { testScope } from '../../language/test-scope.ts';
import { toColumns } from '../../market/bar-history.ts';
import type { Bar } from '../../market/events.ts';
import { lookup } from '../catalog.ts';
import type { SeriesEntry } from '../catalog-entry.ts';
import { someBars } from '../catalog-harness.ts';
import { evaluate } from '../evaluate.ts';
import { planOf } from '../plan.ts';

const since = () => (lookup('barssince') as SeriesEntry).create([]);

/** `barssince(text)` at the close of every bar. */
function counted(text: string, bars: readonly Bar[]): number[] {
  const expr = parseExpression(`barssince(${text})`, testScope({ instrument: 'binance:btcusdt', interval: 60_000 }));
  return [...evaluate(planOf(expr), () => toColumns(bars)).values];
}

/** Bars from the last true one to each; not a number before the first, nor where it is not known whether it is true. */
const bySearch = (truths: readonly (boolean | undefined)[]): number[] =>
  truths.map((now, i) => {
    if (now === undefined) return Number.NaN;
    const last = truths.slice(0, i + 1).lastIndexOf(true);
    return last < 0 ? Number.NaN : i - last;
  });

const mean = (bars: readonly Bar[]): number => bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length;

const CONDITIONS: Readonly<Record<string, (bars: readonly Bar[], i: number) => boolean | undefined>> = {
  'close > 90': (bars, i) => bars[i].close > 90,
  '60 < close < 100': (bars, i) => bars[i].close > 60 && bars[i].close < 100,
  'close outside [60, 140] or volume >= 300': (bars, i) =>
    bars[i].close < 60 || bars[i].close > 140 || bars[i].volume >= 300,
  'not (close > open and volume <= 200)': (bars, i) => !(bars[i].close > bars[i].open && bars[i].volume <= 200),
  'close > sma(3)': (bars, i) => (i < 2 ? undefined : bars[i].close > mean(bars.slice(i - 2, i + 1))),
  'close crosses above 100': (bars, i) => (i < 1 ? undefined : bars[i].close > 100 && !(bars[i - 1].close > 100)),
  'close enters [80, 120]': (bars, i) => {
    const inside = (bar: Bar): boolean => bar.close >= 80 && bar.close <= 120;
    return i < 1 ? undefined : inside(bars[i]) && !inside(bars[i - 1]);
  },
};

describe('barssince', () => {
  it.each(Object.entries(CONDITIONS))('counts the bars since %s', (text, isTrue) => {
    fc.assert(
      fc.property(someBars, (bars) => {
        expect(counted(text, bars)).toEqual(bySearch(bars.map((_bar, i) => isTrue(bars, i))));
      }),
      { numRuns: 50 },
    );
  });

  it('has no value once the condition was last true a thousand bars ago', () => {
    const kernel = since();
    for (const truth of [1, ...new Array<number>(999).fill(0)]) kernel.add(truth);
    expect(kernel.values[0]).toBe(999);
    kernel.add(0);
    expect(kernel.values[0]).toBeNaN();
    kernel.replace(1);
    expect(kernel.values[0]).toBe(0);
    kernel.replace(0);
    expect(kernel.values[0]).toBeNaN();
  });

  it('depends on the last thousand bars alone', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(600), { minLength: 3, maxLength: 9 }), (gaps) => {
        const truths = gaps.flatMap((gap) => [...new Array<number>(gap).fill(0), 1]).concat(new Array(gaps[0]).fill(0));
        const [whole, late] = [since(), since()];
        for (const truth of truths) whole.add(truth);
        for (const truth of truths.slice(-1000)) late.add(truth);
        expect(late.values[0]).toBe(whole.values[0]);
      }),
    );
  });
});
