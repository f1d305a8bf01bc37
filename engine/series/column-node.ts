import { columnOf } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import type { Track } from '../market/track.ts';
import type { Watcher } from '../rules/threshold-index.ts';
import { atLastTrade } from './evaluate.ts';
import { type Axis, type GraphStep, type LiveSource, SeriesNode } from './node.ts';
import type { ColumnPlan } from './plan.ts';
import { DOWN_LOWERS, NO_WAY, RISING, UP_RAISES } from './ways.ts';

/** What moves a column: by no more than it moves itself. */
const AXES: Readonly<Record<ColumnPlan['column'], Axis>> = {
  open: 'none',
  high: 'price',
  low: 'price',
  close: 'price',
  volume: 'volume',
  bought: 'volume',
  trades: 'trades',
};

/** Which way each goes with what moves it. */
const WAYS: Readonly<Record<ColumnPlan['column'], number>> = {
  open: NO_WAY,
  high: UP_RAISES,
  low: DOWN_LOWERS,
  close: RISING,
  volume: UP_RAISES,
  bought: UP_RAISES,
  trades: UP_RAISES,
};

/** A column of the bars of one track: where trades enter the graph. */
export class ColumnNode<W extends Watcher> extends SeriesNode<W> {
  private readonly track: Track;
  private readonly column: ColumnPlan['column'];
  private readonly plan: ColumnPlan;

  constructor(id: number, plan: ColumnPlan, track: Track, sources: readonly LiveSource[], step: GraphStep<W>) {
    super(id, plan, [], sources, step);
    this.track = track;
    this.column = plan.column;
    this.plan = plan;
  }

  protected override compute(): void {
    const { open } = this.track;
    if (open !== undefined && open.trades > 0) this.change(open[this.column]);
  }

  override goLive(): void {
    const { open } = this.track;
    this.value = open !== undefined && open.trades > 0 ? open[this.column] : this.atLastTrade();
    this.markFresh();
  }

  private atLastTrade(): number {
    const bars = this.track.history.view();
    return atLastTrade(this.plan, { starts: bars.start, values: bars[this.column] }, () => bars);
  }

  override valueBefore(stamp: number): number {
    if (!this.movedWith(stamp)) return this.value;
    return this.beganWith(stamp) ? this.closed : this.track.previous[this.column];
  }

  override beganWith(stamp: number): boolean {
    return this.movedWith(stamp) && this.track.previous.trades === 0;
  }

  /** Whether the trade of step `stamp` belongs to the open bar; where that closed since, nothing has moved. */
  private movedWith(stamp: number): boolean {
    return this.newest === stamp && this.isOpen;
  }

  override stepOf(start: number): number {
    return this.track.stepOf(start);
  }

  override get isOpen(): boolean {
    return this.track.open !== undefined && this.track.open.trades > 0;
  }

  override get wasMoved(): boolean {
    return this.track.wasTraded;
  }

  /** Before a bar's first trade nothing is known of it: that trade sets all of its columns at once. */
  override sensitivity(): number {
    if (!this.isOpen) return Number.POSITIVE_INFINITY;
    return this.axis === 'none' ? 0 : 1;
  }

  override ways(): number {
    return WAYS[this.column];
  }

  override get axis(): Axis {
    return AXES[this.column];
  }

  override parentClosed(): void {}

  /** The track has just closed `bar`: what was not followed of its trades is made up for. */
  follow(bar: Bar): void {
    if (this.liveHolders > 0 && this.freshAt !== this.newest && bar.trades > 0) this.change(columnOf(bar, this.column));
    this.markFresh();
  }

  /** The track has closed `bar`, and all of its columns have followed it. */
  trackClosed(bar: Bar): void {
    this.settle(bar.start, columnOf(bar, this.column));
  }

  override rebuild(): void {
    const { history } = this.track;
    if (history.length > 0) {
      const bars = history.view(2);
      const last = bars.length - 1;
      this.closed = bars[this.column][last];
      this.closedBefore = last > 0 ? bars[this.column][0] : Number.NaN;
      this.closedStart = bars.start[last];
    }
    this.goLive();
  }
}
