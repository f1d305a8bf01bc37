import type { BinaryOp, Condition, Expr, SeriesExpr } from '../language/ast.ts';
import { factKeysOf } from '../market/facts.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../market/interval.ts';
import { type Anchor, anchorOf } from './anchor.ts';
import { applyBinary, applyMath, type CombineOp } from './arithmetic.ts';
import { entryOf } from './catalog.ts';
import type { BarsEntry, ColumnEntry, PairEntry, SeriesEntry } from './catalog-entry.ts';

/**
 * What has to be computed for an expression: a tree without names, with a key that is equal where the meaning is equal. Both
 * the live graph and the computation over stored bars are made from it, so that they cannot differ.
 */
export type Plan = ConstantPlan | ColumnPlan | FactPlan | KernelPlan | LagPlan | CombinePlan | SamplePlan;

export interface ConstantPlan {
  readonly kind: 'constant';
  readonly key: string;
  readonly value: number;
}

interface PlanBase {
  readonly key: string;
  /** In ms: when its values close. */
  readonly interval: number;
  /** Every instrument that takes part, the leading one first. */
  readonly instruments: readonly string[];
  /** Keys of every fact that takes part. */
  readonly facts: readonly string[];
  /** Inputs of this step, the deepest chain of them, until the value has settled: how many bars of history it wants. */
  readonly bars: number;
}

export interface ColumnPlan extends PlanBase {
  readonly kind: 'column';
  readonly instrument: string;
  readonly column: Exclude<ColumnEntry['column'], 'price' | 'sold' | 'delta'>;
}

/** A fact as it was known at the closes of an instrument's bars. */
export interface FactPlan extends PlanBase {
  readonly kind: 'fact';
  readonly name: string;
  /** Whose bars say when it closes. */
  readonly instrument: string;
}

export interface KernelPlan extends PlanBase {
  readonly kind: 'kernel';
  /** The key without the field: all fields share one computation. */
  readonly base: string;
  readonly entry: SeriesEntry | BarsEntry | PairEntry;
  readonly params: readonly number[];
  /** Undefined for an entry that takes whole bars. */
  readonly input: VaryingPlan | undefined;
  /** The second input of an entry that takes two. */
  readonly against: VaryingPlan | undefined;
  readonly instrument: string;
  /** When it is begun anew; undefined where it never is. */
  readonly anchor: Anchor | undefined;
  /** Which of the entry's fields. */
  readonly field: number;
}

export interface LagPlan extends PlanBase {
  readonly kind: 'lag';
  readonly input: VaryingPlan;
  readonly lag: number;
}

export interface CombinePlan extends PlanBase {
  readonly kind: 'combine';
  readonly op: CombineOp;
  readonly parts: readonly Plan[];
}

/** A series of another interval as it was known at the closes of this one: never the future. */
export interface SamplePlan extends PlanBase {
  readonly kind: 'sample';
  readonly input: VaryingPlan;
}

export type VaryingPlan = Exclude<Plan, ConstantPlan>;

/** The plan of a checked expression. */
export function planOf(expr: Expr): Plan {
  switch (expr.kind) {
    case 'number':
      return constant(expr.value);
    case 'duration':
      return constant(expr.ms);
    case 'series':
      return seriesPlan(expr);
    case 'lag': {
      const input = planOf(expr.expr);
      return input.kind === 'constant' ? input : lagged(input, expr.bars);
    }
    case 'negate':
      return combine('-', [constant(0), planOf(expr.expr)]);
    case 'binary':
      return combine(expr.op, [planOf(expr.left), planOf(expr.right)]);
    case 'math':
      return combine(expr.name, expr.args.map(planOf));
    case 'truth':
      return truthPlan(expr.condition);
  }
}

const TESTS = { '>': 'gt', '<': 'lt', '>=': 'ge', '<=': 'le' } as const;

/** A condition as 1 and 0. What is a moment, such as a crossing, is true at the bar where it has become true. */
function truthPlan(condition: Condition): Plan {
  switch (condition.kind) {
    case 'compare':
      return combine(TESTS[condition.op], [planOf(condition.left), planOf(condition.right)]);
    case 'cross': {
      const sides = [planOf(condition.left), planOf(condition.right)];
      const [above, below] = [became(combine('gt', sides)), became(combine('lt', sides))];
      if (condition.direction === 'either') return combine('or', [above, below]);
      return condition.direction === 'above' ? above : below;
    }
    case 'range': {
      const expr = planOf(condition.expr);
      const bounds = [combine('ge', [expr, planOf(condition.low)]), combine('le', [expr, planOf(condition.high)])];
      const inside = combine('and', bounds);
      if (condition.how === 'inside') return inside;
      return condition.how === 'enters' ? became(inside) : outsidePlan(inside, condition.how);
    }
    case 'not':
      return combine('not', [truthPlan(condition.item)]);
    case 'and':
    case 'or':
      return combine(condition.kind, condition.items.map(truthPlan));
  }
}

function outsidePlan(inside: Plan, how: 'leaves' | 'outside'): Plan {
  const outside = combine('not', [inside]);
  return how === 'leaves' ? became(outside) : outside;
}

/** True now and not a bar before. */
function became(test: Plan): Plan {
  if (test.kind === 'constant') return constant(0);
  return combine('and', [test, combine('not', [lagged(test, 1)])]);
}

function constant(value: number): ConstantPlan {
  return { kind: 'constant', key: String(value), value };
}

const NONE: readonly never[] = [];

/** A column of an instrument's bars. */
export function columnPlan(instrument: string, interval: number, column: ColumnPlan['column']): ColumnPlan {
  return {
    kind: 'column',
    key: `${instrument}.${column}@${interval}`,
    interval,
    instruments: [instrument],
    facts: NONE,
    bars: 1,
    instrument,
    column,
  };
}

/** The fact `name` of an instrument, or of none. */
function factPlan(instrument: string, interval: number, name: string): FactPlan {
  return {
    kind: 'fact',
    key: `${instrument}!${name}@${interval}`,
    interval,
    instruments: [instrument],
    facts: factKeysOf(name, instrument),
    bars: 1,
    name,
    instrument,
  };
}

function seriesPlan(expr: SeriesExpr): VaryingPlan {
  const entry = entryOf(expr.name);
  if (entry.input === 'column') return columnSeries(expr, entry.column);
  if (entry.input === 'fact') return factPlan(expr.instrument, expr.interval, factNameOf(expr));
  const span = expr.params.find((param) => param.kind === 'duration');
  const interval = span === undefined ? expr.interval : spanBars(span.ms, expr.interval);
  const params = expr.params.map((param) => (param.kind === 'duration' ? param.ms / interval : param.value));
  return sampled(kernelPlan(expr, entry, params, interval), expr.interval);
}

/** A fact with parameters, as a depth of the book has, is one for each of them: `bid_depth(10)`. */
function factNameOf({ name, params }: SeriesExpr): string {
  return params.length === 0
    ? name
    : `${name}(${params.map((param) => (param.kind === 'number' ? param.value : param.ms)).join(',')})`;
}

/** A column as it is stored, or put together from stored ones. */
function columnSeries({ instrument, interval }: SeriesExpr, column: ColumnEntry['column']): VaryingPlan {
  if (column === 'price') return columnPlan(instrument, interval, 'close');
  if (column !== 'sold' && column !== 'delta') return columnPlan(instrument, interval, column);
  const [volume, bought] = [columnPlan(instrument, interval, 'volume'), columnPlan(instrument, interval, 'bought')];
  if (column === 'sold') return combined('-', [volume, bought]);
  return combined('-', [combined('*', [constant(2), bought]), volume]);
}

function kernelPlan(
  expr: SeriesExpr,
  entry: SeriesEntry | BarsEntry | PairEntry,
  params: number[],
  interval: number,
): KernelPlan {
  const field = expr.field === undefined ? 0 : entry.fields.indexOf(expr.field);
  const name = `${entry.name}(${params.join(',')})`;
  const input = entry.input === 'bars' ? undefined : inputPlan(expr, expr.input, interval);
  const against = entry.input === 'pair' ? inputPlan(expr, expr.against, interval) : undefined;
  const inputs = [input, against].filter((plan) => plan !== undefined);
  const base =
    input === undefined
      ? `${expr.instrument}.${name}@${interval}`
      : `${name}[${inputs.map((plan) => plan.key).join(';')}]@${interval}`;
  const anchor = anchorOf(entry, params, base, interval);
  // Those from which the newest stretch begins, and as many as the stretch has.
  const bars = anchor === undefined ? entry.warmup(params).settled : 2 * anchor.every;
  return {
    kind: 'kernel',
    base,
    key: entry.fields.length === 0 ? base : `${base}.${entry.fields[field]}`,
    interval,
    instruments: input === undefined ? [expr.instrument] : [...new Set(inputs.flatMap((plan) => plan.instruments))],
    facts: factsOf(inputs),
    bars: bars + mostBars(inputs) - 1,
    anchor,
    entry,
    params,
    input,
    against,
    instrument: expr.instrument,
    field,
  };
}

const factsOf = (plans: readonly VaryingPlan[]): readonly string[] =>
  plans.every((plan) => plan.facts.length === 0) ? NONE : [...new Set(plans.flatMap((plan) => plan.facts))];

const mostBars = (plans: readonly VaryingPlan[]): number => Math.max(1, ...plans.map((plan) => plan.bars));

/** The series that a step is computed from. */
export function inputsOf(plan: KernelPlan): readonly VaryingPlan[] {
  return [plan.input, plan.against].filter((input) => input !== undefined);
}

/** How many inputs a kernel wants to give its newest value. */
export const inputsWanted = (plan: KernelPlan): number => plan.bars - mostBars(inputsOf(plan)) + 1;

/** What an indicator is computed from, at the indicator's own interval. */
function inputPlan(expr: SeriesExpr, from: Expr | undefined, interval: number): VaryingPlan {
  const input = from === undefined ? undefined : planOf(atInterval(from, expr.interval, interval));
  if (input === undefined || input.kind === 'constant') return columnPlan(expr.instrument, interval, 'close');
  return sampled(input, interval);
}

/** `change(1h)` in a 5m rule is computed from finer bars: the columns that it reads move to that interval with it. */
function atInterval(expr: Expr, from: number, to: number): Expr {
  if (from === to) return expr;
  switch (expr.kind) {
    case 'series':
      return isMoved(expr, from) ? { ...expr, interval: to } : expr;
    case 'lag':
    case 'negate':
      return { ...expr, expr: atInterval(expr.expr, from, to) };
    case 'binary':
      return { ...expr, left: atInterval(expr.left, from, to), right: atInterval(expr.right, from, to) };
    case 'math':
      return { ...expr, args: expr.args.map((arg) => atInterval(arg, from, to)) };
    default:
      return expr;
  }
}

const isMoved = (expr: SeriesExpr, from: number): boolean =>
  expr.interval === from && ['column', 'fact'].includes(entryOf(expr.name).input);

/** The bars from which a length of time is measured: fine enough to be exact to a sixtieth, few enough to hold. */
export function spanInterval(ms: number): number {
  for (const interval of [DAY, 4 * HOUR, HOUR, 15 * MINUTE, 5 * MINUTE, MINUTE, SECOND]) {
    if (ms % interval !== 0) continue;
    if (ms / interval >= 60 || interval === SECOND) return interval;
    if (interval === MINUTE && ms >= 5 * MINUTE) return interval;
  }
  return SECOND;
}

/** Bars of a length of time at most, where its own are not fine enough. */
const MOST_SPAN_BARS = 2_016;

/**
 * The bars in which a series measures a length of time: no longer than those that it is asked for, or it would be known late at their
 * closes, unless they are too many.
 *
 * @param own the interval that the series is asked for, in ms
 */
export function spanBars(ms: number, own: number): number {
  const usual = spanInterval(ms);
  if (own >= usual) return usual;
  const finer = [own, HOUR, 15 * MINUTE, 5 * MINUTE, MINUTE].filter(
    (each) => each >= Math.max(own, MINUTE) && each < usual && ms % each === 0 && ms / each <= MOST_SPAN_BARS,
  );
  return Math.min(usual, ...finer);
}

function lagged(input: VaryingPlan, lag: number): VaryingPlan {
  if (lag === 0) return input;
  const { interval, instruments, facts } = input;
  return { kind: 'lag', key: `${input.key}[${lag}]`, interval, instruments, facts, bars: input.bars + lag, input, lag };
}

/** `input` as it was known at the closes of `interval`. */
export function sampled(input: VaryingPlan, interval: number): VaryingPlan {
  if (input.interval === interval) return input;
  const { instruments, facts } = input;
  return { kind: 'sample', key: `${input.key}~${interval}`, interval, instruments, facts, bars: 1, input };
}

/** Plans put together; at the finest interval among them, the coarser ones sampled. */
export function combine(op: CombineOp, parts: readonly Plan[]): Plan {
  if (parts.some((part) => part.kind !== 'constant')) return combined(op, parts);
  return constant(combineConstants(op, parts as readonly ConstantPlan[]));
}

/** At least one of the parts is no constant. */
function combined(op: CombineOp, parts: readonly Plan[]): CombinePlan {
  const varying = parts.filter((part): part is VaryingPlan => part.kind !== 'constant');
  const interval = Math.min(...varying.map((part) => part.interval));
  const aligned = parts.map((part) => (part.kind === 'constant' ? part : sampled(part, interval)));
  return {
    kind: 'combine',
    key: `${op}(${aligned.map((part) => part.key).join(';')})`,
    interval,
    instruments: [...new Set(varying.flatMap((part) => part.instruments))],
    facts: factsOf(varying),
    bars: Math.max(...aligned.map((part) => (part.kind === 'constant' ? 1 : part.bars))),
    op,
    parts: aligned,
  };
}

function combineConstants(op: CombineOp, parts: readonly ConstantPlan[]): number {
  const values = parts.map((part) => part.value);
  return isBinary(op) ? applyBinary(op, values[0], values[1]) : applyMath(op, values);
}

/** Whether an operation is written between its two parts. */
export function isBinary(op: CombineOp): op is BinaryOp {
  return op.length === 1;
}
