import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition, Expr, Modes, NumberExpr, RuleText, SeriesExpr, Span } from './ast.ts';
import { parseExpression, parseRule } from './parse.ts';
import { describeRule, printExpr, printRule } from './print.ts';
import { instrumentsOf, outerSeries, sharedInterval } from './references.ts';
import { sameExpr, sameRule } from './same.ts';
import { TEST_NOW, testScope } from './test-scope.ts';

const AT: Span = [0, 0];
const INSTRUMENTS = [
  'binance:btcusdt',
  'binance:ethusdt',
  'kraken:btcusdt',
  'binance-usdm:1inchusdt',
  'ccxt:kraken:ethbtc',
  'binance:btcusdt.p',
];
const INTERVALS = [1_000, 60_000, 300_000, 5_400_000, 86_400_000];
const instrument = fc.constantFrom(...INSTRUMENTS);
const interval = fc.constantFrom(...INTERVALS);

const number = (value: number): NumberExpr => ({ kind: 'number', value, span: AT });
// Not nought, so that nothing is divided by it; 0.1 to 99 suits every scale, as a bare number or a percentage.
const constant = fc.oneof(fc.integer({ min: 1, max: 99 }), fc.double({ min: 0.1, max: 99, noNaN: true })).map(number);
const anyConstant = fc
  .oneof(constant, fc.constantFrom(-5, -0.25, 1e-9, 1.5e17, 70_000, 1 / 3).map(number))
  .map((expr): Expr => expr);

interface Place {
  readonly interval: number;
  readonly window: boolean;
}

const plain = (name: string, over: Partial<SeriesExpr>): SeriesExpr => ({
  kind: 'series',
  name,
  input: undefined,
  params: [],
  field: undefined,
  instrument: INSTRUMENTS[0],
  interval: INTERVALS[0],
  span: AT,
  ...over,
});

const column = (place: Place): fc.Arbitrary<SeriesExpr> => {
  const names = ['open', 'high', 'low', 'close', 'volume', 'trades'];
  const other = fc
    .record({ name: fc.constantFrom(...names), instrument, interval })
    .map((each) => plain(each.name, each));
  // The price has the rule's interval, and inside a look-back it is the close.
  const price = instrument.map((each) => plain('price', { instrument: each, interval: place.interval }));
  return place.window ? other : fc.oneof(other, price);
};

interface Shape {
  readonly name: string;
  readonly params: readonly (NumberExpr | { kind: 'duration'; ms: number; span: Span })[];
  readonly field?: string;
}

const bars = fc.integer({ min: 2, max: 40 }).map(number);
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({
    name: fc.constantFrom('sma', 'ema', 'mean', 'rsi', 'z', 'std', 'highest', 'lowest'),
    params: fc.tuple(bars),
  }),
  fc.record({
    name: fc.constant('bb'),
    params: fc.tuple(bars, fc.constantFrom(2, 2.5, 0.75).map(number)),
    field: fc.constantFrom('middle', 'upper', 'lower', 'width', 'percent'),
  }),
  fc.record({
    name: fc.constant('macd'),
    params: fc.tuple(bars, bars, bars),
    field: fc.constantFrom('macd', 'signal', 'histogram'),
  }),
  fc.record({
    name: fc.constant('change'),
    params: fc.tuple(
      fc.oneof(
        fc.integer({ min: 1, max: 40 }).map(number),
        fc
          .constantFrom(1, 90, 3600, 5400, 7 * 86_400, 28 * 86_400)
          .map((seconds) => ({ kind: 'duration' as const, ms: seconds * 1000, span: AT })),
      ),
    ),
  }),
);

const DEFAULT_INPUTS: Readonly<Record<string, string>> = { highest: 'high', lowest: 'low' };

/** Of prices, corr and beta are about their growth. */
const grown = (expr: Expr): Expr =>
  expr.kind === 'series' && ['open', 'high', 'low', 'close'].includes(expr.name)
    ? plain('change', { ...expr, name: 'change', input: expr, params: [number(1)] })
    : expr;

const pair = (depth: number, place: Place): fc.Arbitrary<SeriesExpr> => {
  const side = depth > 0 ? changing(depth - 1, place) : column(place);
  return fc
    .record({
      made: fc.constantFrom(['corr'], ['beta'], ['spread'], ['ols', 'hedge'], ['ols', 'z'], ['ols', 'r2']),
      length: fc.integer({ min: 3, max: 40 }).map(number),
      y: side,
      x: side,
      interval,
    })
    .filter(({ y, x }) => !sameExpr(y, x))
    .map(({ made: [name, field], length, y, x, interval: ms }) => {
      const [input, against] = ['corr', 'beta'].includes(name) ? [grown(y), grown(x)] : [y, x];
      const { instrument: own } = outerSeries(input)[0];
      return plain(name, { params: [length], field, input, against, instrument: own, interval: ms });
    });
};

/** Bars since a comparison, or several, was true. */
const since = (depth: number, place: Place): fc.Arbitrary<SeriesExpr> => {
  const compare = fc
    .record({
      op: fc.constantFrom('>' as const, '<=' as const),
      left: depth > 0 ? changing(depth - 1, place) : column(place),
      right: constant,
    })
    .map((each): Condition => ({ kind: 'compare', ...each, span: AT }));
  const joined = fc
    .record({ kind: fc.constantFrom('and' as const, 'or' as const), items: fc.tuple(compare, compare) })
    .map((each): Condition => ({ ...each, span: AT }));
  const not = joined.map((item): Condition => ({ kind: 'not', item, span: AT }));
  return fc.record({ condition: fc.oneof(compare, joined, not), interval }).map(({ condition, interval: ms }) => {
    const input: Expr = { kind: 'truth', condition, span: AT };
    return plain('barssince', { input, instrument: outerSeries(input)[0].instrument, interval: ms });
  });
};

function series(depth: number, place: Place): fc.Arbitrary<SeriesExpr> {
  const atr = fc.record({ instrument, interval, params: fc.tuple(bars) }).map((each) => plain('atr', each));
  const made = fc.tuple(instrument, interval).chain(([own, ms]) =>
    fc
      .tuple(
        shape,
        depth > 0
          ? fc.option(changing(depth - 1, { ...place, window: true }), { nil: undefined })
          : fc.constant(undefined),
      )
      .map(([each, input]) => {
        const from = input ?? plain(DEFAULT_INPUTS[each.name] ?? 'close', { instrument: own, interval: ms });
        return plain(each.name, {
          params: each.params,
          field: each.field,
          input: from,
          instrument: outerSeries(from)[0].instrument,
          interval: ms,
        });
      }),
  );
  return fc.oneof(
    { weight: 2, arbitrary: column(place) },
    { weight: 1, arbitrary: atr },
    { weight: 1, arbitrary: since(depth, { ...place, window: true }) },
    { weight: 1, arbitrary: pair(depth, { ...place, window: true }) },
    { weight: 3, arbitrary: made },
  );
}

/** An expression that is no fixed number. */
function changing(depth: number, place: Place): fc.Arbitrary<Expr> {
  if (depth <= 0) return series(0, place);
  const inner = changing(depth - 1, place);
  const lag = fc
    .record({ expr: changing(depth - 1, { ...place, window: true }), bars: fc.integer({ min: 1, max: 9 }) })
    .filter(({ expr }) => expr.kind !== 'lag')
    .map((each): Expr => ({ kind: 'lag', ...each, span: AT }));
  const negate = inner
    .filter((expr) => expr.kind !== 'negate')
    .map((expr): Expr => ({ kind: 'negate', expr, span: AT }));
  const binary = fc
    .record({
      op: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const, '^' as const),
      a: inner,
      b: fc.oneof(inner, anyConstant),
      swap: fc.boolean(),
    })
    .map(({ op, a, b, swap }): Expr => ({ kind: 'binary', op, left: swap ? b : a, right: swap ? a : b, span: AT }));
  const math = fc.oneof(
    fc.record({ name: fc.constantFrom('abs' as const, 'log' as const, 'sqrt' as const), args: fc.tuple(inner) }),
    fc.record({
      name: fc.constantFrom('min' as const, 'max' as const),
      args: fc.tuple(inner, fc.oneof(inner, anyConstant)),
    }),
  );
  return fc.oneof(
    { weight: 4, arbitrary: series(depth, place) },
    { weight: 2, arbitrary: binary },
    {
      weight: 1,
      arbitrary: fc.oneof(
        lag,
        negate,
        math.map((each): Expr => ({ kind: 'math', ...each, span: AT })),
      ),
    },
  );
}

function comparison(place: Place): fc.Arbitrary<Condition> {
  const side = changing(2, place);
  const limit = fc.oneof(constant, side);
  const compare = fc.record({
    op: fc.constantFrom('>' as const, '<' as const, '>=' as const, '<=' as const),
    left: side,
    right: limit,
  });
  const cross = fc.record({
    direction: fc.constantFrom('above' as const, 'below' as const, 'either' as const),
    left: side,
    right: limit,
  });
  const range = fc
    .record({
      how: fc.constantFrom('enters' as const, 'leaves' as const, 'inside' as const, 'outside' as const),
      expr: side,
      low: limit,
      high: limit,
    })
    .filter(
      ({ low, high }) =>
        !sameExpr(low, high) && !(low.kind === 'number' && high.kind === 'number' && low.value > high.value),
    );
  const differing = <T extends { left: Expr; right: Expr }>(each: T) => !sameExpr(each.left, each.right);
  return fc.oneof(
    {
      weight: 3,
      arbitrary: compare.filter(differing).map((each): Condition => ({ kind: 'compare', ...each, span: AT })),
    },
    { weight: 1, arbitrary: cross.filter(differing).map((each): Condition => ({ kind: 'cross', ...each, span: AT })) },
    { weight: 1, arbitrary: range.map((each): Condition => ({ kind: 'range', ...each, span: AT })) },
  );
}

function condition(depth: number, place: Place): fc.Arbitrary<Condition> {
  if (depth === 0) return comparison(place);
  const inner = condition(depth - 1, place);
  const joined = fc
    .record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      items: fc.array(inner, { minLength: 2, maxLength: 3 }),
    })
    .filter(({ kind, items }) => items.every((item) => item.kind !== kind))
    .map((each): Condition => ({ ...each, span: AT }));
  const not = inner.filter((item) => item.kind !== 'not').map((item): Condition => ({ kind: 'not', item, span: AT }));
  return fc.oneof(
    { weight: 3, arbitrary: comparison(place) },
    { weight: 2, arbitrary: joined },
    { weight: 1, arbitrary: not },
  );
}

const length = fc.integer({ min: 1, max: 366 * 86_400 }).map((seconds) => seconds * 1000);
const message = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replace(/[{}]/g, '')),
  fc.constantFrom('{symbol} is at {price}, "so" \\ {rsi@1h}\n{kraken:ethusdt.macd(12, 26, 9).signal}', ''),
);

const modes = (place: Place): fc.Arbitrary<Modes> =>
  fc
    .record({
      once: fc.boolean(),
      every: fc.option(length, { nil: undefined }),
      onClose: fc.boolean(),
      hold: fc.option(length, { nil: undefined }),
      rearm: fc.option(comparison(place), { nil: undefined }),
      gate: fc.option(comparison(place), { nil: undefined }),
      until: fc.option(fc.integer({ min: TEST_NOW + 1, max: TEST_NOW * 10 }), { nil: undefined }),
      late: fc.option(length, { nil: undefined }),
      silent: fc.boolean(),
      message: fc.option(message, { nil: undefined }),
    })
    .map((each) => (each.once ? { ...each, every: undefined, rearm: undefined } : each))
    .filter(
      (each) => each.once || each.onClose || [each.every, each.hold, each.rearm].some((part) => part !== undefined),
    );

const rule: fc.Arbitrary<RuleText> = fc.tuple(instrument, interval).chain(([own, ms]) => {
  const place = { interval: ms, window: false };
  return fc.record({
    instrument: fc.constant(own),
    interval: fc.constant(ms),
    condition: condition(2, place),
    modes: modes(place),
  });
});

const isTooBig = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'too-big';

/** What `read` gives, or nothing where it is above the limits: that is no matter of printing. */
function within<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isTooBig(error)) return undefined;
    throw error;
  }
}

const RUNS = Number(globalThis.process?.env.PROPERTY_RUNS ?? 400);

describe('printing', () => {
  it('gives a text from which the same rule is parsed', () => {
    let read = 0;
    fc.assert(
      fc.property(rule, (each) => {
        const text = printRule(each);
        const again = within(() => parseRule(text, testScope({ interval: 7_000, instrument: 'sim:other' })));
        if (!again) return;
        read++;
        if (!sameRule(again, each)) expect(again, text).toEqual(each);
        expect(printRule(again)).toBe(text);
        expect(describeRule(again)).toBe(describeRule(each));
      }),
      { numRuns: RUNS },
    );
    expect(read).toBeGreaterThan(RUNS / 2);
  });

  it('gives a text from which the same expression is parsed, in a context and without', () => {
    let read = 0;
    fc.assert(
      fc.property(
        instrument,
        interval,
        fc.nat(3).chain((depth) => changing(depth, { interval: 60_000, window: false })),
        (own, ms, expr) => {
          const bare = printExpr(expr);
          const again = within(() => parseExpression(bare, testScope({ interval: 60_000 })));
          if (!again) return;
          read++;
          if (!sameExpr(again, expr)) expect(again, bare).toEqual(expr);
          // The price's interval is the rule's and is not printed.
          const context = { instrument: own, interval: ms };
          const scope = testScope(context);
          const home = parseExpression(printExpr(expr, context), { ...scope, resolve: scope.resolve });
          expect(printExpr(home)).toBe(bare);
        },
      ),
      { numRuns: RUNS },
    );
    expect(read).toBeGreaterThan(RUNS / 2);
  });

  it('names every instrument that is needed', () => {
    fc.assert(
      fc.property(rule, (each) => {
        const text = printRule(each).replace(/".*"/s, '');
        for (const needed of instrumentsOf(each)) expect(text).toContain(needed);
      }),
      { numRuns: 200 },
    );
  });

  it('finds the interval that series share', () => {
    const hourly = plain('close', { interval: 3_600_000 });
    const both = (right: Expr): Expr => ({ kind: 'binary', op: '+', left: hourly, right, span: AT });
    expect(sharedInterval(both(number(1)))).toBe(3_600_000);
    expect(sharedInterval(both(plain('close', { interval: 60_000 })))).toBeUndefined();
    expect(sharedInterval(number(1))).toBeUndefined();
  });
});
