import type { MarketPort } from '../../commands/ports.ts';
import type { Clock } from '../../engine/clock.ts';
import { factKey } from '../../engine/market/facts.ts';
import type { HistoryColumns, ToldFact } from '../../engine/preflight/replay.ts';
import type { ReplayPlan } from '../../engine/preflight/replay-plan.ts';
import { type FundingPayments, fundingPayments } from '../../engine/strategies/funding.ts';
import { atMost } from '../at-most.ts';
import { gatherPast, type Range } from '../preflight/past.ts';
import { toldOf, untoldNames } from '../preflight/told.ts';

export interface GatherOptions {
  readonly range: Range;
  /** What is known of facts since a time (ms). */
  readonly facts: MarketPort['facts'];
  readonly clock: Clock;
}

/** What a plan reads, or why it is not there: of some facts no past is known, or the bars did not come in time. */
export type Gathered =
  | {
      readonly kind: 'there';
      readonly history: readonly HistoryColumns[];
      readonly told: readonly ToldFact[];
      readonly funding: readonly FundingPayments[];
    }
  | { readonly kind: 'untold'; readonly facts: readonly string[] }
  | { readonly kind: 'late' };

/** How long the history may take to come, in ms. */
const HISTORY_PATIENCE_MS = 30_000;

/** Gathers what strategies are tried on. @throws what the range threw */
export async function gather({ range, facts, clock }: GatherOptions, plan: ReplayPlan): Promise<Gathered> {
  const told = await toldOf(facts, plan);
  const untold = untoldNames(plan, told);
  if (untold.length > 0) return { kind: 'untold', facts: untold };
  const past = gatherPast(range, plan.needs);
  try {
    if (!(await atMost(clock, HISTORY_PATIENCE_MS, past.whole))) return { kind: 'late' };
  } finally {
    past.stop();
  }
  return { kind: 'there', history: past.sofar(), told, funding: await fundingOf(facts, plan) };
}

/** What was paid for those instruments that funding rates are stored of. */
async function fundingOf(
  facts: MarketPort['facts'],
  { instruments, from, to }: ReplayPlan,
): Promise<readonly FundingPayments[]> {
  const keys = instruments.flatMap((id) => [factKey('funding', id), factKey('next_funding', id)]);
  const source = await facts(keys, from);
  return instruments.flatMap((id) => {
    const rates = source(factKey('funding', id));
    return rates === undefined ? [] : [fundingPayments(id, rates, source(factKey('next_funding', id)), from, to)];
  });
}
