import { BarHistory } from './bar-history.ts';
import { boughtOf } from './bought.ts';
import type { Bar } from './events.ts';
import { barStart } from './interval.ts';

/** How many numbers a track keeps of its open bar and of the same bar before its newest trade. */
export const TRACK_CELLS = 17;
const BAR_CELLS = 8;

/** A bar that changes. */
type Draft = { -readonly [K in keyof Bar]-?: number };

/**
 * The bar that is still open, as a view of cells that hold the numbers of all bars of an instrument: a trade touches few
 * places of memory, however much else is held.
 */
export class OpenBar implements Draft {
  private cells: Float64Array;
  private readonly at: number;

  constructor(cells: Float64Array, at: number) {
    this.cells = cells;
    this.at = at;
  }

  /** Its numbers have moved to other cells. */
  moveTo(cells: Float64Array): void {
    this.cells = cells;
  }

  get start(): number {
    return this.cells[this.at];
  }
  set start(value: number) {
    this.cells[this.at] = value;
  }
  get open(): number {
    return this.cells[this.at + 1];
  }
  set open(value: number) {
    this.cells[this.at + 1] = value;
  }
  get high(): number {
    return this.cells[this.at + 2];
  }
  set high(value: number) {
    this.cells[this.at + 2] = value;
  }
  get low(): number {
    return this.cells[this.at + 3];
  }
  set low(value: number) {
    this.cells[this.at + 3] = value;
  }
  get close(): number {
    return this.cells[this.at + 4];
  }
  set close(value: number) {
    this.cells[this.at + 4] = value;
  }
  get volume(): number {
    return this.cells[this.at + 5];
  }
  set volume(value: number) {
    this.cells[this.at + 5] = value;
  }
  get trades(): number {
    return this.cells[this.at + 6];
  }
  set trades(value: number) {
    this.cells[this.at + 6] = value;
  }
  get bought(): number {
    return this.cells[this.at + 7];
  }
  set bought(value: number) {
    this.cells[this.at + 7] = value;
  }

  /** Takes all numbers of another bar. */
  set(bar: Draft): void {
    const { cells, at } = this;
    cells[at] = bar.start;
    cells[at + 1] = bar.open;
    cells[at + 2] = bar.high;
    cells[at + 3] = bar.low;
    cells[at + 4] = bar.close;
    cells[at + 5] = bar.volume;
    cells[at + 6] = bar.trades;
    cells[at + 7] = bar.bought;
  }

  /** A copy that stays as it is. */
  draft(): Draft {
    const { start, open, high, low, close, volume, trades, bought } = this;
    return { start, open, high, low, close, volume, trades, bought };
  }
}

/** Longest run of empty bars that is filled in; beyond it the bars in between are left out. */
export const LONGEST_FLAT_RUN = 10_000;

/** The bars of one instrument at one interval: the closed ones and the open one. */
export class Track {
  readonly instrument: string;
  readonly interval: number;
  readonly history = new BarHistory();
  open: OpenBar | undefined;
  /** The open bar as it was before its newest trade; without trades where that was its first. */
  readonly previous: OpenBar;
  /** Bars that were closed as time went on: the newest and, from `before` back, those of the step before. Starts in ms. */
  private readonly closes = { first: Number.NaN, last: Number.NaN, step: -1, before: Number.NaN, stepBefore: -1 };
  private readonly current: OpenBar;
  private cells: Float64Array;
  private readonly at: number;

  /** @param at where in `cells` its numbers begin */
  constructor(instrument: string, interval: number, cells = new Float64Array(TRACK_CELLS), at = 0) {
    this.instrument = instrument;
    this.interval = interval;
    this.cells = cells;
    this.at = at;
    this.current = new OpenBar(cells, at);
    this.previous = new OpenBar(cells, at + BAR_CELLS);
    this.previous.set(emptyBar(0, Number.NaN));
  }

  /** Its numbers have moved to other cells. */
  moveTo(cells: Float64Array): void {
    this.cells = cells;
    this.current.moveTo(cells);
    this.previous.moveTo(cells);
  }

  /** When the open bar's newest trade was, in ms: older ones do not set the close. */
  private get lastTrade(): number {
    return this.cells[this.at + 2 * BAR_CELLS];
  }

  private set lastTrade(ts: number) {
    this.cells[this.at + 2 * BAR_CELLS] = ts;
  }

  /** End of the open bar in ms, or of the one after the newest closed bar; infinity before anything is known. */
  get end(): number {
    if (this.open !== undefined) return this.open.start + this.interval;
    const last = this.history.lastStart;
    return Number.isNaN(last) ? Number.POSITIVE_INFINITY : last + 2 * this.interval;
  }

  /** Start of the open bar, or of the one to come, in ms: what is older is history. NaN before anything is known. */
  get frontier(): number {
    return this.open === undefined ? this.history.lastStart + this.interval : this.open.start;
  }

  /**
   * Takes a trade into the open bar. @returns false for one that is older than the open bar, which is left out
   * @param bought how much of `size` was bought by takers; NaN where that is not known
   */
  take(ts: number, price: number, size: number, bought: number): boolean {
    const bar = this.open ?? this.begin(ts);
    if (ts < bar.start) return false;
    const { cells, at } = this;
    // Faster than the call that copies: it is so little.
    for (let i = at; i < at + BAR_CELLS; i++) cells[i + BAR_CELLS] = cells[i];
    if (bar.trades === 0) {
      bar.open = price;
      bar.high = price;
      bar.low = price;
      bar.close = price;
      this.lastTrade = ts;
    } else {
      if (price > bar.high) bar.high = price;
      if (price < bar.low) bar.low = price;
      if (ts >= this.lastTrade) {
        bar.close = price;
        this.lastTrade = ts;
      }
    }
    bar.volume += size;
    bar.bought += bought;
    bar.trades++;
    return true;
  }

  /** Opens the bar that `ts` falls in, or the one that follows the newest closed bar. */
  private begin(ts: number): OpenBar {
    const last = this.history.lastStart;
    const start = Number.isNaN(last) ? barStart(ts, this.interval) : last + this.interval;
    return this.reopen(emptyBar(start, Number.isNaN(last) ? Number.NaN : this.history.lastClose));
  }

  private reopen(bar: Draft): OpenBar {
    this.current.set(bar);
    this.open = this.current;
    return this.current;
  }

  /** Opens the bar that follows the newest closed one, so that longer bars know what lies before it. */
  openNext(): void {
    if (this.open === undefined && this.history.length > 0) this.begin(0);
  }

  /** Closes the open bar (a flat one where nothing was traded) and opens the next. */
  close(): Bar {
    const bar = barOf(this.open ?? this.begin(0));
    this.history.push(bar);
    this.reopen(emptyBar(bar.start + this.interval, bar.close));
    return bar;
  }

  /** Its newest bar was closed in the step of that number. */
  closedIn(step: number): void {
    const { closes } = this;
    const { lastStart } = this.history;
    if (closes.step !== step) {
      closes.before = closes.first;
      closes.stepBefore = closes.step;
      closes.first = lastStart;
      closes.step = step;
    }
    closes.last = lastStart;
  }

  /**
   * Number of the step in which the bar that starts at `start` was closed; of older ones the last in which it can have been. -1 where
   * nothing is known of it.
   */
  stepOf(start: number): number {
    const { first, last, step, before, stepBefore } = this.closes;
    if (!(start <= last)) return -1;
    if (start >= first) return step;
    return start >= before ? stepBefore : Math.max(-1, (stepBefore < 0 ? step : stepBefore) - 1);
  }

  /** As if nothing had ever been known: whoever reads it has to warm up again. */
  forget(): void {
    this.history.clear();
    this.open = undefined;
  }

  /** Leaves out empty bars so that no more than the longest flat run lies before `ts`. @returns whether there were more */
  skipTo(ts: number): boolean {
    const missing = Math.floor((ts - this.end) / this.interval);
    if (missing <= LONGEST_FLAT_RUN || (this.open !== undefined && this.open.trades > 0)) return false;
    const price = this.open === undefined ? this.history.lastClose : this.open.close;
    this.reopen(emptyBar(barStart(ts, this.interval) - LONGEST_FLAT_RUN * this.interval, price));
    return true;
  }

  /** The open bar anew from finer bars that lie in it, then from the finer open bar. */
  rebuildOpen(finer: Track): void {
    if (finer.open === undefined) return;
    const start = barStart(finer.open.start, this.interval);
    if (this.history.lastStart >= start) return;
    const parts: Bar[] = finer.history.list(this.interval / finer.interval).filter((bar) => bar.start >= start);
    this.rememberBefore(finer, start, parts);
    if (finer.open.trades > 0) parts.push(finer.open);
    const open = emptyBar(start, this.history.lastClose);
    for (const part of parts) mergeBar(open, part);
    if (parts.length === 0) {
      const { open: first, high, low, close } = finer.open;
      Object.assign(open, { open: first, high, low, close });
    }
    this.reopen(open);
  }

  /** What the newest trade found, of which the finer bars know: a later one may be older than it, or ask what was before. */
  private rememberBefore(finer: Track, start: number, closed: readonly Bar[]): void {
    this.lastTrade = finer.lastTrade;
    const before = emptyBar(start, this.history.lastClose);
    for (const part of closed) if (part.start < finer.previous.start) mergeBar(before, part);
    if (finer.previous.trades > 0 && finer.previous.start >= start) mergeBar(before, finer.previous);
    this.previous.set(before);
  }
}

/** An open bar as it stands now. */
export function barOf(open: OpenBar): Bar {
  const { start, open: first, high, low, close, volume, trades, bought } = open;
  return { start, open: first, high, low, close, volume, trades, bought: Number.isNaN(bought) ? undefined : bought };
}

function emptyBar(start: number, price: number): Draft {
  return { start, open: price, high: price, low: price, close: price, volume: 0, trades: 0, bought: 0 };
}

/** Adds a later, finer bar to an open one. */
function mergeBar(open: Draft, part: Bar): void {
  const first = open.trades === 0;
  open.open = first ? part.open : open.open;
  open.high = first ? part.high : Math.max(open.high, part.high);
  open.low = first ? part.low : Math.min(open.low, part.low);
  open.close = part.close;
  open.volume += part.volume;
  open.trades += part.trades;
  open.bought += boughtOf(part);
}
