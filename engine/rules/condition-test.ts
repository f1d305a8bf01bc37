import type { Condition, Expr } from '../language/ast.ts';
import { describeExpr } from '../language/print.ts';
import { MINUTE } from '../market/interval.ts';
import type { SeriesSupply } from '../series/graph.ts';
import type { SeriesNode } from '../series/node.ts';
import { columnPlan, combine, type Plan, planOf, type VaryingPlan } from '../series/plan.ts';
import type { NamedValue } from './rule.ts';
import type { Watcher } from './threshold-index.ts';

/** A comparison of a rule, sitting at its threshold in the index of a series. */
export interface Comparison<Owner> extends Watcher {
  readonly owner: Owner;
  readonly node: SeriesNode<Comparison<Owner>>;
  /** What people see of it: the left side, and its right side as a number or a series. */
  readonly label: string;
  readonly shown: SeriesNode<Comparison<Owner>>;
  /** The series on the right; undefined where that is the number `level`. */
  readonly against: SeriesNode<Comparison<Owner>> | undefined;
  /** On which side of its threshold it is true. */
  readonly wanted: boolean;
  readonly kind: 'level';
}

/** A condition that can be asked whether it is true: a comparison, or what is made of several. `pulse` is true only when its inner test has just become true. */
export type ConditionTest<Owner> =
  | Comparison<Owner>
  | { readonly kind: 'pulse'; readonly inner: ConditionTest<Owner>; was: boolean }
  | { readonly kind: 'not'; readonly inner: ConditionTest<Owner> }
  | { readonly kind: 'and' | 'or'; readonly items: readonly ConditionTest<Owner>[] };

/** How a condition is looked at. */
export interface TestContext<Owner> {
  readonly owner: Owner;
  readonly graph: SeriesSupply<Comparison<Owner>>;
  readonly instrument: string;
  readonly interval: number;
  /** Compare closed values instead of live ones. */
  readonly onClose: boolean;
  /** Crossings are states: what must hold for a time cannot be a moment. */
  readonly crossingsHold: boolean;
  /** What its operands are computed from, as `operandPlans` gives it. */
  readonly plans: ReadonlyMap<Expr, Plan>;
  /** Takes every comparison that is made. */
  readonly comparisons: Comparison<Owner>[];
}

/** Puts a condition's comparisons into the graph. @throws RangeError for a comparison of two constants */
export function buildTest<Owner>(condition: Condition, context: TestContext<Owner>): ConditionTest<Owner> {
  switch (condition.kind) {
    case 'compare':
      return compare(condition.left, condition.op, condition.right, context);
    case 'cross': {
      const { left, right, direction } = condition;
      const above = (): ConditionTest<Owner> => compare(left, '>', right, context);
      const below = (): ConditionTest<Owner> => compare(left, '<', right, context);
      if (direction === 'above') return pulse(above(), context);
      if (direction === 'below') return pulse(below(), context);
      return { kind: 'or', items: [pulse(above(), context), pulse(below(), context)] };
    }
    case 'range': {
      const inside: ConditionTest<Owner> = {
        kind: 'and',
        items: [
          compare(condition.expr, '>=', condition.low, context),
          compare(condition.expr, '<=', condition.high, context),
        ],
      };
      const outside: ConditionTest<Owner> = { kind: 'not', inner: inside };
      if (condition.how === 'inside') return inside;
      if (condition.how === 'outside') return outside;
      return pulse(condition.how === 'enters' ? inside : outside, context);
    }
    case 'not':
      return { kind: 'not', inner: buildTest(condition.item, context) };
    case 'and':
    case 'or':
      return { kind: condition.kind, items: condition.items.map((item) => buildTest(item, context)) };
  }
}

function pulse<Owner>(inner: ConditionTest<Owner>, context: TestContext<Owner>): ConditionTest<Owner> {
  return context.crossingsHold ? inner : { kind: 'pulse', inner, was: false };
}

type CompareOp = '>' | '<' | '>=' | '<=';
const TURNED: Record<CompareOp, CompareOp> = { '>': '<', '<': '>', '>=': '<=', '<=': '>=' };

function compare<Owner>(left: Expr, op: CompareOp, right: Expr, context: TestContext<Owner>): ConditionTest<Owner> {
  const leftPlan = context.plans.get(left)!;
  const rightPlan = context.plans.get(right)!;
  if (leftPlan.kind === 'constant') {
    if (rightPlan.kind === 'constant') throw new RangeError('a comparison of two numbers never changes');
    return compare(right, TURNED[op], left, context);
  }
  const plan = rightPlan.kind === 'constant' ? leftPlan : (combine('-', [leftPlan, rightPlan]) as VaryingPlan);
  const node = context.graph.acquire(plan, !context.onClose);
  const shown = rightPlan.kind === 'constant' ? node : node.parents[0];
  const comparison: Comparison<Owner> = {
    kind: 'level',
    above: false,
    wanted: op === '>' || op === '>=',
    owner: context.owner,
    strict: op === '>' || op === '<=',
    level: rightPlan.kind === 'constant' ? rightPlan.value : 0,
    known: false,
    node,
    label: labelOf(left, shown, context),
    shown,
    against: rightPlan.kind === 'constant' ? undefined : node.parents[1],
  };
  context.comparisons.push(comparison);
  node.indexFor(context.onClose).add(comparison);
  if (!context.onClose) context.graph.thresholdsChanged(node);
  return comparison;
}

/** What people see of the left side; rules that say the same of one series share the text. */
function labelOf<Owner>(
  left: Expr,
  shown: SeriesNode<Comparison<Owner>>,
  { instrument, interval }: TestContext<Owner>,
): string {
  if (left.kind !== 'series') return describeExpr(left, { instrument, interval });
  const { name } = left;
  const { label } = shown;
  if (label?.name === name && label.instrument === instrument && label.interval === interval) return label.text;
  const text = describeExpr(left, { instrument, interval });
  shown.label = { instrument, interval, name, text };
  return text;
}

/** The price has no interval of its own: live, all rules on it share one series. */
function operand(expr: Expr, onClose: boolean): Plan {
  const isPrice = expr.kind === 'series' && expr.name === 'price';
  return isPrice && !onClose ? columnPlan(expr.instrument, MINUTE, 'close') : planOf(expr);
}

/** What conditions compare, with the plan that each is computed by. */
export function operandPlans(conditions: readonly Condition[], onClose: boolean): ReadonlyMap<Expr, Plan> {
  return new Map(conditions.flatMap(comparedIn).flatMap((pair) => pair.map((expr) => [expr, operand(expr, onClose)])));
}

/** What comes of every comparison of conditions: both sides, and what they are apart. */
export function comparedPlans(conditions: readonly Condition[], onClose: boolean): readonly Plan[] {
  return conditions.flatMap(comparedIn).flatMap((pair) => {
    const sides = pair.map((expr) => operand(expr, onClose));
    return [...sides, combine('-', sides)];
  });
}

/** The two sides of each comparison in a condition. */
function comparedIn(condition: Condition): readonly (readonly [Expr, Expr])[] {
  switch (condition.kind) {
    case 'compare':
    case 'cross':
      return [[condition.left, condition.right]];
    case 'range':
      return [
        [condition.expr, condition.low],
        [condition.expr, condition.high],
      ];
    case 'not':
      return comparedIn(condition.item);
    case 'and':
    case 'or':
      return condition.items.flatMap(comparedIn);
  }
}

/** Takes a rule's comparisons out of the graph again. */
export function releaseTest<Owner>(
  context: Pick<TestContext<Owner>, 'graph' | 'onClose'> & { readonly comparisons: readonly Comparison<Owner>[] },
): void {
  for (const comparison of context.comparisons) {
    comparison.node.indexFor(context.onClose).remove(comparison);
    if (!context.onClose) context.graph.thresholdsChanged(comparison.node);
    context.graph.release(comparison.node, !context.onClose);
  }
}

/** Whether the condition is true now, in this very step. */
export function ask<Owner>(test: ConditionTest<Owner>): boolean {
  switch (test.kind) {
    case 'level':
      return test.above === test.wanted;
    case 'pulse':
      return !test.was && ask(test.inner);
    case 'not':
      return !ask(test.inner);
    case 'and':
      return test.items.every(ask);
    case 'or':
      return test.items.some(ask);
  }
}

/** The step is over: what has just become true is no news any more. @returns whether the test has moments at all */
export function rest<Owner>(test: ConditionTest<Owner>): boolean {
  switch (test.kind) {
    case 'level':
      return false;
    case 'pulse':
      test.was = ask(test.inner);
      rest(test.inner);
      return true;
    case 'not':
      return rest(test.inner);
    case 'and':
    case 'or':
      return test.items.map(rest).includes(true);
  }
}

/** The values behind a comparison, as they are now. */
export function namedValue<Owner>(comparison: Comparison<Owner>, onClose: boolean): NamedValue {
  const { shown, against, label } = comparison;
  if (!onClose) {
    shown.pull();
    against?.pull();
  }
  const before = onClose ? shown.closedBefore : shown.valueBefore(shown.newest);
  return {
    series: label,
    value: onClose ? shown.closed : shown.value,
    before: Number.isNaN(before) ? undefined : before,
    threshold: against === undefined ? comparison.level : onClose ? against.closed : against.value,
  };
}
