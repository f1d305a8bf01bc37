import { boughtOf } from './bought.ts';
import type { Bar } from './events.ts';
import { splitInstrument } from './instrument.ts';
import { MINUTE } from './interval.ts';
import { TRACK_CELLS, Track } from './track.ts';

/** Places of an instrument's own numbers; those of its tracks follow. */
const [NEXT_CLOSE, LAST_PRICE, LAST_TS, OWN_CELLS] = [0, 1, 2, 3];

const NO_TRACKS: readonly never[] = [];

/** What follows the trades of one instrument. */
export interface TradeFollower {
  /** Trades of `size` in all, the newest at `price`, after which `last` is the last price. */
  follow(price: number, last: number, size: number, trades: number): void;
  /** The bars were changed otherwise: whatever follows has to look anew. */
  expire(): void;
  /** Whether nobody looks before a bar closes. */
  readonly isIdle: boolean;
}

/** All that the engine holds of one instrument: its tracks, its last price, what it waits for. */
export class InstrumentState {
  /** What a trade reads and changes, in one piece of memory: three numbers, then those of each track. */
  private cells = new Float64Array(OWN_CELLS + 2 * TRACK_CELLS);
  /** Longest interval first. */
  readonly tracks: Track[];
  /** One-minute bars: always there; longer bars are opened from them. */
  readonly base: Track;
  /** The live series that its trades move. */
  readonly series: TradeFollower;
  readonly id: string;
  readonly venue: string;
  /** Trades that came after their bar was closed. */
  late = 0;
  /** Since when its data are missing, in ms. */
  gapSince: number | undefined;
  /** Tracks whose bars were dropped and not asked for since. */
  readonly forgotten = new Set<Track>();
  /** Bars of history already asked for, by interval. */
  readonly asked = new Map<number, number>();

  constructor(id: string, series: TradeFollower) {
    this.id = id;
    [this.venue] = splitInstrument(id);
    this.series = series;
    this.cells[NEXT_CLOSE] = Number.POSITIVE_INFINITY;
    this.cells[LAST_PRICE] = Number.NaN;
    this.cells[LAST_TS] = Number.NaN;
    this.base = new Track(id, MINUTE, this.cells, OWN_CELLS);
    this.tracks = [this.base];
  }

  /** When the earliest open bar ends, in ms. */
  get nextClose(): number {
    return this.cells[NEXT_CLOSE];
  }

  get lastPrice(): number {
    return this.cells[LAST_PRICE];
  }

  get lastTs(): number {
    return this.cells[LAST_TS];
  }

  track(interval: number): Track | undefined {
    return this.tracks.find((track) => track.interval === interval);
  }

  /** The track of an interval, opened from the one-minute bars where it is new. */
  open(interval: number): Track {
    const known = this.track(interval);
    if (known !== undefined) return known;
    const at = this.reserve(this.tracks.length);
    const track = new Track(this.id, interval, this.cells, at);
    this.tracks.push(track);
    this.tracks.sort((a, b) => b.interval - a.interval);
    if (interval > MINUTE && interval % MINUTE === 0) track.rebuildOpen(this.base);
    this.schedule();
    return track;
  }

  /** Sees to cells for the track number `count`: where there are none left, all numbers move. @returns where they begin */
  private reserve(count: number): number {
    const at = OWN_CELLS + count * TRACK_CELLS;
    if (at + TRACK_CELLS > this.cells.length) {
      const cells = new Float64Array(OWN_CELLS + 2 * count * TRACK_CELLS);
      cells.set(this.cells);
      this.cells = cells;
      for (const track of this.tracks) track.moveTo(cells);
    }
    return at;
  }

  /** Leaves out of the bars that end next those that a long silence before `ts` is too many for. @returns whether there were any */
  leaveOut(ts: number): boolean {
    const end = this.nextClose;
    let isLess = false;
    for (const track of this.tracks) if (track.end === end && track.skipTo(ts)) isLess = true;
    if (isLess) this.schedule();
    return isLess;
  }

  /** Finds anew when the earliest bar ends. */
  schedule(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const track of this.tracks) if (track.end < next) next = track.end;
    this.cells[NEXT_CLOSE] = next;
  }

  /**
   * Takes a trade into every open bar that it belongs to. @returns false where it is older than the open minute
   * @param bought how much of `size` was bought by takers; NaN where that is not known
   * @param finest bars shorter than this (ms) are not told
   */
  take(ts: number, price: number, size: number, bought: number, finest = 0): boolean {
    const { tracks } = this;
    if (ts < this.base.frontier) {
      this.late++;
      return false;
    }
    let begun = false;
    for (let i = 0; i < tracks.length; i++) {
      if (tracks[i].interval < finest) continue;
      if (tracks[i].open === undefined) begun = true;
      tracks[i].take(ts, price, size, bought);
    }
    if (begun) this.schedule();
    const { cells } = this;
    if (!(ts < cells[LAST_TS])) {
      cells[LAST_TS] = ts;
      cells[LAST_PRICE] = price;
    }
    return true;
  }

  /** Drops the bars of intervals shorter than a minute: nothing is known of them any more. @returns their tracks */
  forgetFiner(): readonly Track[] {
    // Usually there are none, and each walked minute asks.
    if (!this.tracks.some(({ interval }) => interval < MINUTE)) return NO_TRACKS;
    const finer = this.tracks.filter(
      ({ interval, open, history }) => interval < MINUTE && (open !== undefined || history.length > 0),
    );
    for (const track of finer) {
      track.forget();
      this.forgotten.add(track);
    }
    if (finer.length > 0) this.schedule();
    return finer;
  }

  /** History before the open bar: corrects the closed bars and opens the longer bars anew. */
  learn(track: Track, bars: readonly Bar[]): void {
    const openStart = track.open?.start ?? Number.POSITIVE_INFINITY;
    track.history.merge(bars.filter((bar) => bar.start < openStart));
    if (track === this.base) {
      track.openNext();
      for (const longer of this.tracks)
        if (longer.interval > MINUTE && longer.interval % MINUTE === 0) longer.rebuildOpen(track);
    } else if (track.interval > MINUTE && track.interval % MINUTE === 0) track.rebuildOpen(this.base);
    if (Number.isNaN(this.lastPrice)) this.cells[LAST_PRICE] = track.history.lastClose;
    this.schedule();
  }
}

/**
 * The prices of a bar in the order in which they are assumed to have come: the extreme nearer to the open first. Of the part
 * that `known` has shown already only what lies beyond it is new.
 */
export function pathOf(bar: Bar, known: Bar | undefined): readonly number[] {
  const isLowFirst = bar.open - bar.low <= bar.high - bar.open;
  const [first, second] = isLowFirst ? [bar.low, bar.high] : [bar.high, bar.low];
  if (known === undefined || known.trades === 0) return [bar.open, first, second, bar.close];
  return [...[first, second].filter((price) => price < known.low || price > known.high), bar.close];
}

/** Whether a bar can be: finite, its prices above zero and in their order. */
export function isSound(bar: Bar): boolean {
  const { start, open, high, low, close, volume, trades, bought = 0 } = bar;
  const most = Number.MAX_VALUE;
  // Each comparison is false of what is no number: a backtest asks this of every bar.
  return (
    start >= -most &&
    start <= most &&
    low > 0 &&
    high <= most &&
    open >= low &&
    open <= high &&
    close >= low &&
    close <= high &&
    volume >= 0 &&
    volume <= most &&
    trades >= 0 &&
    trades <= most &&
    // NaN: not known.
    !(bought < 0 || bought > volume * (1 + 1e-9))
  );
}

/** The minute's volume and count as the venue gives them; the longer bars get what was missing. */
export function fillUp(state: InstrumentState, bar: Bar, known: Bar | undefined, taken: number): void {
  for (const track of state.tracks) {
    const { open } = track;
    if (open === undefined || track.interval < MINUTE) continue;
    open.volume += bar.volume - (known?.volume ?? 0);
    open.bought += boughtOf(bar) - (known === undefined ? 0 : boughtOf(known));
    open.trades += bar.trades - (known?.trades ?? 0) - taken;
  }
}
