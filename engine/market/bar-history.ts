import { boughtOf } from './bought.ts';
import type { Bar } from './events.ts';

/** Bars that there is room for at first: what few bars come to is not to weigh as much as what many do. */
const FIRST_CAPACITY = 64;
const COLUMNS = ['start', 'open', 'high', 'low', 'close', 'volume', 'trades', 'bought'] as const;
export type BarColumn = (typeof COLUMNS)[number];

/** Closed bars as columns, oldest first; each array has `length` elements. `bought` is NaN where it is not known. */
export interface BarColumns extends Readonly<Record<BarColumn, Float64Array>> {
  readonly length: number;
}

/** Bars as columns, for what computes over many of them. */
export function toColumns(bars: readonly Bar[]): BarColumns {
  const columns = { length: bars.length } as Record<BarColumn, Float64Array> & { length: number };
  for (const name of COLUMNS) {
    const column = new Float64Array(bars.length);
    for (let i = 0; i < column.length; i++) column[i] = columnOf(bars[i], name);
    columns[name] = column;
  }
  return columns;
}

/** A column's value of one bar. */
export const columnOf = (bar: Bar, name: BarColumn): number => (name === 'bought' ? boughtOf(bar) : bar[name]);

/** One bar of many. */
export function barAt(bars: Readonly<Record<BarColumn, Float64Array>>, i: number): Bar {
  return {
    start: bars.start[i],
    open: bars.open[i],
    high: bars.high[i],
    low: bars.low[i],
    close: bars.close[i],
    volume: bars.volume[i],
    trades: bars.trades[i],
    bought: Number.isNaN(bars.bought[i]) ? undefined : bars.bought[i],
  };
}

/** One bar of many at a time, for who reads it at once and keeps nothing of it. */
export class BarCursor implements Bar {
  private columns: Readonly<Record<BarColumn, Float64Array>> = toColumns([]);
  private at = 0;

  point(columns: Readonly<Record<BarColumn, Float64Array>>, at: number): void {
    this.columns = columns;
    this.at = at;
  }

  get start(): number {
    return this.columns.start[this.at];
  }
  get open(): number {
    return this.columns.open[this.at];
  }
  get high(): number {
    return this.columns.high[this.at];
  }
  get low(): number {
    return this.columns.low[this.at];
  }
  get close(): number {
    return this.columns.close[this.at];
  }
  get volume(): number {
    return this.columns.volume[this.at];
  }
  get trades(): number {
    return this.columns.trades[this.at];
  }
  get bought(): number | undefined {
    const bought = this.columns.bought[this.at];
    return Number.isNaN(bought) ? undefined : bought;
  }
}

/**
 * The newest closed bars of one instrument and interval, in typed columns. Keeps at least `keep` bars; adding is O(1) on
 * average, the columns are contiguous views.
 */
export class BarHistory {
  private keep: number;
  private capacity: number;
  private from = 0;
  private to = 0;
  private columns: Record<BarColumn, Float64Array>;
  private traded = false;
  /** All bars, as they were looked at last; undefined when they have changed since. */
  private whole: BarColumns | undefined;

  constructor(keep = 256) {
    this.keep = keep;
    this.capacity = Math.min(keep * 2, FIRST_CAPACITY);
    this.columns = this.allocate();
  }

  /** One piece of memory for all columns. */
  private allocate(): Record<BarColumn, Float64Array> {
    const { capacity } = this;
    const memory = new ArrayBuffer(COLUMNS.length * capacity * Float64Array.BYTES_PER_ELEMENT);
    const columns = {} as Record<BarColumn, Float64Array>;
    COLUMNS.forEach((name, i) => {
      columns[name] = new Float64Array(memory, i * capacity * Float64Array.BYTES_PER_ELEMENT, capacity);
    });
    return columns;
  }

  get length(): number {
    return this.to - this.from;
  }

  /** How many bars are kept at least. */
  get kept(): number {
    return this.keep;
  }

  /** Start of the oldest bar kept, in ms; NaN while there is none. */
  get firstStart(): number {
    return this.length === 0 ? Number.NaN : this.columns.start[this.from];
  }

  /** Start of the newest closed bar, in ms; NaN while there is none. */
  get lastStart(): number {
    return this.length === 0 ? Number.NaN : this.columns.start[this.to - 1];
  }

  /** Whether one of its bars had trades, be it still kept or not. */
  get wasTraded(): boolean {
    return this.traded;
  }

  get lastClose(): number {
    return this.length === 0 ? Number.NaN : this.columns.close[this.to - 1];
  }

  /** Keeps at least `bars` bars from now on; there is room for them once they come. */
  widen(bars: number): void {
    this.keep = Math.max(this.keep, bars);
  }

  /** Has room for so many bars. */
  private grow(capacity: number): void {
    const { columns, from, to } = this;
    this.capacity = capacity;
    this.columns = this.allocate();
    for (const name of COLUMNS) this.columns[name].set(columns[name].subarray(from, to));
    this.from = 0;
    this.to = to - from;
    this.whole = undefined;
  }

  clear(): void {
    this.empty();
    this.traded = false;
  }

  private empty(): void {
    this.whole = undefined;
    this.from = 0;
    this.to = 0;
  }

  push(bar: Bar): void {
    this.whole = undefined;
    if (this.to === this.capacity) this.makeRoom();
    const { columns, to } = this;
    columns.start[to] = bar.start;
    columns.open[to] = bar.open;
    columns.high[to] = bar.high;
    columns.low[to] = bar.low;
    columns.close[to] = bar.close;
    columns.volume[to] = bar.volume;
    columns.trades[to] = bar.trades;
    columns.bought[to] = boughtOf(bar);
    if (bar.trades > 0) this.traded = true;
    this.to++;
  }

  private makeRoom(): void {
    const most = this.keep * 2;
    if (this.capacity < most) this.grow(Math.min(most, this.capacity * 2));
    else this.slide();
  }

  private slide(): void {
    const from = Math.max(this.from, this.to - this.keep);
    for (const name of COLUMNS) this.columns[name].copyWithin(0, from, this.to);
    this.to -= from;
    this.from = 0;
  }

  /** Takes bars from outside in, by start: what is new is put in its place, what is known is corrected. */
  merge(bars: readonly Bar[]): void {
    if (this.isFollowedBy(bars)) {
      this.widen(bars.length);
      this.reserve(Math.min(this.length + bars.length, this.keep));
      for (const bar of bars) this.push(bar);
      return;
    }
    const byStart = new Map(this.list(this.length).map((bar) => [bar.start, bar]));
    for (const bar of bars) byStart.set(bar.start, bar);
    const all = [...byStart.values()].sort((a, b) => a.start - b.start);
    this.widen(Math.max(this.keep, Math.min(all.length, bars.length)));
    this.fill(all.slice(-this.keep));
  }

  /** Whether bars are newer than all that is known, in order. */
  private isFollowedBy(bars: readonly Bar[]): boolean {
    let last = this.length === 0 ? Number.NEGATIVE_INFINITY : this.lastStart;
    return bars.every(({ start }) => {
      const isNewer = start > last;
      last = start;
      return isNewer;
    });
  }

  /** Makes room for so many bars at once. */
  private reserve(bars: number): void {
    if (bars > this.capacity) this.grow(Math.min(this.keep * 2, bars + FIRST_CAPACITY));
  }

  private fill(bars: readonly Bar[]): void {
    this.empty();
    this.reserve(bars.length);
    for (const bar of bars) this.push(bar);
  }

  /** The newest bar; undefined while there is none. */
  newestBar(): Bar | undefined {
    return this.length === 0 ? undefined : barAt(this.columns, this.to - 1);
  }

  /** The newest `count` bars or fewer, oldest first. */
  list(count: number): Bar[] {
    const bars: Bar[] = [];
    for (let i = Math.max(this.from, this.to - count); i < this.to; i++) bars.push(barAt(this.columns, i));
    return bars;
  }

  /** Views of the newest `count` bars: valid until the next `push`. */
  view(count = this.length): BarColumns {
    if (count < this.length) return this.newest(count);
    this.whole ??= this.newest(count);
    return this.whole;
  }

  private newest(count: number): BarColumns {
    const from = Math.max(this.from, this.to - count);
    const view = { length: this.to - from } as Record<BarColumn, Float64Array> & { length: number };
    for (const name of COLUMNS) view[name] = this.columns[name].subarray(from, this.to);
    return view;
  }
}
