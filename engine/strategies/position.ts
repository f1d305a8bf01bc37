import type { StrategyText } from '../language/strategy-ast.ts';
import { barStart } from '../market/interval.ts';
import type { NamedValue } from '../rules/rule.ts';
import type { OpenSignal, Signal, SignalEvent, SignalMove } from './signal.ts';

interface Open {
  readonly signal: Signal;
  filled: number | undefined;
  leaving: readonly NamedValue[] | undefined;
  leavingAt?: number | undefined;
}

const NONE: readonly never[] = [];

/** Prices that come to nothing: those before `until` (ms) that lie between two. One is kept and narrowed again and again. */
export interface Calm {
  until: number;
  floor: number;
  ceiling: number;
}

/**
 * What a strategy holds of one instrument: nothing, or one signal. Prices come in, fills go out.
 *
 * A signal is filled at the first price after it, and so is an exit. A stop is an order to sell at whatever is paid: it is filled at
 * the first price that was there beyond it, a trade's or the first of a bar; of a bar that went through it, at its level. A target is
 * an order at its price: it is filled at its level and never better. What has had its time is given up at the first price of a bar.
 */
export class Position {
  private readonly interval: number;
  private readonly expire: number | undefined;
  private readonly emit: (event: SignalEvent) => void;
  private open: Open | undefined;
  /** Waits until `open` is given up. */
  private next: Open | undefined;
  /** End of the bar that the last price came in, in ms. */
  private barEnd = Number.NEGATIVE_INFINITY;

  constructor({ interval, expire }: Pick<StrategyText, 'interval' | 'expire'>, emit: (event: SignalEvent) => void) {
    this.interval = interval;
    this.expire = expire;
    this.emit = emit;
  }

  get isIdle(): boolean {
    return this.open === undefined;
  }

  /** The side that it will be on at the next price; undefined for neither. */
  get side(): Signal['side'] | undefined {
    const { open, next } = this;
    return open === undefined || open.leaving !== undefined ? next?.signal.side : open.signal.side;
  }

  /** Prices from before this time, in ms, are none of its business: after a restart some are told again. */
  get since(): number {
    const { open } = this;
    return open === undefined ? Number.NEGATIVE_INFINITY : (open.leavingAt ?? open.signal.ts);
  }

  /** What it waits for lies outside of this. Its time is over at the beginning of a bar: of the one in which that can be, all is told. */
  narrow(calm: Calm): void {
    const { open, expire, interval } = this;
    if (open === undefined) return;
    if (open.filled === undefined || open.leaving !== undefined) {
      calm.until = Number.NEGATIVE_INFINITY;
      return;
    }
    const { stop, target, side, ts } = open.signal;
    const isLong = side === 'long';
    const below = isLong ? stop : target;
    const above = isLong ? target : stop;
    if (below !== undefined && below > calm.floor) calm.floor = below;
    if (above !== undefined && above < calm.ceiling) calm.ceiling = above;
    if (expire !== undefined) calm.until = Math.min(calm.until, barStart(ts + expire, interval));
  }

  /** What it holds or is about to, oldest first. */
  list(): readonly OpenSignal[] {
    return [this.open, this.next].flatMap((each) => (each === undefined ? [] : [{ ...each }]));
  }

  restore(open: OpenSignal): void {
    if (this.open === undefined) this.open = { ...open };
    else this.next = { ...open };
  }

  /** Takes a signal; what it holds before is left first. */
  enter(signal: Signal): void {
    const entering = { signal, filled: undefined, leaving: undefined };
    if (this.open === undefined) {
      this.open = entering;
      return;
    }
    this.leave(signal.ts, signal.values);
    this.next = entering;
  }

  /** Gives up what it holds, at the next price after `ts` (ms). */
  leave(ts: number, values: readonly NamedValue[]): void {
    const { open } = this;
    if (open !== undefined && open.leaving === undefined) {
      open.leaving = values;
      open.leavingAt = ts;
    }
    this.next = undefined;
  }

  /**
   * A price came.
   *
   * @param isThere whether there was none between it and the one before: it is a trade's, or a bar begins with it. Else it is one that
   * a bar reached, and everything on the way was there
   */
  price(ts: number, price: number, isThere: boolean): void {
    if (ts < this.since) return;
    const isFirst = ts >= this.barEnd;
    if (isFirst) this.barEnd = barStart(ts, this.interval) + this.interval;
    this.fill(ts, price);
    const { open } = this;
    if (open === undefined) return;
    const isOver = this.expire !== undefined && ts >= open.signal.ts + this.expire;
    const { stop, target, side } = open.signal;
    const way = side === 'long' ? 1 : -1;
    // A fill beyond a level is past it at once: it is left for what it was taken.
    const isFill = open.filled === price;
    if (stop !== undefined && (price - stop) * way <= 0) this.end('stop', ts, isThere || isFill ? price : stop);
    else if (target !== undefined && (price - target) * way >= 0) this.end('target', ts, isFill ? price : target);
    else if (isOver && isFirst) this.end('expired', ts, price);
  }

  /** What was decided before this price came. */
  private fill(ts: number, price: number): void {
    for (let step = 0; step < 2 && this.open !== undefined; step++) {
      const { open } = this;
      if (open.filled === undefined) {
        open.filled = price;
        this.tell(open, 'opened', ts, price, NONE);
      }
      if (open.leaving === undefined) return;
      this.end('exit', ts, price, open.leaving);
    }
  }

  private end(what: SignalMove, ts: number, price: number, values: readonly NamedValue[] = NONE): void {
    const { open, next } = this;
    this.open = next;
    this.next = undefined;
    this.tell(open!, what, ts, price, values);
  }

  private tell({ signal }: Open, what: SignalMove, ts: number, price: number, values: readonly NamedValue[]): void {
    const { id: signalId, strategyId, instrument, side } = signal;
    this.emit({ signalId, strategyId, instrument, side, what, ts, price, values });
  }
}
