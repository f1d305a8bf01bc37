import type { RuleText } from '../engine/language/ast.ts';
import { barsWanted, planOf } from '../engine/series/plan.ts';
import { triggerPrice } from '../engine/series/trigger-price.ts';
import type { MarketPort, RuleView } from './ports.ts';
import { levelsOf } from './rule-levels.ts';

/** How far a rule is from firing. */
export interface Nearness {
  /** The value of the series that is compared, and what it is compared with; undefined while warming up. */
  readonly value: number | undefined;
  readonly threshold: number | undefined;
  /** The last price at which it would fire, where there is one. */
  readonly price: number | undefined;
  /** For sorting: the way to go as a fraction, of the price where that is known, else of the values; infinity where unknown. */
  readonly way: number;
}

const UNKNOWN: Nearness = { value: undefined, threshold: undefined, price: undefined, way: Number.POSITIVE_INFINITY };

/** How far a running rule is from firing, from what is held in memory. */
export function nearnessOf(market: MarketPort, rule: RuleText, view: RuleView | undefined): Nearness {
  const first = view?.values[0];
  if (first === undefined || first.threshold === undefined || Number.isNaN(first.value)) return UNKNOWN;
  const { value, threshold } = first;
  const price = reachedAt(market, rule);
  const last = market.price(rule.instrument)?.price;
  const size = Math.abs(value) + Math.abs(threshold) || 1;
  const way =
    price !== undefined && last !== undefined ? Math.abs(price / last - 1) : Math.abs(threshold - value) / size;
  return { value, threshold, price, way };
}

function reachedAt(market: MarketPort, rule: RuleText): number | undefined {
  const level = levelsOf(rule.condition)[0];
  const last = market.price(rule.instrument)?.price;
  if (level === undefined || last === undefined) return undefined;
  const plan = planOf(level.expr);
  if (plan.kind === 'constant') return undefined;
  if (plan.kind === 'column') return plan.column === 'close' ? level.value : undefined;
  const wanted = barsWanted(plan);
  return triggerPrice(plan, level.value, last, (interval) => {
    const count = wanted.get(`${plan.instruments[0]} ${interval}`)?.bars ?? 1;
    const { closed, open } = market.held(plan.instruments[0], interval, count + 1);
    return open === undefined ? closed : [...closed, open];
  });
}
