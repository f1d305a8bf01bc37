import { nearnessOf } from '../commands/nearness.ts';
import type { MarketPort } from '../commands/ports.ts';
import { parseRule } from '../engine/language/parse.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';
import { INSTRUMENTS, marketOf, ruleText, scope, T0 } from './rules.ts';

const ALERTS = 100;
const ROUNDS = 5;

/** How far each of a chat's hundred alerts is from firing, and at which price: the work of one `/alerts`. */
export function benchNearness(): readonly BenchRow[] {
  const engine = marketOf();
  const random = createRandom(23);
  const rules = Array.from({ length: ALERTS }, (_, k) => {
    // All on ten instruments, as the alerts of one chat are.
    const text = parseRule(ruleText(k * INSTRUMENTS + (k % 10), random), scope);
    engine.apply({ type: 'rule-set', ts: T0, rule: { id: `r${k}`, text } });
    return { id: `r${k}`, text };
  });
  const market = {
    price: (instrument: string) => engine.view(instrument),
    held: (instrument: string, interval: number, count: number) => engine.barsOf(instrument, interval, count),
  } as unknown as MarketPort;
  let best = Number.POSITIVE_INFINITY;
  let named = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const from = process.cpuUsage();
    named = 0;
    for (const { id, text } of rules) {
      const view = engine.rule(id);
      if (nearnessOf(market, text, view).price !== undefined) named++;
    }
    const { user, system } = process.cpuUsage(from);
    best = Math.min(best, (user + system) / 1000);
  }
  return [
    {
      name: `/alerts: how far ${ALERTS} alerts are, ${named} of them with the price at which they fire`,
      figure: `${best.toFixed(1)} ms of processor time`,
      wanted: 'at most 50 ms',
    },
  ];
}
