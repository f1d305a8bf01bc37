import { BarHistory } from './bar-history.ts';
import { boughtOf } from './bought.ts';
import type { Bar } from './events.ts';
import { barStart } from './interval.ts';

/** The bar that is still open. One object a bar, changed in place. */
export type OpenBar = { -readonly [K in keyof Bar]-?: number };

/** Longest run of empty bars that is filled in; beyond it the bars in between are left out. */
export const LONGEST_FLAT_RUN = 10_000;

/** The bars of one instrument at one interval: the closed ones and the open one. */
export class Track {
  readonly instrument: string;
  readonly interval: number;
  readonly history = new BarHistory();
  open: OpenBar | undefined;
  /** The open bar as it was before its newest trade; without trades where that was its first. */
  readonly previous: OpenBar = emptyBar(0, Number.NaN);
  /** When the open bar's newest trade was, in ms: older ones do not set the close. */
  private lastTrade = 0;

  constructor(instrument: string, interval: number) {
    this.instrument = instrument;
    this.interval = interval;
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
    const { previous } = this;
    previous.start = bar.start;
    previous.open = bar.open;
    previous.high = bar.high;
    previous.low = bar.low;
    previous.close = bar.close;
    previous.volume = bar.volume;
    previous.trades = bar.trades;
    previous.bought = bar.bought;
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
    this.open = emptyBar(start, Number.isNaN(last) ? Number.NaN : this.history.lastClose);
    return this.open;
  }

  /** Closes the open bar (a flat one where nothing was traded) and opens the next. */
  close(): Bar {
    const bar = barOf(this.open ?? this.begin(0));
    this.history.push(bar);
    this.open = emptyBar(bar.start + this.interval, bar.close);
    return bar;
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
    this.open = emptyBar(barStart(ts, this.interval) - LONGEST_FLAT_RUN * this.interval, price);
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
    if (parts.length === 0)
      Object.assign(open, {
        open: finer.open.open,
        high: finer.open.high,
        low: finer.open.low,
        close: finer.open.close,
      });
    this.open = open;
  }

  /** What the newest trade found, of which the finer bars know: a later one may be older than it, or ask what was before. */
  private rememberBefore(finer: Track, start: number, closed: readonly Bar[]): void {
    this.lastTrade = finer.lastTrade;
    const before = emptyBar(start, this.history.lastClose);
    for (const part of closed) if (part.start < finer.previous.start) mergeBar(before, part);
    if (finer.previous.trades > 0 && finer.previous.start >= start) mergeBar(before, finer.previous);
    Object.assign(this.previous, before);
  }
}

/** An open bar as it stands now. */
export function barOf(open: OpenBar): Bar {
  return { ...open, bought: Number.isNaN(open.bought) ? undefined : open.bought };
}

function emptyBar(start: number, price: number): OpenBar {
  return { start, open: price, high: price, low: price, close: price, volume: 0, trades: 0, bought: 0 };
}

/** Adds a later, finer bar to an open one. */
function mergeBar(open: OpenBar, part: Bar): void {
  const first = open.trades === 0;
  open.open = first ? part.open : open.open;
  open.high = first ? part.high : Math.max(open.high, part.high);
  open.low = first ? part.low : Math.min(open.low, part.low);
  open.close = part.close;
  open.volume += part.volume;
  open.trades += part.trades;
  open.bought += boughtOf(part);
}
