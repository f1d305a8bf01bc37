import { BarHistory } from './bar-history.ts';
import { boughtOf } from './bought.ts';
import type { Bar } from './events.ts';
import { barStart } from './interval.ts';

/** How many numbers a track keeps of its open bar and of the same bar before its newest trade. */
export const TRACK_CELLS = 17;
/** Places of a bar's numbers, `COUNT` being that of its trades. */
const [START, OPEN, HIGH, LOW, CLOSE, VOLUME, COUNT, BOUGHT, BAR_CELLS] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

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
    return this.cells[this.at + START];
  }
  set start(value: number) {
    this.cells[this.at + START] = value;
  }
  get open(): number {
    return this.cells[this.at + OPEN];
  }
  set open(value: number) {
    this.cells[this.at + OPEN] = value;
  }
  get high(): number {
    return this.cells[this.at + HIGH];
  }
  set high(value: number) {
    this.cells[this.at + HIGH] = value;
  }
  get low(): number {
    return this.cells[this.at + LOW];
  }
  set low(value: number) {
    this.cells[this.at + LOW] = value;
  }
  get close(): number {
    return this.cells[this.at + CLOSE];
  }
  set close(value: number) {
    this.cells[this.at + CLOSE] = value;
  }
  get volume(): number {
    return this.cells[this.at + VOLUME];
  }
  set volume(value: number) {
    this.cells[this.at + VOLUME] = value;
  }
  get trades(): number {
    return this.cells[this.at + COUNT];
  }
  set trades(value: number) {
    this.cells[this.at + COUNT] = value;
  }
  get bought(): number {
    return this.cells[this.at + BOUGHT];
  }
  set bought(value: number) {
    this.cells[this.at + BOUGHT] = value;
  }

  /** Takes all numbers of another bar. */
  set(bar: Draft): void {
    const { cells, at } = this;
    cells[at + START] = bar.start;
    cells[at + OPEN] = bar.open;
    cells[at + HIGH] = bar.high;
    cells[at + LOW] = bar.low;
    cells[at + CLOSE] = bar.close;
    cells[at + VOLUME] = bar.volume;
    cells[at + COUNT] = bar.trades;
    cells[at + BOUGHT] = bar.bought;
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
  // What a trade reads comes first: it lies together.
  open: OpenBar | undefined;
  private cells: Float64Array;
  private readonly at: number;
  readonly interval: number;
  readonly instrument: string;
  readonly history = new BarHistory();
  /** The open bar as it was before its newest trade; without trades where that was its first. */
  readonly previous: OpenBar;
  /** Bars that were closed as time went on: the newest and, from `before` back, those of the step before. Starts in ms. */
  private readonly closes = { first: Number.NaN, last: Number.NaN, step: -1, before: Number.NaN, stepBefore: -1 };
  private readonly current: OpenBar;

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
    return this.open === undefined ? this.history.lastStart + this.interval : this.cells[this.at + START];
  }

  /** Whether anything was traded since its bars are kept, or in what history knows before that. */
  get wasTraded(): boolean {
    return this.history.wasTraded || (this.open !== undefined && this.open.trades > 0);
  }

  /**
   * Takes a trade into the open bar. @returns false for one that is older than the open bar, which is left out
   * @param bought how much of `size` was bought by takers; NaN where that is not known
   */
  take(ts: number, price: number, size: number, bought: number): boolean {
    if (this.open === undefined) this.begin(ts);
    const { cells, at } = this;
    if (ts < cells[at + START]) return false;
    // Faster than the call that copies: it is so little.
    for (let i = at; i < at + BAR_CELLS; i++) cells[i + BAR_CELLS] = cells[i];
    if (cells[at + COUNT] === 0) {
      for (let i = at + OPEN; i <= at + CLOSE; i++) cells[i] = price;
      this.lastTrade = ts;
    } else {
      if (price > cells[at + HIGH]) cells[at + HIGH] = price;
      if (price < cells[at + LOW]) cells[at + LOW] = price;
      if (ts >= this.lastTrade) {
        cells[at + CLOSE] = price;
        this.lastTrade = ts;
      }
    }
    cells[at + VOLUME] += size;
    cells[at + BOUGHT] += bought;
    cells[at + COUNT]++;
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
