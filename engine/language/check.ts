import { lookup } from '../series/catalog.ts';
import type { CatalogEntry, PairEntry } from '../series/catalog-entry.ts';
import { sortArguments } from './arguments.ts';
import type { Condition, Expr, NumberExpr, SeriesExpr, Span } from './ast.ts';
import { didYouMean, fail, quote } from './failure.ts';
import { growthOf, isPriceColumn } from './growth.ts';
import { insideNamed } from './named.ts';
import { nearest } from './nearest.ts';
import { failOfPair, type Pair } from './pair-header.ts';
import type { Readings } from './readings.ts';
import { outerSeries, sharedInterval } from './references.ts';
import { sameExpr } from './same.ts';
import { constantOf } from './scale.ts';
import { type CallSyntax, isConditionSyntax, type NumberSyntax, type Syntax } from './syntax.ts';

/** What holds at a place of the text. */
export interface CheckContext {
  readonly text: string;
  /** What a bare series is of, and the length of its bars in ms. */
  readonly instrument: string;
  readonly interval: number;
  /** The rule's own interval: the price has no other. */
  readonly ruleInterval: number;
  /** Inside a look-back, where the price is the close of a bar. */
  readonly window: boolean;
  /** An `@` stands right behind the series in question. */
  readonly pinned: boolean;
  /** Two symbols whose ratio everything is of that names none. */
  readonly pair: Pair | undefined;
  /** Where the text is typed: how its numbers are read. */
  readonly readings: Readings | undefined;
  /** The condition that a syntax stands for, by itself: check-condition.ts, which is built upon this file. */
  readonly conditionOf: (node: Syntax, context: CheckContext) => Condition;
}

/**
 * The number that a syntax stands for, with everything implied made explicit.
 * @throws UserError where it is none, or an argument does not fit
 */
export function checkExpr(node: Syntax, context: CheckContext): Expr {
  if (isConditionSyntax(node)) return failCondition(node, context);
  switch (node.kind) {
    case 'number':
      return checkNumber(node, context);
    case 'named':
      return insideNamed(node, context, (inner) => checkExpr(node.body, inner));
    case 'symbol':
      return columnSeries('close', { ...context, instrument: node.instrument }, node.span);
    case 'implied':
      return ratioOf(context) ?? columnSeries('price', context, node.span);
    case 'call':
      return checkOwnPrice(node, context) ?? checkCall(node, context);
    case 'at':
      return checkExpr(node.target, { ...context, interval: node.interval, pinned: true });
    case 'lag':
      return checkLag(node.target, node.bars, node.span, context);
    case 'negate':
      return checkNegate(node.target, node.span, context);
    case 'math': {
      const inner = { ...context, pinned: false };
      return { kind: 'math', name: node.name, args: node.args.map((arg) => checkExpr(arg, inner)), span: node.span };
    }
    case 'binary': {
      const inner = { ...context, pinned: false };
      const left = checkExpr(node.left, inner);
      const right = checkExpr(node.right, inner);
      if (node.op === '/' && constantOf(right) === 0) fail('impossible', 'this divides by nought', right.span);
      return { kind: 'binary', op: node.op, left, right, span: node.span };
    }
  }
}

function failCondition(node: Syntax, context: CheckContext): never {
  const written = quote(context.text.slice(...node.span));
  return fail('wrong-type', `${written} is true or false; a number belongs here`, node.span, {
    hint: 'for example rsi(14) > 30 and close > ema(200)',
  });
}

function checkNumber({ value, param, span }: NumberSyntax, context: CheckContext): NumberExpr {
  if (value === undefined) {
    fail('wrong-type', `${quote(context.text.slice(...span))} is a length of time; a number belongs here`, span);
  }
  return { kind: 'number', value, ...(param === undefined ? {} : { param }), span };
}

function checkNegate(target: Syntax, span: Span, context: CheckContext): Expr {
  const expr = checkExpr(target, { ...context, pinned: false });
  if (expr.kind === 'number' && expr.param === undefined) return { ...expr, value: 0 - expr.value, span };
  return expr.kind === 'negate' ? expr.expr : { kind: 'negate', expr, span };
}

function checkLag(target: Syntax, bars: number, span: Span, context: CheckContext): Expr {
  const expr = checkExpr(target, bars === 0 ? context : { ...context, window: true });
  if (outerSeries(expr).length === 0) fail('wrong-type', 'a fixed number has no earlier value', span);
  if (bars === 0) return expr;
  return expr.kind === 'lag' ? { ...expr, bars: expr.bars + bars, span } : { kind: 'lag', expr, bars, span };
}

/** A column of the bar, such as the close that a bare symbol stands for. */
function columnSeries(name: string, context: CheckContext, span: Span): SeriesExpr {
  const isPrice = name === 'price' && !context.window;
  return {
    kind: 'series',
    name: name === 'price' && context.window ? 'close' : name,
    input: undefined,
    params: [],
    field: undefined,
    instrument: context.instrument,
    interval: isPrice ? context.ruleInterval : context.interval,
    span,
  };
}

/** The ratio that a series is of where it names no symbol and two stand in front. */
function ratioOf({ pair, ...context }: CheckContext): Expr | undefined {
  if (pair === undefined) return undefined;
  pair.isUsed = true;
  return checkExpr(pair.syntax, { ...context, pair: undefined, pinned: false });
}

/** The close of a ratio. */
function checkOwnPrice({ entry, instrument, args }: CallSyntax, context: CheckContext): Expr | undefined {
  const isPrice = entry.name === 'close' || entry.name === 'price';
  return isPrice && instrument === undefined && args.length === 0 ? ratioOf(context) : undefined;
}

/** Checks one series: its arguments, its field, and where it is computed. */
export function checkCall(node: CallSyntax, context: CheckContext): SeriesExpr {
  const { entry, span } = node;
  const { params, input, against, instrument } = sortArguments(node, context.text);
  const field = checkField(node, context.text);
  const named = node.instrument ?? instrument;
  const own = named === undefined ? context : { ...context, instrument: named, pair: undefined };
  if (own.pair !== undefined && entry.input !== 'series' && entry.input !== 'pair') failOfPair(entry, span);
  if (entry.input === 'column') return columnSeries(entry.name, own, span);
  const inner = { ...own, window: true, pinned: false };
  const from = entry.input === 'pair' ? checkPair(entry, input, against, inner, span) : {};
  if (entry.input === 'series') {
    from.input = entry.ofCondition ? checkTruth(entry, input, inner, span) : checkInput(entry, input, inner, span);
  }
  const inputs = [from.input, from.against].filter((each) => each !== undefined);
  return {
    kind: 'series',
    name: entry.name,
    input: undefined,
    ...from,
    params,
    field,
    instrument: inputs.length > 0 ? outerSeries(inputs[0])[0].instrument : own.instrument,
    // `sma(close@1h, 20)` is an average of hours, whatever the rule's interval.
    interval: (context.pinned ? undefined : sharedInterval(...inputs)) ?? context.interval,
    span,
  };
}

/** Both series of a pair; the first is the close where only one is given. */
function checkPair(
  entry: PairEntry,
  input: Syntax | undefined,
  against: Syntax | undefined,
  context: CheckContext,
  span: Span,
): { input?: Expr; against?: Expr } {
  const hint = `for example ${entry.example}`;
  if (!against) fail('bad-argument', `${quote(entry.name)} needs another series`, span, { hint });
  const right = checkInput(entry, against, context, span);
  const interval = sharedInterval(right) ?? context.interval;
  const left = checkInput(entry, input, { ...context, interval: input ? context.interval : interval }, span);
  if (sameExpr(left, right)) fail('impossible', `${quote(entry.name)} compares a series with itself`, span, { hint });
  return entry.ofGrowth ? { input: asGrowth(left), against: asGrowth(right) } : { input: left, against: right };
}

/** Two prices that drift seem to go together; what goes together are their moves. */
const asGrowth = (expr: Expr): Expr => (isPriceColumn(expr) ? growthOf(expr) : expr);

function checkInput(entry: CatalogEntry, input: Syntax | undefined, context: CheckContext, span: Span): Expr {
  if (!input) {
    const plain = defaultInput(entry, context.instrument, context.interval, span);
    if (context.pair !== undefined && plain.name !== 'close') failOfPair(lookup(plain.name) ?? entry, span);
    return ratioOf(context) ?? plain;
  }
  const expr = checkExpr(input, context);
  if (outerSeries(expr).length === 0) {
    fail('wrong-type', `${quote(entry.name)} is computed from a series, not from a fixed number`, input.span, {
      hint: `for example ${entry.example}`,
    });
  }
  return expr;
}

function checkTruth(entry: CatalogEntry, input: Syntax | undefined, context: CheckContext, span: Span): Expr {
  if (!input || !isConditionSyntax(input)) {
    const hint = `for example ${entry.example}`;
    fail('wrong-type', `${quote(entry.name)} is computed from a condition`, input?.span ?? span, { hint });
  }
  return { kind: 'truth', condition: context.conditionOf(input, context), span: input.span };
}

/** What a series is computed from where nothing is said: the close, as a rule. */
export function defaultInput(entry: CatalogEntry, instrument: string, interval: number, span: Span): SeriesExpr {
  const name = (entry.input === 'series' ? entry.defaultInput : undefined) ?? 'close';
  return { kind: 'series', name, input: undefined, params: [], field: undefined, instrument, interval, span };
}

function checkField(node: CallSyntax, text: string): string | undefined {
  const { entry, field, span } = node;
  if (entry.fields.length === 0 && field === undefined) return undefined;
  if (field === undefined) return entry.fields[0];
  if (entry.fields.includes(field)) return field;
  const at: Span = [span[1] - field.length, span[1]];
  const message = `${quote(entry.name)} has no field ${quote(field)}`;
  if (entry.fields.length === 0) {
    const hint = lookup(field)?.input === 'series' ? `for the ${field} of it write ${field}(${entry.name})` : undefined;
    fail('unknown-name', message, at, hint === undefined ? {} : { hint });
  }
  const names = nearest(field, entry.fields);
  return fail(
    'unknown-name',
    message,
    at,
    names.length > 0 ? didYouMean(text, at, names) : { hint: `it has ${entry.fields.join(', ')}` },
  );
}
