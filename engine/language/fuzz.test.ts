import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { markError } from './error-message.ts';
import { parseExpression, parseExpressions, parseRule, parseTarget } from './parse.ts';
import { printExpr, printRule } from './print.ts';
import { sameExpr, sameRule } from './same.ts';
import { testScope } from './test-scope.ts';

const RULES = [
  'btcusdt 5m rsi(14)@1h < 30 and rsi(14) crosses above 30 every 15m',
  'z(btcusdt/ethusdt, 60) > 2 for 3m every 30m silent',
  'btc price leaves [60k, 70k] until 2026-12-31 18:00 "{symbol} left: {rsi(14)}"',
  'binance:ethusdt macd(12, 26, 9).histogram[1] * -2 ^ 3 > max(open, bb(k=2.5).upper) rearm z < 1.5',
  'eth rsi > 70 late within 90m',
  'not (sol +5% 1h or falls 3% in 30m) on close for the next 7d',
];

const WORDS = [
  ...RULES.flatMap((rule) => rule.split(/(?<=[^\w])|(?=[^\w])/)),
  ...[
    '5m',
    '1h',
    '70,000',
    '5%',
    '1e9',
    '>=',
    '≤',
    '&&',
    '!',
    '"',
    '“',
    '{',
    '}',
    '\\',
    '=',
    '@',
    '.',
    ':',
    'in',
    'is',
    'the',
    'next',
    'by',
    '(14)',
    'btcusdt(14)',
    '14',
    '$',
    'below',
    'min',
    'drops',
    'between',
    'when',
  ],
];

const soup = fc
  .array(fc.constantFrom(...WORDS), { maxLength: 30 })
  .chain((words) => fc.constantFrom(' ', '').map((glue) => words.join(glue)));

const mutated = fc
  .tuple(
    fc.constantFrom(...RULES),
    fc.array(fc.tuple(fc.nat(100), fc.nat(3), fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 2 }))), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([rule, edits]) =>
    edits.reduce((text, [at, drop, put]) => text.slice(0, at) + put + text.slice(at + drop), rule),
  );

const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ maxLength: 80 }), soup, mutated);

const RUNS = Number(globalThis.process?.env.PROPERTY_RUNS ?? 3000);

/** The result, or undefined where it was refused as it may be. */
function attempt<T>(text: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [start, end] = error.span ?? [-1, -1];
    expect(start, text).toBeGreaterThanOrEqual(0);
    expect(end, text).toBeGreaterThanOrEqual(start);
    expect(end, text).toBeLessThanOrEqual(text.length);
    expect(error.message, text).not.toBe('');
    expect(markError(text, error).split('\n')).toHaveLength(2);
    for (const offer of error.suggestions) expect(offer, text).not.toBe(text);
    return undefined;
  }
}

describe('any text at all', () => {
  const scope = testScope({ instrument: 'binance:btcusdt' });

  it('is a rule that prints and reads back, or is refused with a place in it', () => {
    let read = 0;
    fc.assert(
      fc.property(anything, (text) => {
        const rule = attempt(text, () => parseRule(text, scope));
        if (!rule) return;
        read++;
        const printed = printRule(rule);
        expect(sameRule(parseRule(printed, testScope()), rule), `${text} -> ${printed}`).toBe(true);
      }),
      { numRuns: RUNS },
    );
    expect(read).toBeGreaterThan(0);
  });

  it('is an expression that prints and reads back, or is refused with a place in it', () => {
    fc.assert(
      fc.property(anything, (text) => {
        attempt(text, () => parseTarget(text, scope));
        attempt(text, () => parseExpressions(text, scope));
        const expr = attempt(text, () => parseExpression(text, scope));
        if (!expr) return;
        const printed = printExpr(expr);
        // An interval at the head is the price's too, and the price prints without one.
        if (printed.includes('.price')) return;
        expect(sameExpr(parseExpression(printed, scope), expr), `${text} -> ${printed}`).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
