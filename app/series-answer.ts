import { otherFacts } from '../commands/scope.ts';
import { UserError } from '../engine/errors.ts';
import type { Expr } from '../engine/language/ast.ts';
import { parseExpression } from '../engine/language/parse.ts';
import { printExpr } from '../engine/language/print.ts';
import { toColumns } from '../engine/market/bar-history.ts';
import type { Bar } from '../engine/market/events.ts';
import { barStart } from '../engine/market/interval.ts';
import { evaluate } from '../engine/series/evaluate.ts';
import { planOf, sampled, type VaryingPlan } from '../engine/series/plan.ts';
import { barsWanted, factsWanted } from '../engine/series/wanted.ts';
import type { SeriesAnswer, SeriesQuery } from '../web/ports.ts';
import type { MarketHost } from './market-host.ts';

/** Most points of one answer. */
const MOST = 5_000;
/** Bars that are asked for at a time. */
const CHUNK = 5_000;

type Market = Pick<MarketHost, 'symbols' | 'now' | 'prepare' | 'held' | 'facts' | 'factNames'> & {
  readonly history: Pick<MarketHost['history'], 'range'>;
};

/**
 * The values of a series at the closes of stored and fetched bars, by the bars' starts: nothing of the open bar. So many bars
 * before the first point are read that it is settled; where the venue has fewer, the first ones are null.
 * @throws UserError with the place in the expression
 */
export async function seriesAnswer(market: Market, quote: string, query: SeriesQuery): Promise<SeriesAnswer> {
  const { expr, plan, instrument } = read(market, quote, query);
  const { interval, from = 0, to = Number.POSITIVE_INFINITY } = query;
  const shown = Math.min(query.limit, MOST);
  // Where the newest bar ends that starts before `to` and is closed.
  const end = barStart(Math.min(to + interval - 1, market.now()), interval);
  const start = Math.max(from, end - shown * interval);
  const bars = await loadBars(market, plan, interval, start, end);
  const known = (id: string, ms: number) => toColumns(bars.get(`${id} ${ms}`) ?? []);
  const facts = await market.facts(plan.facts, start - Math.max(0, ...factsWanted(plan).values()));
  const { starts, values } = evaluate(sampled(plan, interval), Object.assign(known, { facts }));
  const points = Array.from(starts, (at, i) => [at, Number.isFinite(values[i]) ? values[i] : null] as const);
  const inside = points.filter(([at]) => at >= from && at < to);
  return { expr: printExpr(expr, { instrument, interval }), instrument, interval, points: inside.slice(-shown) };
}

function read(
  { symbols, now, factNames }: Market,
  quote: string,
  { expr: text, symbol, interval }: SeriesQuery,
): { expr: Expr; plan: VaryingPlan; instrument: string } {
  const preference = { venue: undefined, quote };
  const own = symbol === undefined ? undefined : symbols.resolve(symbol, preference)?.instrument;
  const expr = parseExpression(text, {
    resolve: (name) => symbols.resolve(name, preference)?.instrument,
    suggest: (name) => symbols.suggest(name, preference, 5).map((info) => info.symbol),
    facts: otherFacts({ factNames }),
    instrument: own,
    interval,
    now: now(),
    wallTime: Date.UTC,
  });
  const plan = planOf(expr);
  if (plan.kind !== 'constant') return { expr, plan, instrument: own ?? plan.instruments[0] };
  throw new UserError('wrong-type', 'a fixed number is no series', {
    span: [0, text.length],
    hint: 'for example rsi(14)',
  });
}

/** All that the plan reads of the bars that ended by `end`, oldest first, by `instrument interval`. */
async function loadBars(
  market: Market,
  plan: VaryingPlan,
  interval: number,
  start: number,
  end: number,
): Promise<ReadonlyMap<string, readonly Bar[]>> {
  const wanted = barsWanted(plan);
  for (const instrument of plan.instruments) {
    // Their closes are the clock of what is sampled.
    const key = `${instrument} ${interval}`;
    if (!wanted.has(key)) wanted.set(key, { instrument, interval, bars: 0 });
  }
  const loaded = new Map<string, readonly Bar[]>();
  for (const [key, want] of wanted) {
    await market.prepare(want.instrument);
    const first = Math.max(0, barStart(start, want.interval) - (want.bars + 1) * want.interval);
    const bars = await closedBars(market, want.instrument, want.interval, first, end);
    loaded.set(key, bars);
  }
  return loaded;
}

async function closedBars(
  market: Market,
  instrument: string,
  interval: number,
  first: number,
  end: number,
): Promise<readonly Bar[]> {
  const byStart = new Map<number, Bar>();
  const last = barStart(end, interval);
  for (let at = first; at < last; at += CHUNK * interval) {
    const found = await market.history.range(instrument, interval, at, Math.min(last, at + CHUNK * interval));
    for (const bar of found) byStart.set(bar.start, bar);
  }
  // What has just closed may be known here alone.
  for (const bar of market.held(instrument, interval, CHUNK).closed) byStart.set(bar.start, bar);
  const inside = [...byStart.values()].filter((bar) => bar.start >= first && bar.start + interval <= end);
  return inside.sort((a, b) => a.start - b.start);
}
