import type { Track } from '../market/track.ts';
import type { Watcher } from '../rules/threshold-index.ts';
import { type GraphStep, SeriesNode } from './node.ts';
import type { ColumnPlan } from './plan.ts';

/** A column of the bars of one track: where trades enter the graph. */
export class ColumnNode<W extends Watcher> extends SeriesNode<W> {
  private readonly track: Track;
  private readonly column: ColumnPlan['column'];

  constructor(id: number, plan: ColumnPlan, track: Track, step: GraphStep<W>) {
    super(id, plan, [], step);
    this.track = track;
    this.column = plan.column;
  }

  override refresh(): void {
    const { open } = this.track;
    if (open !== undefined && open.trades > 0) this.change(open[this.column]);
  }

  override parentClosed(): void {}

  /** The track closed its open bar. */
  trackClosed(start: number, value: number): void {
    this.settle(start, value);
  }

  /** The bar's column of a just closed bar. */
  get reads(): ColumnPlan['column'] {
    return this.column;
  }

  override rebuild(): void {
    const { history, open } = this.track;
    if (history.length > 0) {
      const bars = history.view(1);
      this.closed = bars[this.column][0];
      this.closedStart = bars.start[0];
    }
    this.value = open !== undefined && open.trades > 0 ? open[this.column] : this.closed;
  }
}
