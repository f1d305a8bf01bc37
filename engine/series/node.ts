import { ThresholdIndex, type Watcher } from '../rules/threshold-index.ts';
import { ANY_WAY } from './ways.ts';

/** An instrument whose trades move series. */
export interface LiveSource {
  /** Number of the step in which it traded last. */
  stamp: number;
  /** Number of the step in which it traded before that. */
  before: number;
}

/** What nodes share: what was passed in this step, and what has to wait until all bars of the moment are closed. */
export interface GraphStep<W extends Watcher> {
  /** Number of the step: each trade begins a new one. */
  stamp: number;
  /** Whether a bar with trades is being closed: nodes follow what they have not followed of it. */
  closing: boolean;
  readonly passed: W[];
  readonly deferred: {
    node: { readonly id: number; closeDeferred(start: number): void };
    start: number;
    closing: boolean;
  }[];
}

/** Whether the step `stamp` is the first after `settled` in which one of the sources moved. */
export function isFirstAfter(settled: number, sources: readonly LiveSource[], stamp: number): boolean {
  return (
    stamp > settled && sources.every((source) => (source.stamp === stamp ? source.before : source.stamp) <= settled)
  );
}

/** What of a trade moves a series: its price, how much was traded, that there was one, several of these, or nothing of it. */
export type Axis = 'price' | 'volume' | 'trades' | 'several' | 'none';

function joinedAxis(axes: readonly Axis[]): Axis {
  const moving = axes.filter((axis) => axis !== 'none');
  return moving.every((axis) => axis === moving[0]) ? (moving[0] ?? 'none') : 'several';
}

/** How a series is called: as `name` in what belongs to an instrument and an interval (ms). */
export interface SeriesLabel {
  readonly instrument: string;
  readonly interval: number;
  readonly name: string;
  readonly text: string;
}

/** The live value, which may not have been followed for a while. */
export function pulled<W extends Watcher>(node: SeriesNode<W>): number {
  if (node.liveHolders > 0) node.pull();
  return node.value;
}

/**
 * A series that somebody asked for. `value` follows the trades while somebody needs it live: it is right after `pull`, and
 * nobody pulls while the price is where no threshold of the series can be passed. `closed` changes when a bar closes. A node
 * is made after the nodes it is computed from, so ascending ids are an order in which all can be computed.
 */
export abstract class SeriesNode<W extends Watcher = Watcher> {
  // What `pull` reads comes first: it lies together.
  /** The instruments whose trades move it, and the facts. */
  protected readonly sources: readonly LiveSource[];
  /** The newest trade that `value` has followed. */
  protected freshAt = 0;
  /** Live value as it was last pulled; NaN while warming up. */
  value = Number.NaN;
  liveIndex: ThresholdIndex<W> | undefined;
  readonly parents: readonly SeriesNode<W>[];
  protected readonly step: GraphStep<W>;
  readonly id: number;
  readonly key: string;
  readonly interval: number;
  readonly instruments: readonly string[];
  /** Keys of the facts that move it. */
  readonly facts: readonly string[];
  readonly children: SeriesNode<W>[] = [];
  /** The intervals of all bars that it is computed from, in ms. */
  readonly intervals: readonly number[];
  /** How many rules, charts and other nodes hold it. */
  holders = 0;
  /** How many of them need it live. */
  liveHolders = 0;
  /** Value at the newest close. */
  closed = Number.NaN;
  closedBefore = Number.NaN;
  closedStart = Number.NaN;
  /** Where facts move it: the newest step before its newest close. */
  private settledAfter = -1;
  /** How people call it, in the place that is named. */
  label: SeriesLabel | undefined;
  closeIndex: ThresholdIndex<W> | undefined;

  constructor(
    id: number,
    shape: { key: string; interval: number; instruments: readonly string[]; facts: readonly string[] },
    parents: readonly SeriesNode<W>[],
    sources: readonly LiveSource[],
    step: GraphStep<W>,
  ) {
    this.id = id;
    this.key = shape.key;
    this.interval = shape.interval;
    this.instruments = shape.instruments;
    this.facts = shape.facts;
    this.parents = parents;
    this.sources = sources;
    this.intervals = [...new Set([shape.interval, ...parents.flatMap((parent) => parent.intervals)])];
    this.step = step;
  }

  /** Number of the step in which one of its instruments traded last. */
  get newest(): number {
    const { sources } = this;
    let newest = sources[0].stamp;
    for (let i = 1; i < sources.length; i++) if (sources[i].stamp > newest) newest = sources[i].stamp;
    return newest;
  }

  /** Brings `value` up to the newest trade. Between a close and the next trade there is nothing to follow. */
  pull(): void {
    const { newest } = this;
    if (this.freshAt === newest) return;
    this.freshAt = newest;
    this.compute();
  }

  /** Whether there is nothing to follow: the newest trade was too late for the open bar of a series on seconds. */
  protected get isPast(): boolean {
    return !this.step.closing && !this.isOpen;
  }

  /** Computes the live value from the parents, which have to be pulled. */
  protected abstract compute(): void;

  /** The live value as it was before the trade of step `stamp`; NaN where there was none. Call `pull` first. */
  abstract valueBefore(stamp: number): number;

  /** Whether there were trades, or facts that move it, since its newest close: until then its live value is the closed one. */
  get isOpen(): boolean {
    if (this.facts.length > 0) return this.newest > this.settledAfter;
    return this.parents.some((parent) => parent.isOpen);
  }

  /** Whether there is any trade, or fact, among what it is computed from. */
  get wasMoved(): boolean {
    return this.parents.some((parent) => parent.wasMoved);
  }

  /** Whether the trade of step `stamp` was the first of the series' open bar. */
  beganWith(stamp: number): boolean {
    if (this.facts.length > 0) return this.newest === stamp && isFirstAfter(this.settledAfter, this.sources, stamp);
    return this.parents[0].beganWith(stamp);
  }

  /** What moves it. */
  get axis(): Axis {
    return joinedAxis(this.parents.map((parent) => parent.axis));
  }

  /**
   * How far the value can move at most when what moves it (the last price, or what is traded) moves by one, for the rest of
   * the bar, as long as that stays within `reach` of where it is now. Infinity where that is not known: then the series is
   * computed on every trade.
   */
  sensitivity(_reach: number): number {
    return Number.POSITIVE_INFINITY;
  }

  /** Which way the value may go with what moves it, for the rest of the bar and within `reach`: see ways.ts. */
  ways(_reach: number): number {
    return ANY_WAY;
  }

  /** One of the parents has closed the bar that starts at `start`. */
  abstract parentClosed(parent: SeriesNode<W>, start: number): void;

  /** Computes `closed` anew from stored bars and tells nobody. */
  abstract rebuild(): void;

  /** Computes everything anew after its parents. */
  renew(): void {
    if (this.facts.length === 0) {
      this.rebuild();
      return;
    }
    const isOpen = this.wasMovedSinceClose();
    this.settledAfter = isOpen ? -1 : this.step.stamp;
    this.rebuild();
    if (isOpen) this.settledAfter = this.stepOf(this.closedStart);
  }

  /** Number of the step in which the bar that starts at `start` was closed; -1 where that is not known any more. */
  stepOf(start: number): number {
    let last = -1;
    for (const parent of this.parents) {
      const step = parent.stepOf(start);
      if (step < 0) return -1;
      last = Math.max(last, step);
    }
    return last;
  }

  /** Whether what is stored says that it is open. */
  protected wasMovedSinceClose(): boolean {
    return this.parents.some((parent) => parent.isOpen);
  }

  /** Somebody needs it live from now on: takes its live value from its parents, which have theirs. */
  goLive(): void {
    this.freshAt = -1;
    this.pull();
  }

  /** Takes a new live value. */
  protected change(value: number): void {
    if (value === this.value || (Number.isNaN(value) && Number.isNaN(this.value))) return;
    this.value = value;
    if (this.liveIndex !== undefined) this.liveIndex.move(value, this.step.passed);
  }

  /** Takes the value at a close and passes it on. */
  protected settle(start: number, value: number): void {
    this.closedBefore = this.closed;
    this.closed = value;
    this.closedStart = start;
    this.settledAfter = this.step.stamp;
    if (this.closeIndex !== undefined) this.closeIndex.move(value, this.step.passed);
    if (Number.isNaN(this.value) && this.liveHolders > 0) this.stand();
    const { children } = this;
    for (let i = 0; i < children.length; i++) children[i].parentClosed(this, start);
  }

  /** Of what it is put together from something has closed: what was not followed is made up for. */
  protected followClose(): void {
    if (this.liveHolders === 0) return;
    this.pull();
    if (Number.isNaN(this.value)) this.stand();
  }

  /** It has no live value at a close: until anything is traded of what it is computed from, the close stands for one, as after a rebuild. */
  protected stand(): void {
    if (!this.wasMoved) this.change(this.closed);
  }

  /** Nothing that it was computed from is known any more. */
  forget(): void {
    this.value = Number.NaN;
    this.closed = Number.NaN;
    this.closedBefore = Number.NaN;
    this.closedStart = Number.NaN;
  }

  /** After a rebuild: nothing newer than what is known now has to be followed. */
  protected markFresh(): void {
    this.freshAt = this.newest;
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
