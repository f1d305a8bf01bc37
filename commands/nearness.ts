import type { CompareOp, Expr, RuleText } from '../engine/language/ast.ts';
import { constantOf } from '../engine/language/scale.ts';
import { toColumns } from '../engine/market/bar-history.ts';
import type { Bar } from '../engine/market/events.ts';
import { isMarket } from '../engine/market/listing.ts';
import { combine, planOf, type VaryingPlan } from '../engine/series/plan.ts';
import { dependsOnStart, triggerPrice } from '../engine/series/trigger-price.ts';
import { hardest, type Step, type Worth, wayOf } from './comparison-step.ts';
import { comparisonsOf } from './comparisons.ts';
import { barsKey, barsRead } from './plan-bars.ts';
import type { MarketPort, RuleView } from './ports.ts';
import { valueNow } from './series-now.ts';

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
  /** Whether the open bar has met what the rule looks for at closes. */
  readonly isMet: boolean;
  /** For sorting: the way to go as a fraction, of the price where that is known, else of the values; infinity where unknown. */
  readonly way: number;
}

export const UNKNOWN: Nearness = {
  expr: undefined,
  value: undefined,
  threshold: undefined,
  isRelative: false,
  price: undefined,
  isMet: false,
  way: Number.POSITIVE_INFINITY,
};

/** How far a running rule is from firing, from what is held in memory. */
export function nearnessOf(market: MarketPort, rule: RuleText, view: RuleView | undefined): Nearness {
  const values = [...(view?.values ?? [])];
  if (values.length === 0 || !isMarket(rule.instrument)) return UNKNOWN;
  const step = hardest(rule.condition, () => values.shift());
  if (step === undefined || Number.isNaN(step.value) || Number.isNaN(step.threshold)) return UNKNOWN;
  // Where several comparisons must agree no single price makes the rule fire.
  const isOne = comparisonsOf(rule.condition).length === 1;
  const isRelative = constantOf(step.limit) === undefined;
  const compared = step.isMet ? undefined : comparedIn(market, rule, step);
  const met = isOne && rule.modes.onClose && compared !== undefined ? metMeanwhile(compared, step) : undefined;
  const { expr, value, threshold } = { ...step, ...met };
  if (met !== undefined) return { ...{ expr, value, threshold, isRelative }, price: undefined, isMet: true, way: 0 };
  const last = market.price(rule.instrument)?.price;
  const price = compared === undefined || last === undefined ? undefined : reachedAt(compared, step.op, last);
  const way = price !== undefined && last !== undefined ? Math.abs(price / last - 1) : wayOf(step);
  return { expr, value, threshold, isRelative, price: isOne ? price : undefined, isMet: false, way };
}

type BarsOf = (interval: number) => readonly Bar[];

/** What a comparison of the rule's own instrument hangs on, with the bars that it reads; undefined where others have a say. */
interface Compared {
  /** Of both sides their difference, where neither is a number. */
  readonly plan: VaryingPlan;
  /** The number that it is held against; nought for a difference. */
  readonly level: number;
  readonly bars: BarsOf;
  /** Whether what hangs on where its history begins is told wrongly, as there are more bars than are read. */
  isVague(): boolean;
}

function comparedIn(market: MarketPort, { instrument }: RuleText, { expr, limit }: Step): Compared | undefined {
  const level = constantOf(limit);
  const plan = level === undefined ? combine('-', [planOf(expr), planOf(limit)]) : planOf(expr);
  if (plan.kind === 'constant' || plan.instruments.length > 1 || plan.instruments[0] !== instrument) return undefined;
  const wanted = new Map(barsRead(plan).map((read) => [barsKey(read.instrument, read.interval), read.bars]));
  let isCut = false;
  const bars: BarsOf = (interval) => {
    const count = wanted.get(barsKey(instrument, interval)) ?? 1;
    const { closed, open } = market.held(instrument, interval, count + 1);
    isCut ||= closed.length > count;
    return [...closed, ...(open === undefined ? flatAfter(closed, interval) : [open])];
  };
  return { plan, level: level ?? 0, bars, isVague: () => isCut && dependsOnStart(plan, bars) };
}

function reachedAt({ plan, level, bars, isVague }: Compared, op: CompareOp, last: number): number | undefined {
  if (plan.kind === 'column' && plan.column === 'close') return level;
  const belongs = op === '<' || op === '>=' ? 'above' : 'below';
  const price = triggerPrice(plan, { value: level, belongs }, last, bars);
  return price === undefined || isVague() ? undefined : price;
}

/** A rule on closes looks at closed bars: the bar that is open may have met it, and its close decides. */
function metMeanwhile({ bars, isVague }: Compared, step: Step): Pick<Step, 'value' | 'threshold'> | undefined {
  const source = (_instrument: string, interval: number) => toColumns(bars(interval));
  const worth: Worth = (expr) => valueNow(planOf(expr), source);
  const [value, threshold] = [worth(step.expr), worth(step.limit)];
  if (Number.isNaN(value) || Number.isNaN(threshold) || !step.isMetWith(worth) || isVague()) return undefined;
  return { value, threshold };
}

/** The bar that the next trade opens. */
function flatAfter(closed: readonly Bar[], interval: number): readonly Bar[] {
  const last = closed[closed.length - 1];
  if (last === undefined) return [];
  const { close } = last;
  return [{ start: last.start + interval, open: close, high: close, low: close, close, volume: 0, trades: 0 }];
}
