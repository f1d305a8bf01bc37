import type { Watcher } from '../rules/threshold-index.ts';
import { type Band, drawBand } from './band.ts';
import type { GraphStep, LiveSource, SeriesNode } from './node.ts';

/** As far from the last price, or from what was traded, as bounds are computed for, as shares of them. */
const REACH = 0.02;
const TRADED_REACH = 0.5;

/** How a series is followed: by the band of what moves it, or with every trade. */
const [BY_PRICE, BY_VOLUME, BY_TRADES, ALWAYS] = [0, 1, 2, 3];

/**
 * The series of one instrument that have thresholds, each with the band (of prices, or of what is traded) within which it
 * cannot pass any of them before the bar closes. A trade inside of all bands costs a few comparisons and no computation.
 */
export class LiveList<W extends Watcher> {
  readonly source: LiveSource = { stamp: 0, before: 0 };
  private readonly step: GraphStep<W>;
  /** In ascending order of ids, which is an order of computation. */
  private readonly nodes: SeriesNode<W>[] = [];
  /** How each node is followed. */
  private kinds = new Uint8Array(4);
  /** Of each node the bounds between which it need not be computed, one after the other: low, high. */
  private bands = new Float64Array(8);
  private always = 0;
  /** Within these nothing has to be computed but what always is. */
  private lowest = Number.NEGATIVE_INFINITY;
  private highest = Number.POSITIVE_INFINITY;
  private mostVolume = Number.POSITIVE_INFINITY;
  private mostTrades = Number.POSITIVE_INFINITY;
  /** What was traded since bars last closed. */
  private volume = 0;
  private trades = 0;
  /** By kind: where what moves it stands, how far bounds are computed, and the nearest of them. */
  private readonly now = new Float64Array(3);
  private readonly reaches = new Float64Array(3);
  private readonly limits = new Float64Array(3);
  private readonly band: Band = { up: 0, down: 0 };

  constructor(step: GraphStep<W>) {
    this.step = step;
  }

  /** Whether nobody looks at its series before their bars close. */
  get isIdle(): boolean {
    return this.nodes.length === 0;
  }

  /** Follows a series from the next trade on, or anew where its thresholds changed. */
  watch(node: SeriesNode<W>): void {
    const at = this.find(node);
    if (this.nodes[at] !== node) {
      this.nodes.splice(at, 0, node);
      this.makeRoom(at);
    }
    this.forgetBand(at);
    this.lowest = Number.POSITIVE_INFINITY;
  }

  unwatch(node: SeriesNode<W>): void {
    const at = this.find(node);
    if (this.nodes[at] !== node) return;
    this.nodes.splice(at, 1);
    this.bands.copyWithin(2 * at, 2 * at + 2);
    this.kinds.copyWithin(at, at + 1);
    this.lowest = Number.POSITIVE_INFINITY;
  }

  private makeRoom(at: number): void {
    if (this.nodes.length > this.kinds.length) {
      const [bands, kinds] = [new Float64Array(2 * this.bands.length), new Uint8Array(2 * this.kinds.length)];
      bands.set(this.bands);
      kinds.set(this.kinds);
      this.bands = bands;
      this.kinds = kinds;
    }
    this.bands.copyWithin(2 * at + 2, 2 * at);
    this.kinds.copyWithin(at + 1, at);
  }

  /** The next trade computes it. */
  private forgetBand(at: number): void {
    this.kinds[at] = kindOf(this.nodes[at]);
    this.bands[2 * at] = Number.POSITIVE_INFINITY;
  }

  /** A bar of an interval (ms) closed, or, with none named, history changed: bands that were drawn before do not hold any more. */
  expire(interval?: number): void {
    const { nodes, bands, kinds } = this;
    for (let i = 0; i < nodes.length; i++) {
      if (interval === undefined || nodes[i].intervals.includes(interval)) this.forgetBand(i);
      else if (kinds[i] === BY_VOLUME) bands[2 * i + 1] -= this.volume;
      else if (kinds[i] === BY_TRADES) bands[2 * i + 1] -= this.trades;
    }
    this.volume = 0;
    this.trades = 0;
    this.lowest = Number.POSITIVE_INFINITY;
  }

  /** Trades of `size` in all, the newest at `price`, after which `last` is the last price: computes what may have passed a threshold. */
  follow(price: number, last: number, size: number, trades: number): void {
    this.source.before = this.source.stamp;
    this.source.stamp = ++this.step.stamp;
    if (this.nodes.length === 0) return;
    this.volume += size;
    this.trades += trades;
    const isInside =
      price > this.lowest && price < this.highest && this.volume < this.mostVolume && this.trades < this.mostTrades;
    if (!isInside) this.compute(price, last, size);
    else if (this.always > 0) this.pullAlways();
  }

  private pullAlways(): void {
    const { nodes, kinds } = this;
    for (let i = 0; i < nodes.length; i++) if (kinds[i] === ALWAYS) nodes[i].pull();
  }

  private compute(price: number, last: number, size: number): void {
    const { nodes, bands, kinds, now, reaches, limits } = this;
    now[BY_PRICE] = price;
    now[BY_VOLUME] = this.volume;
    now[BY_TRADES] = this.trades;
    reaches[BY_PRICE] = last * REACH;
    reaches[BY_VOLUME] = Math.max(this.volume * TRADED_REACH, size);
    reaches[BY_TRADES] = Math.max(this.trades * TRADED_REACH, 1);
    limits.fill(Number.POSITIVE_INFINITY);
    let lowest = Number.NEGATIVE_INFINITY;
    let always = 0;
    for (let i = 0; i < nodes.length; i++) {
      const at = 2 * i;
      const kind = kinds[i];
      if (kind === ALWAYS) nodes[i].pull();
      else if (!(now[kind] > bands[at] && now[kind] < bands[at + 1])) this.draw(i, last);
      if (kinds[i] === ALWAYS) {
        always++;
        continue;
      }
      if (bands[at] > lowest) lowest = bands[at];
      if (bands[at + 1] < limits[kind]) limits[kind] = bands[at + 1];
    }
    this.always = always;
    this.lowest = lowest;
    this.highest = limits[BY_PRICE];
    this.mostVolume = limits[BY_VOLUME];
    this.mostTrades = limits[BY_TRADES];
  }

  /** Computes a series and draws its band. */
  private draw(i: number, last: number): void {
    const { nodes, bands, kinds, band } = this;
    const kind = kinds[i];
    nodes[i].pull();
    if (!drawBand(nodes[i], this.reaches[kind], band)) {
      kinds[i] = ALWAYS;
      return;
    }
    const from = kind === BY_PRICE ? last : this.now[kind];
    // What is traded only grows.
    const below = kind === BY_PRICE ? from - band.down : Number.NEGATIVE_INFINITY;
    bands[2 * i] = band.up > 0 ? below : Number.POSITIVE_INFINITY;
    bands[2 * i + 1] = from + band.up;
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

function kindOf<W extends Watcher>({ axis }: SeriesNode<W>): number {
  if (axis === 'volume') return BY_VOLUME;
  if (axis === 'trades') return BY_TRADES;
  return axis === 'several' ? ALWAYS : BY_PRICE;
}
