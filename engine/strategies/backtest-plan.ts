import { boundTo, type StrategyText } from '../language/strategy-ast.ts';
import { barStart } from '../market/interval.ts';
import { planWalk, type ReplayPlan } from '../preflight/replay-plan.ts';
import { operandPlans } from '../rules/condition-test.ts';
import { columnPlan, type Plan, planOf } from '../series/plan.ts';

/** Everything that a strategy computes, for all of its instruments. */
function plansOf({ instruments, long, short, stop, target }: StrategyText): readonly Plan[] {
  const conditions = [long?.enter, long?.exit, short?.enter, short?.exit].filter((each) => each !== undefined);
  const levels = [stop?.expr, target?.expr].filter((each) => each !== undefined);
  return instruments.flatMap((instrument) => [
    ...operandPlans(boundTo(conditions, instrument), true).values(),
    ...boundTo(levels, instrument).map(planOf),
  ]);
}

/** Which bars a strategy is tried on. Times in ms. */
export function planBacktest(strategy: StrategyText, from: number, to: number): ReplayPlan {
  const { instruments, interval } = strategy;
  const own = instruments.map((instrument) => columnPlan(instrument, interval, 'close'));
  const plans = [...plansOf(strategy), ...own];
  return planWalk({ plans, instruments, interval }, (walked) => [from, barStart(to, walked)]);
}
