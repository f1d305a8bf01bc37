import { ThresholdIndex, type Watcher } from '../rules/threshold-index.ts';

/** What nodes share: what was passed in this step, and what has to wait until all bars of the moment are closed. */
export interface GraphStep<W extends Watcher> {
  /** Number of the step: a node whose `stamp` equals it has changed in it. */
  stamp: number;
  readonly passed: W[];
  readonly deferred: { node: { readonly id: number; closeDeferred(start: number): void }; start: number }[];
}

/**
 * A series that somebody asked for. `value` follows every trade while somebody needs it live; `closed` changes when a bar
 * closes. A node is made after the nodes it is computed from, so ascending ids are an order in which all can be refreshed.
 */
export abstract class SeriesNode<W extends Watcher = Watcher> {
  readonly id: number;
  readonly key: string;
  readonly interval: number;
  readonly instruments: readonly string[];
  readonly parents: readonly SeriesNode<W>[];
  readonly children: SeriesNode<W>[] = [];
  /** How many rules, charts and other nodes hold it. */
  holders = 0;
  /** How many of them need it live. */
  liveHolders = 0;
  /** Live value; NaN while warming up. */
  value = Number.NaN;
  /** Live value before the last change. */
  before = Number.NaN;
  /** Value at the newest close. */
  closed = Number.NaN;
  closedBefore = Number.NaN;
  closedStart = Number.NaN;
  stamp = 0;
  liveIndex: ThresholdIndex<W> | undefined;
  closeIndex: ThresholdIndex<W> | undefined;
  protected readonly step: GraphStep<W>;

  constructor(
    id: number,
    shape: { key: string; interval: number; instruments: readonly string[] },
    parents: readonly SeriesNode<W>[],
    step: GraphStep<W>,
  ) {
    this.id = id;
    this.key = shape.key;
    this.interval = shape.interval;
    this.instruments = shape.instruments;
    this.parents = parents;
    this.step = step;
  }

  /** Follows a trade. Called once a step, after all nodes with smaller ids. */
  abstract refresh(): void;

  /** One of the parents has closed the bar that starts at `start`. */
  abstract parentClosed(parent: SeriesNode<W>, start: number): void;

  /** Computes `closed` anew from stored bars and tells nobody. */
  abstract rebuild(): void;

  /** Takes a new live value. */
  protected change(value: number): void {
    if (value === this.value || (Number.isNaN(value) && Number.isNaN(this.value))) return;
    this.before = this.value;
    this.value = value;
    this.stamp = this.step.stamp;
    if (this.liveIndex !== undefined) this.liveIndex.move(value, this.step.passed);
  }

  /** Takes the value at a close and passes it on. */
  protected settle(start: number, value: number): void {
    this.closedBefore = this.closed;
    this.closed = value;
    this.closedStart = start;
    if (this.closeIndex !== undefined) this.closeIndex.move(value, this.step.passed);
    const { children } = this;
    for (let i = 0; i < children.length; i++) children[i].parentClosed(this, start);
  }

  /** Nothing that it was computed from is known any more. */
  forget(): void {
    this.value = Number.NaN;
    this.before = Number.NaN;
    this.closed = Number.NaN;
    this.closedBefore = Number.NaN;
    this.closedStart = Number.NaN;
  }

  /** After a rebuild: the thresholds take the new values without a crossing. */
  resetIndexes(): void {
    this.liveIndex?.reset(this.value);
    this.closeIndex?.reset(this.closed);
  }

  indexFor(onClose: boolean): ThresholdIndex<W> {
    if (onClose) {
      if (this.closeIndex === undefined) {
        this.closeIndex = new ThresholdIndex<W>();
        this.closeIndex.reset(this.closed);
      }
      return this.closeIndex;
    }
    if (this.liveIndex === undefined) {
      this.liveIndex = new ThresholdIndex<W>();
      this.liveIndex.reset(this.value);
    }
    return this.liveIndex;
  }
}
