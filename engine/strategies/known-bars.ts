import { type BarColumn, type BarColumns, BarCursor, barAt } from '../market/bar-history.ts';
import { boughtOf } from '../market/bought.ts';
import { isSound } from '../market/instrument-state.ts';
import { MINUTE } from '../market/interval.ts';
import { LONGEST_FLAT_RUN } from '../market/track.ts';
import { columnsOf, type HistoryColumns } from '../preflight/replay.ts';
import type { ReplayPlan } from '../preflight/replay-plan.ts';
import { stillShares } from '../preflight/walk.ts';

/** What is walked of an instrument. */
export interface WalkedBars {
  readonly instrument: string;
  readonly columns: BarColumns;
  /** Place of the first that is walked: the others are history. */
  readonly first: number;
  /** Whether something was traded in each, and none is missing. */
  readonly isWhole: boolean;
}

/** Whether there was anything in a bar. */
export const isTraded = ({ trades, volume }: BarColumns, i: number): boolean => trades[i]! > 0 || volume[i]! > 0;

/**
 * The bars of an instrument that are walked from `from` (ms) on.
 *
 * @returns undefined where an engine would have to find its way: bars that cannot be or stand elsewhere, none right before the beginning,
 * a silence that is too long to be filled in
 */
export function walkedBars(
  { walked, to }: ReplayPlan,
  history: readonly HistoryColumns[],
  instrument: string,
  from: number,
): WalkedBars | undefined {
  const columns = columnsOf(history, instrument, walked);
  const first = columns && learnedOf(columns, walked, from);
  if (columns === undefined || first === undefined) return undefined;
  const { start } = columns;
  const bar = new BarCursor();
  let isWhole = true;
  let end = from;
  for (let i = first; i < columns.length; i++) {
    const missing = (start[i]! - end) / walked;
    bar.point(columns, i);
    if (!(missing >= 0 && missing < LONGEST_FLAT_RUN / 2 && Number.isInteger(missing)) || !isSound(bar))
      return undefined;
    if (missing > 0 || !isTraded(columns, i)) isWhole = false;
    end = start[i]! + walked;
  }
  if ((to - end) / walked >= LONGEST_FLAT_RUN / 2) return undefined;
  return { instrument, columns, first, isWhole: isWhole && end >= to };
}

/** How many bars are history at `from` (ms); undefined where the last of them does not end then, or one cannot be. */
function learnedOf(columns: BarColumns, interval: number, from: number): number | undefined {
  const { start } = columns;
  let i = 0;
  for (; i < columns.length && start[i]! + interval <= from; i++) {
    if ((i > 0 && !(start[i]! > start[i - 1]!)) || !isSound(barAt(columns, i))) return undefined;
  }
  return i > 0 && start[i - 1]! + interval === from ? i : undefined;
}

/** The bar that is open, and where closed ones go. */
class Closing {
  readonly columns: Record<BarColumn, Float64Array> & { length: number };
  private readonly interval: number;
  private at: number;
  private start: number;
  private open: number;
  private high: number;
  private low: number;
  private price: number;
  private volume = 0;
  private trades = 0;
  private bought = 0;

  /** @param price the last one before */
  constructor(columns: Closing['columns'], at: number, start: number, interval: number, price: number) {
    this.columns = columns;
    this.at = at;
    this.start = start;
    this.interval = interval;
    this.price = price;
    this.open = price;
    this.high = price;
    this.low = price;
  }

  get end(): number {
    return this.start + this.interval;
  }

  /** Prices, in the order in which the engine adds up what was traded: the last bits of a sum depend on it. */
  take(open: number, high: number, low: number, close: number, volume: number, trades: number, bought: number): void {
    if (this.trades === 0) {
      this.open = open;
      this.high = high;
      this.low = low;
    } else {
      if (high > this.high) this.high = high;
      if (low < this.low) this.low = low;
    }
    this.price = close;
    this.volume += volume;
    this.trades += trades;
    this.bought += bought;
  }

  close(): void {
    const { columns, at, price } = this;
    columns.start[at] = this.start;
    columns.open[at] = this.open;
    columns.high[at] = this.high;
    columns.low[at] = this.low;
    columns.close[at] = price;
    columns.volume[at] = this.volume;
    columns.trades[at] = this.trades;
    columns.bought[at] = this.bought;
    this.at++;
    this.start += this.interval;
    this.open = price;
    this.high = price;
    this.low = price;
    this.volume = 0;
    this.trades = 0;
    this.bought = 0;
  }
}

/**
 * The bars of an interval as an engine has closed them that learned what was before `from` (ms) and went through the walked ones: those
 * that nothing was traded in are flat, and what is longer is put together.
 *
 * @returns undefined where that engine would have begun in the midst of one
 */
export function barsAsClosed(
  { walked, to }: ReplayPlan,
  history: readonly HistoryColumns[],
  lane: WalkedBars,
  interval: number,
  from: number,
): BarColumns | undefined {
  const known = columnsOf(history, lane.instrument, interval);
  const learned = known && learnedOf(known, interval, from);
  if (known === undefined || learned === undefined || from % interval !== 0 || interval % walked !== 0)
    return undefined;
  if (known === lane.columns && walked === MINUTE && lane.isWhole && hasVolume(known)) return known;
  const { columns, first } = lane;
  const last = Math.max(to, columns.length === 0 ? 0 : columns.start[columns.length - 1]! + walked);
  const closed = room(known, learned, Math.floor((last - from) / interval));
  const bars = new Closing(closed, learned, from, interval, columns.close[first - 1]!);
  for (let i = first; i < columns.length; i++) {
    while (columns.start[i]! >= bars.end) bars.close();
    if (isTraded(columns, i)) takeWalked(bars, columns, i, walked);
  }
  while (bars.end <= last) bars.close();
  return closed;
}

/** Without volume nothing was bought, whatever the columns say. */
const hasVolume = ({ volume, length }: BarColumns): boolean => {
  for (let i = 0; i < length; i++) if (volume[i] === 0) return false;
  return true;
};

/** Columns that begin with `learned` bars and have room for more. */
function room(known: BarColumns, learned: number, more: number): Closing['columns'] {
  const columns = { length: learned + more } as Closing['columns'];
  for (const name of Object.keys(known) as (keyof BarColumns)[]) {
    if (name === 'length') continue;
    columns[name] = new Float64Array(learned + more);
    columns[name].set(known[name].subarray(0, learned));
  }
  for (let i = 0; i < learned; i++) columns.bought[i] = boughtOf(barAt(known, i));
  return columns;
}

/** A walked bar as it is told to an engine: a minute as it is, a longer one in quarters. */
function takeWalked(bars: Closing, columns: BarColumns, i: number, walked: number): void {
  const { open, high, low, close, volume, trades, bought } = columns;
  if (walked === MINUTE) {
    const taken = volume[i] === 0 ? 0 : bought[i]!;
    bars.take(open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!, trades[i]!, taken);
    return;
  }
  const shares = stillShares(barAt(columns, i));
  const taken = boughtOf({ volume: shares.volume, ...shares.bought });
  const prices = [open[i]!, high[i]!, low[i]!, close[i]!];
  for (let step = 0; step < prices.length; step++) {
    const price = prices[step]!;
    bars.take(price, price, price, price, shares.volume, shares.trades[step]!, taken);
  }
}
