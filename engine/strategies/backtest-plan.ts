import { boundTo, type StrategyText } from '../language/strategy-ast.ts';
import { barStart } from '../market/interval.ts';
import { planWalk, type ReplayPlan } from '../preflight/replay-plan.ts';
import { comparedPlans } from '../rules/condition-test.ts';
import { columnPlan, type Plan, planOf } from '../series/plan.ts';
import { barsToFirst, type WantedBars } from '../series/wanted.ts';

/** Everything that a strategy computes for one of its instruments. */
export function plansFor({ long, short, stop, target }: StrategyText, instrument: string): readonly Plan[] {
  const conditions = [long?.enter, long?.exit, short?.enter, short?.exit].filter((each) => each !== undefined);
  const levels = [stop?.expr, target?.expr].filter((each) => each !== undefined);
  return [...comparedPlans(boundTo(conditions, instrument), true), ...boundTo(levels, instrument).map(planOf)];
}

/** Everything that a strategy computes, for all of its instruments. */
const plansOf = (strategy: StrategyText): readonly Plan[] =>
  strategy.instruments.flatMap((instrument) => plansFor(strategy, instrument));

/** Which bars a strategy is tried on. Times in ms. */
export function planBacktest(strategy: StrategyText, from: number, to: number): ReplayPlan {
  const { instruments, interval } = strategy;
  const own = instruments.map((instrument) => columnPlan(instrument, interval, 'close'));
  const plans = [...plansOf(strategy), ...own];
  return planWalk({ plans, instruments, interval }, (walked) => [from, barStart(to, walked)]);
}

/** A series of a strategy's that has no value yet: it needs `bars`, and `there` are fewer. */
export interface TooFewBars extends WantedBars {
  readonly there: number;
}

/** The bars without which a strategy's series have no values, by instrument and interval. */
export function leastBars(strategy: StrategyText): readonly WantedBars[] {
  const most = new Map<string, WantedBars>();
  for (const plan of plansOf(strategy))
    for (const [key, wanted] of barsToFirst(plan)) {
      if (wanted.bars > (most.get(key)?.bars ?? 0)) most.set(key, wanted);
    }
  return [...most.values()];
}

/** The worst of those that there are too few of; `there` has a count for each. */
export function tooFewOf(least: readonly WantedBars[], there: readonly number[]): TooFewBars | undefined {
  const lacking = least.map((wanted, i) => ({ ...wanted, there: there[i] ?? 0 }));
  const lackMs = ({ bars, there: some, interval }: TooFewBars): number => (bars - some) * interval;
  const [worst] = lacking.filter(({ bars, there: some }) => some < bars).sort((a, b) => lackMs(b) - lackMs(a));
  return worst;
}
