import type { Watcher } from '../rules/threshold-index.ts';
import type { GraphStep, LiveSource, SeriesNode } from './node.ts';

/** As far from the last price as bounds are computed for, as a share of it. */
const REACH = 0.02;
/** Bounds are drawn in by this share, against rounding. */
const CAUTION = 1e-6;
/** What rounding may make of a value, as a share of it. */
const ROUNDING = 1e-10;

/**
 * The series of one instrument that have thresholds, each with the band of prices within which it cannot pass any of them
 * before the bar closes. A trade inside of a band costs two comparisons and no computation.
 */
export class LiveList<W extends Watcher> {
  readonly source: LiveSource = { stamp: 0, before: 0 };
  private readonly step: GraphStep<W>;
  /** In ascending order of ids, which is an order of computation. */
  private readonly nodes: SeriesNode<W>[] = [];
  /** Of each node the prices between which it need not be computed, one after the other: low, high. */
  private bands = new Float64Array(8);
  /** Within these prices nothing has to be computed at all. */
  private lowest = Number.NEGATIVE_INFINITY;
  private highest = Number.POSITIVE_INFINITY;

  constructor(step: GraphStep<W>) {
    this.step = step;
  }

  /** Follows a series from the next trade on, or anew where its thresholds changed. */
  watch(node: SeriesNode<W>): void {
    const at = this.find(node);
    if (this.nodes[at] !== node) {
      this.nodes.splice(at, 0, node);
      this.makeRoom(at);
    }
    this.bands[2 * at] = Number.POSITIVE_INFINITY;
    this.lowest = Number.POSITIVE_INFINITY;
  }

  unwatch(node: SeriesNode<W>): void {
    const at = this.find(node);
    if (this.nodes[at] !== node) return;
    this.nodes.splice(at, 1);
    this.bands.copyWithin(2 * at, 2 * at + 2);
  }

  private makeRoom(at: number): void {
    if (2 * this.nodes.length > this.bands.length) {
      const bands = new Float64Array(2 * this.bands.length);
      bands.set(this.bands);
      this.bands = bands;
    }
    this.bands.copyWithin(2 * at + 2, 2 * at);
  }

  /** A bar of an interval (ms) closed, or, with none named, history changed: bands that were drawn before do not hold any more. */
  expire(interval?: number): void {
    const { nodes, bands } = this;
    for (let i = 0; i < nodes.length; i++) {
      if (interval === undefined || nodes[i].intervals.includes(interval)) bands[2 * i] = Number.POSITIVE_INFINITY;
    }
    this.lowest = Number.POSITIVE_INFINITY;
  }

  /** A trade at `price`, after which `last` is the last price: computes the series that may have passed a threshold. */
  follow(price: number, last: number): void {
    this.source.before = this.source.stamp;
    this.source.stamp = ++this.step.stamp;
    if (price > this.lowest && price < this.highest) return;
    const { nodes, bands } = this;
    let lowest = Number.NEGATIVE_INFINITY;
    let highest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < nodes.length; i++) {
      if (!(price > bands[2 * i] && price < bands[2 * i + 1])) {
        nodes[i].pull();
        const radius = bandOf(nodes[i], last);
        bands[2 * i] = radius > 0 ? last - radius : Number.POSITIVE_INFINITY;
        bands[2 * i + 1] = last + radius;
      }
      if (bands[2 * i] > lowest) lowest = bands[2 * i];
      if (bands[2 * i + 1] < highest) highest = bands[2 * i + 1];
    }
    this.lowest = lowest;
    this.highest = highest;
  }

  private find(node: SeriesNode<W>): number {
    const { nodes } = this;
    let low = 0;
    let high = nodes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (nodes[middle].id < node.id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** How far the price may move from `price` before a threshold of the series can be passed; 0 where that cannot be told. */
function bandOf<W extends Watcher>(node: SeriesNode<W>, price: number): number {
  const { value } = node;
  if (Number.isNaN(value) || node.liveIndex === undefined) return 0;
  const reach = price * REACH;
  const most = node.sensitivity(reach);
  if (!(most < Number.POSITIVE_INFINITY)) return 0;
  const room = node.liveIndex.room(value);
  const safe = room - (Math.abs(value) + room) * ROUNDING;
  if (!(safe > 0)) return 0;
  return Math.min(reach, most === 0 ? reach : safe / most) * (1 - CAUTION);
}
