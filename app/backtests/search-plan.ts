import { breathe } from '../../commands/breathe.ts';
import type { StrategySearch } from '../../commands/strategy-ports.ts';
import { readerOf } from '../../commands/strategy-values.ts';
import { UserError } from '../../engine/errors.ts';
import type { BarsNeed, ReplayPlan } from '../../engine/preflight/replay-plan.ts';
import { planBacktest } from '../../engine/strategies/backtest-plan.ts';

/** Sets between which others have their turn. */
const AT_ONCE = 8;

/** Everything that the sets of all candidates read: longer windows want more bars before the beginning. */
export async function planSearch(search: StrategySearch): Promise<ReplayPlan> {
  const plans = await plansOf(search);
  const needs = new Map<string, BarsNeed>();
  for (const need of plans.flatMap((plan) => plan.needs)) {
    const key = `${need.instrument} ${need.interval}`;
    const before = needs.get(key);
    if (before === undefined || need.from < before.from) needs.set(key, need);
  }
  return {
    walked: Math.min(...plans.map(({ walked }) => walked)),
    longest: Math.max(...plans.map(({ longest }) => longest)),
    from: Math.min(...plans.map((plan) => plan.from)),
    to: Math.min(...plans.map((plan) => plan.to)),
    instruments: [...new Set(plans.flatMap(({ instruments }) => instruments))],
    needs: [...needs.values()],
    facts: [...new Set(plans.flatMap(({ facts }) => facts))],
    factsFrom: Math.min(...plans.map(({ factsFrom }) => factsFrom)),
  };
}

async function plansOf({ candidates, from, to }: StrategySearch): Promise<readonly ReplayPlan[]> {
  const plans: ReplayPlan[] = [];
  for (const { strategy, sets } of candidates) {
    const read = readerOf(strategy);
    plans.push(planBacktest(strategy, from, to));
    for (const [i, values] of sets.entries()) {
      if (i % AT_ONCE === 0) await breathe();
      try {
        plans.push(planBacktest(read(values), from, to));
      } catch (error) {
        // What makes no sense is left out later on, too.
        if (!(error instanceof UserError)) throw error;
      }
    }
  }
  return plans;
}
