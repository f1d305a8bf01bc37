import { describe, expect, it } from 'vitest';
import { parseRule } from '../engine/language/parse.ts';
import { printExpr } from '../engine/language/print.ts';
import { comparisonsOf, firstExpr, levelsOf, operandsOf, valuedExprs } from './comparisons.ts';
import { storedScope } from './scope.ts';

const scope = storedScope({ instrument: 'sim:btcusdt', interval: 300_000 });
const rule = (text: string) => parseRule(`sim:btcusdt ${text}`, scope);
const names = (exprs: readonly Parameters<typeof printExpr>[0][], of: ReturnType<typeof rule>) =>
  exprs.map((expr) => printExpr(expr, of));

describe('a condition taken apart', () => {
  const whole = rule('(rsi(14) < 30 or not close > ema(200)) and price leaves [60k, 70k] and z crosses 2');

  it('has its comparisons and operands from left to right', () => {
    expect(comparisonsOf(whole.condition).map((item) => item.kind)).toEqual(['compare', 'compare', 'range', 'cross']);
    expect(names(operandsOf(whole.condition), whole)).toEqual([
      'rsi(14)',
      '30',
      'close',
      'ema(200)',
      'price',
      '60000',
      '70000',
      'z(20)',
      '2',
    ]);
  });

  it('names what each value of a firing is of', () => {
    expect(names(valuedExprs(whole.condition), whole)).toEqual([
      'rsi(14)',
      'close',
      'price',
      'price',
      'z(20)',
      'z(20)',
    ]);
  });

  it('has a level wherever a series meets a number', () => {
    const levels = levelsOf(whole.condition).map(({ expr, value }) => [printExpr(expr, whole), value]);
    expect(levels).toEqual([
      ['rsi(14)', 30],
      ['price', 60_000],
      ['price', 70_000],
      ['z(20)', 2],
    ]);
  });

  it('sees a number that is written as a sum, and one on the left', () => {
    expect(levelsOf(rule('rsi(14) < 2*15').condition)[0].value).toBe(30);
    const turned = rule('30 > rsi(14)');
    expect(printExpr(firstExpr(turned), turned)).toBe('rsi(14)');
    expect(levelsOf(turned.condition)[0].value).toBe(30);
  });
});
