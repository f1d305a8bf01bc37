import type { Expr } from '../engine/language/ast.ts';
import { toColumns } from '../engine/market/bar-history.ts';
import { bookFact, isOfBook } from '../engine/market/book-facts.ts';
import type { Bar } from '../engine/market/events.ts';
import type { FactPoints } from '../engine/market/fact-line.ts';
import { type FactSource, factAt, splitFactKey } from '../engine/market/facts.ts';
import { applyBinary, applyMath } from '../engine/series/arithmetic.ts';
import { atLastTrade, type BarSource, evaluate } from '../engine/series/evaluate.ts';
import { type FactPlan, inputsOf, isBinary, type Plan, planOf, type VaryingPlan } from '../engine/series/plan.ts';
import { type BarsRead, barsKey, barsRead } from './plan-bars.ts';
import type { MarketPort } from './ports.ts';

/** How a series stands. Values are NaN where there is none. */
export interface SeriesNow {
  /** With the open bar as it is so far. */
  readonly now: number;
  /** At the close of the newest closed bar. */
  readonly closed: number;
  /** Of the newest closes that have a value, and of the value now; `count` is how many closes those are. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** What is missing until the first value. */
  readonly missing: (BarsRead & { readonly has: number }) | undefined;
  /** Facts that it reads and that never came. */
  readonly untold: readonly string[];
}

/** Bars that one series is computed from at most. */
const MOST_BARS = 6000;

type Market = Pick<MarketPort, 'bars' | 'facts' | 'book'>;

/**
 * How a series stands now and stood in the last `shown` bars of its own interval.
 * @throws TransportError where bars are missing and the venue cannot be asked
 */
export async function seriesNow(market: Market, expr: Expr, shown: number): Promise<SeriesNow> {
  const plan = planOf(expr);
  if (plan.kind === 'constant') {
    return {
      now: plan.value,
      closed: plan.value,
      low: plan.value,
      high: plan.value,
      count: 0,
      missing: undefined,
      untold: [],
    };
  }
  const found = await collect(market, plan, shown);
  const facts = await factsFor(market, plan, found, shown);
  const bars = (part: 'live' | 'closed'): BarSource =>
    Object.assign((id: string, ms: number) => found.get(barsKey(id, ms))?.[part] ?? toColumns([]), { facts });
  const [live, closes] = [bars('live'), bars('closed')];
  const { values } = evaluate(plan, closes);
  const recent = values.subarray(-shown).filter(Number.isFinite);
  const now = valueNow(plan, live);
  const ranged = recent.length > 0 && Number.isFinite(now) ? [...recent, now] : recent;
  const first = firstRead(plan);
  const has = live(first.instrument, first.interval).length;
  return {
    now,
    closed: values.length === 0 ? Number.NaN : values[values.length - 1],
    low: recent.length === 0 ? Number.NaN : Math.min(...ranged),
    high: recent.length === 0 ? Number.NaN : Math.max(...ranged),
    count: recent.length,
    missing: Number.isFinite(now) || has >= first.bars ? undefined : { ...first, has },
    untold: untoldFacts(plan.facts, facts),
  };
}

/** Everything that is known of a plan's facts since the first bar that is read. */
async function factsFor(
  market: Market,
  plan: VaryingPlan,
  found: Awaited<ReturnType<typeof collect>>,
  shown: number,
): Promise<FactSource> {
  if (plan.facts.length === 0) return () => undefined;
  const firsts = [...found.values()].map(({ live }) => (live.length === 0 ? Number.POSITIVE_INFINITY : live.start[0]));
  const first = Math.min(...firsts);
  const told = await market.facts(plan.facts, Number.isFinite(first) ? first - shown * plan.interval : 0);
  return withBooks(market, plan.facts, told);
}

/** An order book is watched only while somebody asks: what no rule reads of it is read now. @throws UserError where there is none */
async function withBooks(market: Market, keys: readonly string[], told: FactSource): Promise<FactSource> {
  const read = new Map<string, FactPoints>();
  for (const key of keys) {
    const { name, instrument } = splitFactKey(key);
    if (instrument === undefined || !isOfBook(name) || told(key) !== undefined) continue;
    const book = await market.book(instrument);
    const value = bookFact(name, book);
    if (!Number.isNaN(value)) read.set(key, { times: [book.ts], values: [value] });
  }
  return read.size === 0 ? told : (key) => read.get(key) ?? told(key);
}

/** Names of facts that never came, neither of an instrument nor of none. */
export function untoldFacts(keys: readonly string[], source: FactSource): readonly string[] {
  const known = new Set(keys.filter((key) => source(key) !== undefined).map((key) => splitFactKey(key).name));
  return [...new Set(keys.map((key) => splitFactKey(key).name))].filter((name) => !known.has(name));
}

async function collect(market: Market, plan: VaryingPlan, shown: number) {
  const entries = await Promise.all(
    barsRead(plan).map(async ({ instrument, interval, bars }) => {
      const count = Math.min(MOST_BARS, bars + Math.ceil((shown * plan.interval) / interval));
      const { closed, open } = await market.bars(instrument, interval, count);
      const live: readonly Bar[] = open === undefined ? closed : [...closed, open];
      return [barsKey(instrument, interval), { closed: toColumns(closed), live: toColumns(live) }] as const;
    }),
  );
  return new Map(entries);
}

/** The value with all open bars as they are so far: at a close a longer bar would count only once it has ended. */
export function valueNow(plan: Plan, source: BarSource): number {
  switch (plan.kind) {
    case 'constant':
      return plan.value;
    case 'sample':
      return valueNow(plan.input, source);
    case 'fact':
      return factNow(plan, source);
    case 'combine': {
      const parts = plan.parts.map((part) => valueNow(part, source));
      return isBinary(plan.op) ? applyBinary(plan.op, parts[0], parts[1]) : applyMath(plan.op, parts);
    }
    default:
      return atLastTrade(plan, evaluate(plan, source), source);
  }
}

/** What is known now; of events what came since the newest bar began. */
function factNow({ name, instrument, interval, facts }: FactPlan, source: BarSource): number {
  const { start } = source(instrument, interval);
  return source.facts === undefined ? Number.NaN : factAt(source.facts, name, facts, start[start.length - 1] ?? 0);
}

const span = ({ interval, bars }: BarsRead): number => interval * bars;
const longest = (reads: readonly BarsRead[]): BarsRead => reads.reduce((a, b) => (span(b) > span(a) ? b : a));

/** The bars that the first value waits for the longest. */
function firstRead(plan: VaryingPlan): BarsRead {
  switch (plan.kind) {
    case 'column':
    case 'fact':
      return { instrument: plan.instrument, interval: plan.interval, bars: 1 };
    case 'sample':
      return firstRead(plan.input);
    case 'combine':
      return longest(plan.parts.filter((part) => part.kind !== 'constant').map(firstRead));
    case 'lag':
      return further(plan, [plan.input], plan.lag);
    case 'kernel':
      return further(plan, inputsOf(plan), plan.entry.warmup(plan.params).first - 1);
  }
}

/** As many more bars than the inputs need. */
function further(plan: VaryingPlan, inputs: readonly VaryingPlan[], more: number): BarsRead {
  const own = { instrument: plan.instruments[0], interval: plan.interval, bars: more + 1 };
  const below = inputs.map((input) => {
    const read = firstRead(input);
    return read.interval === plan.interval ? { ...read, bars: read.bars + more } : read;
  });
  return longest([own, ...below]);
}
