import type { CompareOp, Condition, Expr, RuleText } from '../engine/language/ast.ts';
import { constantOf } from '../engine/language/scale.ts';
import type { Bar } from '../engine/market/events.ts';
import { isMarket } from '../engine/market/listing.ts';
import type { NamedValue } from '../engine/rules/rule.ts';
import { combine, planOf } from '../engine/series/plan.ts';
import { dependsOnStart, triggerPrice } from '../engine/series/trigger-price.ts';
import { comparisonsOf } from './comparisons.ts';
import { barsKey, barsRead } from './plan-bars.ts';
import type { MarketPort, RuleView } from './ports.ts';

/** How far a rule is from firing: what stands between, of several comparisons the one that decides. */
export interface Nearness {
  /** The series that is compared; undefined while warming up, like its value and what that is compared with. */
  readonly expr: Expr | undefined;
  readonly value: number | undefined;
  readonly threshold: number | undefined;
  /** Whether it is compared with another series. */
  readonly isRelative: boolean;
  /** The last price of the rule's instrument at which it would fire, where there is one. */
  readonly price: number | undefined;
  /** For sorting: the way to go as a fraction, of the price where that is known, else of the values; infinity where unknown. */
  readonly way: number;
}

export const UNKNOWN: Nearness = {
  expr: undefined,
  value: undefined,
  threshold: undefined,
  isRelative: false,
  price: undefined,
  way: Number.POSITIVE_INFINITY,
};

/** How far a running rule is from firing, from what is held in memory. */
export function nearnessOf(market: MarketPort, rule: RuleText, view: RuleView | undefined): Nearness {
  const values = [...(view?.values ?? [])];
  if (values.length === 0 || !isMarket(rule.instrument)) return UNKNOWN;
  const step = hardest(rule.condition, () => values.shift());
  if (step === undefined || Number.isNaN(step.value) || Number.isNaN(step.threshold)) return UNKNOWN;
  const { expr, value, threshold } = step;
  const price = reachedAt(market, rule, step);
  const last = market.price(rule.instrument)?.price;
  const way = price !== undefined && last !== undefined ? Math.abs(price / last - 1) : wayOf(step);
  // Where several comparisons must agree no single price makes the rule fire.
  const isOne = comparisonsOf(rule.condition).length === 1;
  const isRelative = constantOf(step.limit) === undefined;
  return { expr, value, threshold, isRelative, price: isOne ? price : undefined, way };
}

/** A comparison as it stands. */
interface Step {
  readonly expr: Expr;
  readonly limit: Expr;
  readonly op: CompareOp;
  readonly value: number;
  readonly threshold: number;
  /** Whether it is as it must be for the rule to fire. */
  readonly isMet: boolean;
}

const wayOf = ({ value, threshold }: Step): number =>
  Math.abs(threshold - value) / (Math.abs(value) + Math.abs(threshold) || 1);

/** The comparison that must still change: of all that must, the farthest; of those of which one is enough, the nearest. */
function hardest(condition: Condition, next: () => NamedValue | undefined): Step | undefined {
  switch (condition.kind) {
    case 'compare':
      return stepOf(condition.left, condition.op, condition.right, next());
    case 'cross': {
      const step = stepOf(condition.left, condition.direction === 'below' ? '<' : '>', condition.right, next());
      if (condition.direction !== 'either') return step;
      // Either way is two comparisons of the same values, and one of them is always ahead.
      next();
      return step && { ...step, isMet: false };
    }
    case 'range': {
      const low = stepOf(condition.expr, '>=', condition.low, next());
      const high = stepOf(condition.expr, '<=', condition.high, next());
      if (low === undefined || high === undefined) return undefined;
      const wantsInside = condition.how === 'inside' || condition.how === 'enters';
      const isInside = low.isMet && high.isMet;
      return { ...(wayOf(low) <= wayOf(high) ? low : high), isMet: isInside === wantsInside };
    }
    case 'not': {
      const step = hardest(condition.item, next);
      return step && { ...step, isMet: !step.isMet };
    }
    case 'and':
    case 'or':
      return pick(
        condition.kind,
        condition.items.map((item) => hardest(item, next)),
      );
  }
}

function pick(kind: 'and' | 'or', found: readonly (Step | undefined)[]): Step | undefined {
  const steps = found.filter((step) => step !== undefined);
  if (steps.length < found.length) return undefined;
  const open = steps.filter((step) => !step.isMet);
  const met = steps.find((step) => step.isMet);
  if (met !== undefined && (kind === 'or' || open.length === 0)) return met;
  const farther = kind === 'and' ? 1 : -1;
  return open.reduce((a, b) => ((wayOf(b) - wayOf(a)) * farther > 0 ? b : a));
}

const TURNED: Readonly<Record<CompareOp, CompareOp>> = { '>': '<', '<': '>', '>=': '<=', '<=': '>=' };

/** The engine turns a comparison round whose left side is a number. */
function stepOf(left: Expr, op: CompareOp, right: Expr, named: NamedValue | undefined): Step | undefined {
  if (named?.threshold === undefined) return undefined;
  if (constantOf(left) !== undefined) return stepOf(right, TURNED[op], left, named);
  const { value, threshold } = named;
  const isMet =
    op === '>'
      ? value > threshold
      : op === '<'
        ? value < threshold
        : op === '>='
          ? value >= threshold
          : value <= threshold;
  return { expr: left, limit: right, op, value, threshold, isMet };
}

function reachedAt(market: MarketPort, rule: RuleText, { expr, limit, op, isMet }: Step): number | undefined {
  const last = market.price(rule.instrument)?.price;
  const level = constantOf(limit);
  const plan = level === undefined ? combine('-', [planOf(expr), planOf(limit)]) : planOf(expr);
  if (isMet || last === undefined || plan.kind === 'constant') return undefined;
  if (plan.instruments.length > 1 || plan.instruments[0] !== rule.instrument) return undefined;
  if (plan.kind === 'column' && plan.column === 'close') return level;
  const wanted = new Map(barsRead(plan).map((read) => [barsKey(read.instrument, read.interval), read.bars]));
  let isCut = false;
  const bars = (interval: number): readonly Bar[] => {
    const count = wanted.get(barsKey(rule.instrument, interval)) ?? 1;
    const { closed, open } = market.held(rule.instrument, interval, count + 1);
    isCut ||= closed.length > count;
    return [...closed, ...(open === undefined ? flatAfter(closed, interval) : [open])];
  };
  const belongs = op === '<' || op === '>=' ? 'above' : 'below';
  const price = triggerPrice(plan, { value: level ?? 0, belongs }, last, bars);
  return price !== undefined && isCut && dependsOnStart(plan, bars) ? undefined : price;
}

/** The bar that the next trade opens. */
function flatAfter(closed: readonly Bar[], interval: number): readonly Bar[] {
  const last = closed[closed.length - 1];
  if (last === undefined) return [];
  const { close } = last;
  return [{ start: last.start + interval, open: close, high: close, low: close, close, volume: 0, trades: 0 }];
}
