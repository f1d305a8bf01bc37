import { parseInterval } from '../market/interval.ts';
import type { Condition, Span } from './ast.ts';
import { type CheckContext, checkExpr } from './check.ts';
import { checkCondition } from './check-condition.ts';
import { accept, type Cursor, createCursor, endOf, nameToken, next, peek } from './cursor.ts';
import { contextOf } from './expression.ts';
import { corrected, fail, quote } from './failure.ts';
import { checkLimits } from './limits.ts';
import { nearest } from './nearest.ts';
import { withGoodOffers } from './offers.ts';
import { refuseDoubts } from './readings.ts';
import { constantOf, scaleOf } from './scale.ts';
import type { ParamValue, Scope } from './scope.ts';
import { OWN, type PositionSide, type StrategyLevel, type StrategyText } from './strategy-ast.ts';
import { isClause, readClauses, type StrategySyntax } from './strategy-clauses.ts';
import { refuseSenseless } from './strategy-sense.ts';
import { findSymbol } from './symbol-reader.ts';
import { isConditionSyntax, type Syntax } from './syntax.ts';
import { failSymbol } from './unknown.ts';

/** Instruments of one strategy. */
export const MOST_INSTRUMENTS = 20;
const HEAD = /^\s*([\p{L}\p{N}_-]+)\s+on\s/iu;
const NAME = /^[a-z][a-z0-9_-]{0,31}$/;
const EXAMPLE = 'cross on btcusdt 1h long when ema(12) crosses above ema(26) exit when ema(12) < ema(26)';

/** What is known of a strategy beside its text. */
export interface StrategyOptions {
  /** What its parameters are instead of what the text gives them. */
  readonly values?: ReadonlyMap<string, number>;
  /** Of a text without a head: what it is looked at for. The scope's interval is its own. */
  readonly instruments?: readonly string[];
}

/**
 * A strategy as one types it: `NAME on SYMBOLS INTERVAL long when … exit when … stop 2*atr(14) target 3*atr(14) size 10%`.
 * With `instruments` it may begin with the first clause.
 *
 * @throws UserError with the place in `text`, and nothing else: also for one that can never enter, or never gets out
 */
export function parseStrategy(text: string, scope: Scope, options: StrategyOptions = {}): StrategyText {
  return withGoodOffers(text, (each) => readStrategy(each, scope, options));
}

function readStrategy(text: string, outer: Scope, { values, instruments: given }: StrategyOptions): StrategyText {
  const params = new Map<string, ParamValue>();
  const scope: Scope = { ...outer, params };
  const head = HEAD.exec(text);
  if (head === null && given === undefined) failHead(text);
  const cursor = createCursor(text, scope, head?.[0].length ?? 0);
  const name =
    head === null
      ? ''
      : checkStrategyName(head[1]!, [text.indexOf(head[1]!), text.indexOf(head[1]!) + head[1]!.length]);
  const instruments = head === null ? (given ?? []) : readSymbols(cursor);
  const interval = (head === null ? undefined : readInterval(cursor)) ?? scope.interval;
  const known = values ?? new Map<string, number>();
  const syntax = readClauses(cursor, params, known);
  for (const each of known.keys()) {
    if (!params.has(each)) failParam(each, [...params.keys()], [0, text.length]);
  }
  for (const instrument of instruments) checkFor(instrument, syntax, cursor, interval);
  const place = { cursor, instruments, interval };
  const strategy = { name, instruments, interval, params: syntax.params, ...checkGeneric(syntax, place) };
  refuseSenseless(strategy, syntax, text);
  return strategy;
}

/** Refuses a parameter that a strategy does not have. @param known those that it has */
export function failParam(name: string, known: readonly string[], span: Span): never {
  const [near] = nearest(name, known);
  const hint =
    near !== undefined
      ? `did you mean ${near}?`
      : known.length > 0
        ? `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`
        : 'this strategy has none';
  return fail('unknown-name', `there is no parameter ${quote(name)}`, span, { hint });
}

function failHead(text: string): never {
  const end = text.trimEnd().length;
  return fail('unexpected', 'a strategy begins with its name and `on`', [0, Math.min(end, 20)], {
    hint: `for example ${EXAMPLE}`,
  });
}

/**
 * A strategy's name as it is stored: lower case.
 * @param span where it stands in the text
 * @throws UserError where it is none
 */
export function checkStrategyName(written: string, span: Span): string {
  const name = written.toLowerCase();
  if (NAME.test(name)) return name;
  return fail(
    'bad-name',
    'a name is made of the letters a to z, digits, _ and -, begins with a letter, and has 32 at most',
    span,
    {
      hint: 'for example my-cross2',
    },
  );
}

function readSymbols(cursor: Cursor): readonly string[] {
  const found: string[] = [];
  for (let more = true; more; ) {
    const token = peek(cursor);
    const isOver = token.kind === 'number' || (token.kind === 'word' && isClause(token.text));
    if (found.length > 0 && (isOver || token.kind === 'end')) break;
    if (token.kind === 'end') fail('no-symbol', 'which symbols?', token.span, { hint: `for example ${EXAMPLE}` });
    const symbol = isOver && token.kind === 'number' ? undefined : findSymbol(cursor);
    if (symbol === undefined) return failSymbol(cursor);
    cursor.at += symbol.length;
    if (!found.includes(symbol.instrument)) found.push(symbol.instrument);
    more = accept(cursor, 'op', ',') || peek(cursor).kind !== 'end';
  }
  if (found.length > MOST_INSTRUMENTS) {
    fail('too-big', `these are ${found.length} symbols, the limit is ${MOST_INSTRUMENTS}`, [0, endOf(cursor)]);
  }
  return found;
}

function readInterval(cursor: Cursor): number | undefined {
  const token = peek(cursor);
  if (token.kind !== 'number') return undefined;
  const interval = token.percent ? undefined : parseInterval(token.text);
  if (interval === undefined) {
    fail('bad-duration', `${nameToken(cursor, token)} is no interval`, token.span, {
      hint: 'the longest is 7d, for example 5m, 1h or 1d',
    });
  }
  next(cursor);
  return interval;
}

/** What a strategy is for one of its instruments may make no sense where it does for another: `close > ethusdt` on ethusdt. */
function checkFor(instrument: string, syntax: StrategySyntax, cursor: Cursor, interval: number): void {
  const context = contextOf(cursor, { instrument, interval }, []);
  checkClauses(syntax, context);
  refuseDoubts(cursor.text, context.readings?.doubts ?? []);
}

interface Place {
  readonly cursor: Cursor;
  readonly instruments: readonly string[];
  readonly interval: number;
}

/** For no instrument in particular; levels of prices are read as they are meant for the first. */
function checkGeneric(syntax: StrategySyntax, { cursor, instruments, interval }: Place) {
  const { typed } = cursor.scope;
  const price = (instrument: string): number | undefined =>
    typed?.price(instrument === OWN ? instruments[0]! : instrument);
  const scope = typed === undefined ? cursor.scope : { ...cursor.scope, typed: { price } };
  const context = contextOf({ ...cursor, scope }, { instrument: OWN, interval }, []);
  return checkClauses(syntax, context);
}

type Checked = Omit<StrategyText, 'name' | 'instruments' | 'interval' | 'params'>;

function checkClauses(syntax: StrategySyntax, context: CheckContext): Checked {
  const { expire, size, fee, slippage } = syntax;
  return {
    long: checkSide(syntax, 'long', context),
    short: checkSide(syntax, 'short', context),
    stop: checkLevel(syntax.stop, 'stop', context),
    target: checkLevel(syntax.target, 'target', context),
    expire,
    size,
    fee,
    slippage,
  };
}

function checkSide(syntax: StrategySyntax, side: PositionSide, context: CheckContext): StrategyText['long'] {
  const enter = syntax[side];
  if (enter === undefined) return undefined;
  const exit = side === 'long' ? syntax.exitLong : syntax.exitShort;
  return {
    enter: checkWhen(enter.syntax, context),
    exit: exit && checkWhen(exit.syntax, context),
  };
}

function checkWhen(syntax: Syntax, context: CheckContext): Condition {
  const condition = checkCondition(syntax, context, { expr: undefined });
  checkLimits([condition], syntax.span);
  return condition;
}

function checkLevel(
  clause: StrategySyntax['stop'],
  name: 'stop' | 'target',
  context: CheckContext,
): StrategyLevel | undefined {
  if (clause === undefined) return undefined;
  const { syntax, isLevel, span } = clause;
  const { text } = context;
  const written = text.slice(...syntax.span);
  const hint = `for example ${name} 2*atr(14), ${name} 3% or ${name} at bb(20, 2).middle`;
  if (isConditionSyntax(syntax))
    fail('wrong-type', `${quote(written)} is true or false; a distance belongs here`, syntax.span, { hint });
  const expr = checkExpr(syntax, context);
  checkLimits([expr], syntax.span);
  const value = constantOf(expr);
  const isShare = !isLevel && syntax.kind === 'number' && syntax.percent;
  if (value !== undefined && !(value > 0 && (!isShare || value < 1))) {
    fail(
      'impossible',
      `a ${name} lies ${isShare ? 'between 0% and 100%' : 'above 0'}, not at ${quote(written)}`,
      syntax.span,
      { hint },
    );
  }
  const scale = scaleOf(expr);
  if (!isLevel && scale === 'price') {
    fail('wrong-type', `${quote(written)} is a price and no distance`, syntax.span, {
      hint: `write ${name} at ${written}`,
      suggestions: [corrected(text, [syntax.span[0], syntax.span[0]], 'at ')],
    });
  }
  if (scale !== undefined && scale !== 'price' && scale !== 'own') {
    fail('wrong-type', `${quote(written)} is neither a price nor a distance`, syntax.span, { hint });
  }
  return { how: isLevel ? 'level' : isShare ? 'share' : 'distance', expr, span };
}
