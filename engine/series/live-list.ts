import type { Watcher } from '../rules/threshold-index.ts';
import { beneath, beyond, drawBand } from './band.ts';
import type { GraphStep, LiveSource, SeriesNode } from './node.ts';

/** As far from the last price, or from what was traded, as bounds are computed for, as shares of them. */
const REACH = 0.02;
const TRADED_REACH = 8;

/** How a series is followed: by the band of what moves it, or with every trade. */
const [BY_PRICE, BY_VOLUME, BY_TRADES, ALWAYS] = [0, 1, 2, 3];

/** Places of a list's own numbers. Within the first four nothing has to be computed but what always is. */
const [LOWEST, HIGHEST, MOST_VOLUME, MOST_TRADES] = [0, 1, 2, 3];
/** What was traded since bars last closed. */
const [VOLUME, TRADES] = [4, 5];
const OWN_CELLS = 8;
/** Behind them, of each series: how it is followed, and the bounds between which it need not be computed. */
const [KIND, LOW, HIGH, NODE_CELLS] = [0, 1, 2, 3];

/**
 * The series of one instrument that have thresholds, each with the band (of prices, or of what is traded) within which it
 * cannot pass any of them before the bar closes. A trade inside of all bands costs a few comparisons and no computation.
 */
export class LiveList<W extends Watcher> implements LiveSource {
  stamp = 0;
  before = 0;
  /** Where nothing else moves a series: one list for all of these, which is at hand when the next of them is asked. */
  readonly sources: readonly LiveSource[] = [this];
  /** What a trade reads and changes, in one piece of memory. */
  private cells = new Float64Array(OWN_CELLS + 4 * NODE_CELLS);
  private always = 0;
  private readonly step: GraphStep<W>;
  /** In ascending order of ids, which is an order of computation. */
  private readonly nodes: SeriesNode<W>[] = [];

  constructor(step: GraphStep<W>) {
    this.step = step;
    this.cells.set([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], LOWEST);
    this.cells.fill(Number.POSITIVE_INFINITY, MOST_VOLUME, VOLUME);
  }

  /** Whether nobody looks at its series before their bars close. */
  get isIdle(): boolean {
    return this.nodes.length === 0;
  }

  /** Follows a series from the next trade on, or anew where its thresholds changed. */
  watch(node: SeriesNode<W>): void {
    const i = this.find(node);
    if (this.nodes[i] !== node) {
      this.nodes.splice(i, 0, node);
      this.makeRoom(i);
    }
    this.forgetBand(i);
    this.cells[LOWEST] = Number.POSITIVE_INFINITY;
  }

  unwatch(node: SeriesNode<W>): void {
    const i = this.find(node);
    if (this.nodes[i] !== node) return;
    this.nodes.splice(i, 1);
    this.cells.copyWithin(cellOf(i), cellOf(i + 1));
    this.cells[LOWEST] = Number.POSITIVE_INFINITY;
  }

  private makeRoom(i: number): void {
    if (cellOf(this.nodes.length) > this.cells.length) {
      const cells = new Float64Array(OWN_CELLS + 2 * this.nodes.length * NODE_CELLS);
      cells.set(this.cells);
      this.cells = cells;
    }
    this.cells.copyWithin(cellOf(i + 1), cellOf(i));
  }

  /** The next trade computes it. */
  private forgetBand(i: number): void {
    const at = cellOf(i);
    this.cells[at + KIND] = kindOf(this.nodes[i]);
    this.cells[at + LOW] = Number.POSITIVE_INFINITY;
  }

  /** A bar of an interval (ms) closed, or, with none named, history changed: bands that were drawn before do not hold any more. */
  expire(interval?: number): void {
    const { nodes, cells } = this;
    for (let i = 0; i < nodes.length; i++) {
      const at = cellOf(i);
      if (interval === undefined || nodes[i].intervals.includes(interval)) this.forgetBand(i);
      else if (cells[at + KIND] === BY_VOLUME) cells[at + HIGH] -= cells[VOLUME];
      else if (cells[at + KIND] === BY_TRADES) cells[at + HIGH] -= cells[TRADES];
    }
    cells[VOLUME] = 0;
    cells[TRADES] = 0;
    cells[LOWEST] = Number.POSITIVE_INFINITY;
  }

  /** Trades of `size` in all, the newest at `price`, after which `last` is the last price: computes what may have passed a threshold. */
  follow(price: number, last: number, size: number, trades: number): void {
    this.before = this.stamp;
    this.stamp = ++this.step.stamp;
    const { cells } = this;
    cells[VOLUME] += size;
    cells[TRADES] += trades;
    const isInside =
      price > cells[LOWEST] &&
      price < cells[HIGHEST] &&
      cells[VOLUME] < cells[MOST_VOLUME] &&
      cells[TRADES] < cells[MOST_TRADES];
    if (!isInside) this.compute(price, last, size);
    else if (this.always > 0) this.pullAlways();
  }

  private pullAlways(): void {
    const { nodes, cells } = this;
    for (let i = 0; i < nodes.length; i++) if (cells[cellOf(i) + KIND] === ALWAYS) nodes[i].pull();
  }

  private compute(price: number, last: number, size: number): void {
    const { nodes, cells } = this;
    const volume = cells[VOLUME];
    const trades = cells[TRADES];
    let lowest = Number.NEGATIVE_INFINITY;
    let highest = Number.POSITIVE_INFINITY;
    let mostVolume = Number.POSITIVE_INFINITY;
    let mostTrades = Number.POSITIVE_INFINITY;
    let always = 0;
    for (let i = 0; i < nodes.length; i++) {
      const at = cellOf(i);
      const kind = cells[at + KIND];
      if (kind === ALWAYS) nodes[i].pull();
      else {
        const now = kind === BY_PRICE ? price : kind === BY_VOLUME ? volume : trades;
        if (!(now > cells[at + LOW] && now < cells[at + HIGH])) this.draw(i, last, size);
      }
      if (cells[at + KIND] === ALWAYS) {
        always++;
        continue;
      }
      lowest = Math.max(lowest, cells[at + LOW]);
      if (kind === BY_PRICE) highest = Math.min(highest, cells[at + HIGH]);
      else if (kind === BY_VOLUME) mostVolume = Math.min(mostVolume, cells[at + HIGH]);
      else mostTrades = Math.min(mostTrades, cells[at + HIGH]);
    }
    this.always = always;
    cells[LOWEST] = lowest;
    cells[HIGHEST] = highest;
    cells[MOST_VOLUME] = mostVolume;
    cells[MOST_TRADES] = mostTrades;
  }

  /** Computes a series and draws its band. */
  private draw(i: number, last: number, size: number): void {
    const { nodes, cells } = this;
    const at = cellOf(i);
    const kind = cells[at + KIND];
    nodes[i].pull();
    const from = kind === BY_PRICE ? last : kind === BY_VOLUME ? cells[VOLUME] : cells[TRADES];
    const least = kind === BY_VOLUME ? size : 1;
    const reach = kind === BY_PRICE ? last * REACH : TRADED_REACH * Math.max(from, TRADED_REACH * least);
    const band = drawBand(nodes[i], reach);
    if (band === undefined) {
      // Before its bar has begun nothing is known; with the first trade it will be.
      if (nodes[i].isOpen) cells[at + KIND] = ALWAYS;
      else cells[at + LOW] = Number.POSITIVE_INFINITY;
    } else if (kind === BY_PRICE) {
      // A trade at the last price changes nothing, however near a threshold is.
      cells[at + LOW] = Math.min(from - band.down, beneath(from));
      cells[at + HIGH] = Math.max(from + band.up, beyond(from));
    } else {
      // What is traded only grows.
      cells[at + LOW] = band.up > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      cells[at + HIGH] = from + band.up;
    }
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

/** Where the numbers of the series at place `i` begin. */
const cellOf = (i: number): number => OWN_CELLS + NODE_CELLS * i;

function kindOf<W extends Watcher>({ axis }: SeriesNode<W>): number {
  if (axis === 'volume') return BY_VOLUME;
  if (axis === 'trades') return BY_TRADES;
  return axis === 'several' ? ALWAYS : BY_PRICE;
}
