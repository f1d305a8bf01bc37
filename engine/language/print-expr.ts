import { splitInstrument } from '../market/instrument.ts';
import { formatInterval } from '../market/interval.ts';
import { lookup } from '../series/catalog.ts';
import type {
  BinaryExpr,
  BinaryOp,
  CompareCondition,
  Condition,
  CrossCondition,
  Expr,
  RangeCondition,
  SeriesExpr,
} from './ast.ts';
import { asWritten } from './growth.ts';
import { hasDefaultInput } from './limits.ts';
import { groupedNumber, percentNumber, plainNumber, shortNumber } from './numbers.ts';
import { inputsOf, outerSeries, sharedInterval } from './references.ts';
import { scaleOf } from './scale.ts';

/** Where an expression is printed, and how. */
export interface PrintPlace {
  /** Series of this instrument and interval are printed bare. */
  readonly instrument: string;
  readonly interval: number;
  /** For people: without defaults and venues, symbols for their closes. */
  readonly short: boolean;
  /** Inside an expression of several instruments, where each is called by its symbol. */
  readonly mixed: boolean;
  /** Between the brackets of a function, where a comma divides arguments. */
  readonly bracketed?: boolean;
  /** Names of series that stand in the text with other parameters too: theirs are never left out. */
  readonly spelledOut?: ReadonlySet<string>;
  /** Is told when the place's own instrument was called by its symbol. */
  readonly onOwnSymbol?: () => void;
}

const LEVELS: Readonly<Record<BinaryOp, number>> = { '+': 5, '-': 5, '*': 6, '/': 6, '^': 8 };
const NEGATE = 7;
const ATOM = 9;

function levelOf(expr: Expr): number {
  if (expr.kind === 'binary') return LEVELS[expr.op];
  if (expr.kind === 'negate' || (expr.kind === 'number' && expr.value < 0 && !expr.param)) return NEGATE;
  return ATOM;
}

/** The text of `expr`, in brackets where it binds less tightly than `least`. */
function wrapped(expr: Expr, least: number, place: PrintPlace): string {
  const text = exprText(expr, place);
  return levelOf(expr) < least ? `(${text})` : text;
}

/** An expression as text. */
export function exprText(expr: Expr, place: PrintPlace): string {
  switch (expr.kind) {
    case 'number':
      if (expr.param !== undefined) return expr.param;
      return place.short ? shortNumber(expr.value) : plainNumber(expr.value);
    case 'duration':
      return formatInterval(expr.ms);
    case 'truth':
      return conditionText(expr.condition, { ...place, bracketed: true });
    case 'series':
      return seriesText(expr, place);
    case 'lag':
      return `${wrapped(expr.expr, ATOM, place)}[${expr.bars}]`;
    case 'negate':
      return `-${wrapped(expr.expr, NEGATE, place)}`;
    case 'math':
      return `${expr.name}(${expr.args.map((arg) => exprText(arg, place)).join(', ')})`;
    case 'binary':
      return binaryText(expr, place);
  }
}

const isMixed = (...exprs: readonly Expr[]): boolean => {
  const [first, ...others] = exprs.flatMap(outerSeries);
  return others.some((series) => series.instrument !== first.instrument);
};

function binaryText(expr: BinaryExpr, outer: PrintPlace): string {
  const place = { ...outer, mixed: outer.mixed || isMixed(expr) };
  const level = LEVELS[expr.op];
  const power = expr.op === '^';
  const left = wrapped(expr.left, power ? ATOM : level, place);
  const right = wrapped(expr.right, power ? NEGATE : level + 1, place);
  const tight = place.short && level > LEVELS['+'];
  return tight ? `${left}${expr.op}${right}` : `${left} ${expr.op} ${right}`;
}

/** `binance:ethusdt.`, `ethusdt.`, or nothing at home. */
function symbolText(instrument: string, place: PrintPlace): string {
  if (!place.short) return instrument;
  const [venue, symbol] = splitInstrument(instrument);
  return venue === splitInstrument(place.instrument)[0] ? symbol : instrument;
}

function seriesText(series: SeriesExpr, place: PrintPlace): string {
  const plainInput = hasDefaultInput(series);
  const foreign = series.instrument !== place.instrument;
  // Where its input is of several instruments, they are named there: the first of them is the series' own.
  const inputs = plainInput ? [] : inputsOf(series);
  const prefixed = foreign && !isMixed(...inputs);
  if (place.short && series.name === 'close' && (foreign || place.mixed)) {
    if (!foreign) place.onOwnSymbol?.();
    return symbolText(series.instrument, place) + suffixText(series, place, plainInput);
  }
  const inner: PrintPlace = {
    ...place,
    instrument: prefixed ? series.instrument : place.instrument,
    interval: series.interval,
    mixed: isMixed(...inputs),
  };
  const args = [...inputs.map((input) => exprText(asWritten(series, input), inner)), ...paramTexts(series, place)];
  const prefix = prefixed ? `${symbolText(series.instrument, place)}.` : '';
  const call = args.length > 0 ? `(${args.join(', ')})` : '';
  return `${prefix}${series.name}${call}${fieldText(series, place)}${suffixText(series, place, plainInput)}`;
}

function hasDefaultParams(series: SeriesExpr): boolean {
  const defaults = lookup(series.name)?.params ?? [];
  return series.params.every((param, index) => param.kind === 'number' && param.value === defaults[index]?.default);
}

/** The series that need their parameters said: `ema(20) crosses ema(50)`. */
export function spelledOut(series: readonly SeriesExpr[]): ReadonlySet<string> {
  return new Set(series.filter((each) => !hasDefaultParams(each)).map((each) => each.name));
}

function paramTexts(series: SeriesExpr, place: PrintPlace): readonly string[] {
  const silent = place.short && !place.spelledOut?.has(series.name) && hasDefaultParams(series);
  return silent ? [] : series.params.map((param) => exprText(param, { ...place, short: false }));
}

function fieldText(series: SeriesExpr, place: PrintPlace): string {
  const { field } = series;
  if (field === undefined || (place.short && field === lookup(series.name)?.fields[0])) return '';
  return `.${field}`;
}

/** `@1h` where that is not what would be understood without; the price has none. */
function suffixText(series: SeriesExpr, place: PrintPlace, plainInput: boolean): string {
  if (series.name === 'price') return '';
  const implied = plainInput ? undefined : sharedInterval(...inputsOf(series));
  const understood = series.interval === place.interval && (implied ?? series.interval) === series.interval;
  return understood ? '' : `@${formatInterval(series.interval)}`;
}

/** A condition as text. */
export function conditionText(condition: Condition, place: PrintPlace): string {
  switch (condition.kind) {
    case 'compare':
      return `${leftText(condition.left, place)} ${condition.op} ${limitText(condition, place)}`;
    case 'cross': {
      const word = condition.direction === 'either' ? 'crosses' : `crosses ${condition.direction}`;
      return `${leftText(condition.left, place)} ${word} ${limitText(condition, place)}`;
    }
    case 'range':
      return rangeText(condition, place);
    case 'not': {
      const text = conditionText(condition.item, place);
      return condition.item.kind === 'and' || condition.item.kind === 'or' ? `not (${text})` : `not ${text}`;
    }
    case 'and':
    case 'or': {
      const items = condition.items.map((item) => {
        const text = conditionText(item, place);
        return item.kind === 'or' ? `(${text})` : text;
      });
      return items.join(` ${condition.kind} `);
    }
  }
}

/** A sign at the beginning is put in brackets: behind an interval it would be taken for a minus. */
function leftText(expr: Expr, place: PrintPlace): string {
  const text = exprText(expr, place);
  return text.startsWith('-') ? `(${text})` : text;
}

/** What a comparison is with: fractions are percentages. */
export function limitText(condition: CompareCondition | CrossCondition, place: PrintPlace): string {
  const { left, right } = condition;
  if (right.kind !== 'number' || right.param !== undefined) return exprText(right, place);
  if (scaleOf(left) === 'fraction') return percentNumber(right.value);
  if (!place.short) return plainNumber(right.value);
  return place.bracketed ? shortNumber(right.value) : groupedNumber(right.value);
}

function rangeText(condition: RangeCondition, place: PrintPlace): string {
  const percent = scaleOf(condition.expr) === 'fraction';
  const [low, high] = [condition.low, condition.high].map((bound) => {
    if (bound.kind !== 'number' || bound.param !== undefined) return exprText(bound, place);
    if (percent) return percentNumber(bound.value);
    return place.short ? shortNumber(bound.value) : plainNumber(bound.value);
  });
  return `${leftText(condition.expr, place)} ${condition.how} [${low}, ${high}]`;
}
