import { USUAL_COSTS } from '../engine/ledger/costs.ts';
import type { PricePath, RecordInput, RecordRow } from '../engine/ledger/outcomes.ts';
import type { SignalRecord } from '../engine/ledger/rows.ts';
import type { Bar } from '../engine/market/events.ts';
import { barStart, DAY, HOUR, MINUTE } from '../engine/market/interval.ts';
import type { CommandContext } from './command.ts';

/** How far back results are looked at, and how far at least the prices that they are compared with reach, in ms. */
export const LONGEST = 60 * DAY;
const SHORTEST = 7 * DAY;
/** Most signals that are looked at. */
export const MOST_SIGNALS = 1_000;
const HORIZONS = [15 * MINUTE, HOUR, 4 * HOUR, DAY];
const INTERVALS = [5 * MINUTE, 15 * MINUTE];
/** Bars of one instrument, and those that are asked for at once. */
const MOST_BARS = 6_000;
const PAGE_BARS = 2_000;
/** Random entries are drawn so often. */
const ROUNDS = 999;
const SEED = 20_251;

type Context = Pick<CommandContext, 'archive' | 'desk' | 'clock' | 'log'>;

/** Prices of all instruments that signals are on. */
export interface Prices {
  /** Of the bars, in ms. */
  readonly interval: number;
  readonly paths: ReadonlyMap<string, PricePath>;
  /** Instruments whose prices could not be had. */
  readonly missing: readonly string[];
}

/** Closes from the first signal on, or of a week where that is longer; of an instrument whose venue does not answer there are none. */
export async function pricesFor(context: Context, records: readonly SignalRecord[]): Promise<Prices> {
  const now = context.clock.now();
  const first = records.reduce((least, { signal }) => Math.min(least, signal.ts), now - SHORTEST);
  const interval = INTERVALS.find((each) => (now - first) / each <= MOST_BARS - 2) ?? INTERVALS[INTERVALS.length - 1];
  const instruments = [...new Set(records.map(({ signal }) => signal.instrument))];
  const paths = new Map<string, PricePath>();
  for (const instrument of instruments) {
    try {
      const bars = await barsSince(context, instrument, interval, barStart(first, interval) - interval);
      if (bars.length > 0) paths.set(instrument, toPath(bars, interval));
    } catch (error) {
      context.log.warn({ err: error, instrument }, 'prices behind signals could not be had');
    }
  }
  return { interval, paths, missing: instruments.filter((each) => !paths.has(each)) };
}

async function barsSince(
  { archive, clock }: Context,
  instrument: string,
  interval: number,
  since: number,
): Promise<readonly Bar[]> {
  const bars: Bar[] = [];
  const end = barStart(clock.now(), interval);
  for (let from = since; from < end; from += PAGE_BARS * interval)
    bars.push(...(await archive.bars(instrument, interval, from, Math.min(end, from + PAGE_BARS * interval))));
  return bars;
}

const toPath = (bars: readonly Bar[], interval: number): PricePath => ({
  ends: Float64Array.from(bars, ({ start }) => start + interval),
  closes: Float64Array.from(bars, ({ close }) => close),
});

/** What signals came to, beside random entries. */
export function recordOf(
  { desk }: Pick<Context, 'desk'>,
  records: readonly SignalRecord[],
  { paths }: Prices,
): Promise<readonly RecordRow[]> {
  const instruments = [...paths.keys()];
  const entries = records.flatMap(({ signal, end }): RecordInput['entries'] => {
    const { side, price, ts, instrument } = signal;
    const path = instruments.indexOf(instrument);
    const exit = end && { ts: end.ts, result: end.result };
    return path < 0 ? [] : [{ path, side, price, ts, exit }];
  });
  const input = {
    entries,
    paths: [...paths.values()],
    costs: USUAL_COSTS,
    horizons: HORIZONS,
    seed: SEED,
    rounds: ROUNDS,
  };
  return desk.analyse('record', input);
}

/** So few results tell nothing. */
export const FEW = 20;

/** What a judgement is built on: the exits where there are enough of them, else the longest horizon with enough. */
export function judgedRow(rows: readonly RecordRow[]): RecordRow | undefined {
  const enough = rows.filter(({ count }) => count >= FEW);
  return enough.at(-1) ?? rows.at(-1);
}
