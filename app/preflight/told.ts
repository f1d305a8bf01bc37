import type { MarketPort } from '../../commands/ports.ts';
import { splitFactKey } from '../../engine/market/facts.ts';
import type { ToldFact } from '../../engine/preflight/replay.ts';
import type { ReplayPlan } from '../../engine/preflight/replay-plan.ts';

/** What is known of the facts that a replay reads, as plain data; nothing where none are stored. */
export async function toldOf(
  facts: MarketPort['facts'] | undefined,
  { facts: keys, factsFrom }: ReplayPlan,
): Promise<readonly ToldFact[]> {
  if (keys.length === 0 || facts === undefined) return [];
  const source = await facts(keys, factsFrom);
  return keys.flatMap((key) => {
    const points = source(key);
    if (points === undefined) return [];
    return [{ ...splitFactKey(key), times: Array.from(points.times), values: Array.from(points.values) }];
  });
}

/** Names of facts of which nothing is known, neither of an instrument nor of none. */
export function untoldNames({ facts }: ReplayPlan, told: readonly ToldFact[]): readonly string[] {
  const known = new Set(told.map(({ name }) => name));
  return [...new Set(facts.map((key) => splitFactKey(key).name))].filter((name) => !known.has(name));
}
