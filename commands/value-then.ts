import type { Expr } from '../engine/language/ast.ts';
import { toColumns } from '../engine/market/bar-history.ts';
import type { Bar } from '../engine/market/events.ts';
import type { FactSource } from '../engine/market/facts.ts';
import { type BarSource, evaluate } from '../engine/series/evaluate.ts';
import { planOf, type VaryingPlan } from '../engine/series/plan.ts';
import { barsKey, barsRead } from './plan-bars.ts';
import type { Firing, MarketPort } from './ports.ts';
import { valueNow } from './series-now.ts';

/**
 * The value of a series at a firing, computed over the bars up to then. Of the bar that was open only its close is taken back
 * to the firing's price: what else happened in it since then still counts.
 *
 * @param onClose whether only closed bars count, as for a rule that looks at closes
 * @returns NaN while it warms up
 * @throws TransportError where bars are missing and the venue cannot be asked
 */
export async function valueThen(
  market: Pick<MarketPort, 'bars'> & Partial<Pick<MarketPort, 'facts'>>,
  expr: Expr,
  firing: Pick<Firing, 'ts' | 'price' | 'instrument' | 'tradeId'>,
  now: number,
  onClose = false,
): Promise<number> {
  const plan = planOf(expr);
  if (plan.kind === 'constant') return plan.value;
  const entries = await Promise.all(
    barsRead(plan).map(async ({ instrument, interval, bars }) => {
      const since = Math.max(0, Math.ceil((now - firing.ts) / interval));
      const { closed, open } = await market.bars(instrument, interval, bars + since + 1);
      const all = open === undefined ? closed : [...closed, open];
      return [
        barsKey(instrument, interval),
        onClose ? closedBy(all, interval, firing.ts) : asOf(all, instrument, interval, firing),
      ] as const;
    }),
  );
  const found = new Map(entries);
  const bars = (id: string, ms: number) => toColumns(found.get(barsKey(id, ms)) ?? []);
  const source: BarSource = Object.assign(bars, { facts: await factsThen(market, plan, found, firing.ts) });
  // At a trade a longer bar counts with what it has so far, at a close only once it has ended.
  if (firing.tradeId !== undefined && !onClose) return valueNow(plan, source);
  const { values } = evaluate(plan, source);
  return values[values.length - 1] ?? Number.NaN;
}

/** What was known of a plan's facts at `ts` (ms). */
async function factsThen(
  market: Partial<Pick<MarketPort, 'facts'>>,
  plan: VaryingPlan,
  found: ReadonlyMap<string, readonly Bar[]>,
  ts: number,
): Promise<FactSource> {
  if (plan.facts.length === 0 || market.facts === undefined) return () => undefined;
  const known = await market.facts(
    plan.facts,
    Math.min(ts, ...[...found.values()].flatMap(([first]) => first?.start ?? [])),
  );
  return (key) => {
    const points = known(key);
    if (points === undefined) return undefined;
    const times = Array.from(points.times).filter((time) => time <= ts);
    return { times, values: Array.from(points.values).slice(0, times.length) };
  };
}

const closedBy = (bars: readonly Bar[], interval: number, ts: number): readonly Bar[] =>
  bars.filter(({ start }) => start + interval <= ts);

/** The bars as they were. What fired at a bar's close knew nothing of the bar that began then. */
function asOf(
  bars: readonly Bar[],
  instrument: string,
  interval: number,
  { ts, price, tradeId, instrument: own }: Pick<Firing, 'ts' | 'price' | 'instrument' | 'tradeId'>,
): readonly Bar[] {
  const known = bars.filter(({ start }) => start < ts || (start === ts && tradeId !== undefined));
  const last = known[known.length - 1];
  if (last === undefined || instrument !== own || last.start + interval <= ts) return known;
  return [...known.slice(0, -1), { ...last, close: price }];
}
