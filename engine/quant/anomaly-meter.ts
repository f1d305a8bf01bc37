import type { Bar } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import { createDraw } from './random.ts';
import { ODDEST, RollingForest, type Rows } from './rolling-forest.ts';
import { SlidingSample } from './sliding-sample.ts';

/** What is looked at of a bar. */
export const ANOMALY_FEATURES = ['return', 'volume', 'range'] as const;
export type AnomalyFeature = (typeof ANOMALY_FEATURES)[number];
/** What is told of a bar: the score, robust z of each feature, and the forest's word. */
export const ANOMALY_FIELDS = ['score', ...ANOMALY_FEATURES, 'forest'] as const;

const WIDTH = ANOMALY_FEATURES.length;
const MOST_TREES = 50;
/** Bars in which something happened that there must be, to say what is usual. */
export const LEAST_ACTIVE = 20;
/** A robust z-score beyond this is an outlier: B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, 1993. */
export const OUTLIER = 3.5;
/** A bar that moved by less than a hundredth of a basis point, or traded less than this, is as one that did not. */
const LEAST_RANGE = 1e-6;
const LEAST_VOLUME = 1e-12;

/** The usual window, and the score from which a bar is called unusual: some 1 in 900 of ETHBTC’s bars of five minutes. */
export const ANOMALY_LENGTH = 150;
export const ANOMALY_LEVEL = 0.9;
/** Shorter windows say nothing of what is usual. */
export const LEAST_ANOMALY_BARS = 40;

/** Bars that have to be there for the first score: the window, the close before it and the bar itself. */
export const anomalyWarmup = (length: number): number => length + 2;

/**
 * How unusual a bar is among the `length` bars before it, from 0 to 1, by two judges that look at its return, its volume and its range:
 *
 * - Robust z: distance from the median in median distances (volume and range as logarithms). Of volume and range only what is above
 *   the usual counts. The farthest of the three, d, gives d^2 / (d^2 + 3.5^2): a half at Iglewicz and Hoaglin's limit of 3.5.
 * - An isolation forest of the same three numbers, 0 where it finds the bar usual, 1 where it could find nothing odder.
 *
 * The score is 1 less the product of what both leave: either alone can raise it. Bars in which nothing happened are left out, and are 0
 * themselves; so is everything while less than 20 of the window are left.
 *
 * A new bar costs some 20 microseconds: one tree is grown anew. While nothing happens that is put off, so the bar after a silence costs
 * half a millisecond at most. A trade of the open bar costs some 2: a walk through the trees.
 */
export class AnomalyMeter {
  /** As ANOMALY_FIELDS; NaN before there are enough bars. */
  readonly values = new Float64Array(ANOMALY_FIELDS.length).fill(Number.NaN);
  private readonly length: number;
  private readonly interval: number;
  private readonly trees: number;
  private readonly forest: RollingForest;
  /** The window as rows, bar number `i` at `i % length`; whether something happened in it. */
  private readonly rows: Rows;
  private readonly isActive: Uint8Array;
  /** The rows that the newest tree may be grown from. */
  private readonly pool: Int32Array;
  private readonly samples: readonly SlidingSample[];
  private readonly medians = new Float64Array(WIDTH);
  private readonly deviations = new Float64Array(WIDTH);
  private readonly point = new Float64Array(WIDTH);
  /** Of the bars in the window, in ms. */
  private readonly starts: Float64Array;
  /** Bars in the window or before it, and up to which of them medians and trees are those of now. */
  private closed = 0;
  private known = 0;
  private open: Bar | undefined;
  private closeBefore = Number.NaN;

  /**
   * @param length bars that a bar is held against, LEAST_ANOMALY_BARS or more
   * @param interval of the bars in ms: with their starts it seeds what is drawn
   */
  constructor(length: number, interval: number = MINUTE) {
    this.length = length;
    this.interval = interval;
    this.trees = Math.min(MOST_TREES, Math.floor(length / 3));
    this.forest = new RollingForest(this.trees, WIDTH);
    this.rows = { values: new Float64Array(length * WIDTH), width: WIDTH };
    this.isActive = new Uint8Array(length);
    this.starts = new Float64Array(length);
    this.pool = new Int32Array(length);
    this.samples = ANOMALY_FEATURES.map(() => new SlidingSample(length));
  }

  /** Begins a bar; the one before is final. */
  add(bar: Bar): void {
    if (this.open !== undefined) this.take(this.open);
    this.replace(bar);
  }

  /** The bar that was begun, as it is now. */
  replace(bar: Bar): void {
    this.open = bar;
    if (this.closed < this.length) return;
    const { values, point } = this;
    if (!this.read(bar) || this.samples[0].size < LEAST_ACTIVE) {
      values.fill(0);
      return;
    }
    this.catchUp();
    let farthest = 0;
    for (let k = 0; k < WIDTH; k++) {
      const z = this.deviations[k] > 0 ? (point[k] - this.medians[k]) / this.deviations[k] : 0;
      values[1 + k] = z;
      // A quiet bar is no event, and every bar begins as one.
      farthest = Math.max(farthest, k === 0 ? Math.abs(z) : z);
    }
    const forest = Math.max(0, Math.min(1, (this.forest.oddness(point) - 0.5) / (ODDEST - 0.5)));
    values[1 + WIDTH] = forest;
    values[0] = 1 - (OUTLIER ** 2 / (farthest ** 2 + OUTLIER ** 2)) * (1 - forest);
  }

  /** Reads a bar into `point`. @returns whether something happened in it */
  private read(bar: Bar): boolean {
    const { point, closeBefore } = this;
    point[0] = logRatio(bar.close, closeBefore);
    point[1] = Math.log(Math.max(bar.volume, LEAST_VOLUME));
    point[2] = Math.log(Math.max(logRatio(bar.high, bar.low), LEAST_RANGE));
    return bar.volume > 0 || bar.high > bar.low || point[0] !== 0;
  }

  /** Takes a final bar into the window. */
  private take(bar: Bar): void {
    const isFirst = Number.isNaN(this.closeBefore);
    const happened = this.read(bar);
    this.closeBefore = bar.close;
    // It has no return.
    if (isFirst) return;
    const at = this.closed % this.length;
    for (let k = 0; k < WIDTH; k++) {
      const place = at * WIDTH + k;
      if (this.closed >= this.length && this.isActive[at] === 1) this.samples[k].remove(this.rows.values[place]);
      this.rows.values[place] = this.point[k];
      if (happened) this.samples[k].add(this.point[k]);
    }
    this.isActive[at] = happened ? 1 : 0;
    this.starts[at] = bar.start;
    this.closed++;
  }

  /** Does what a score needs and was put off: where nothing happens nobody waits for it. */
  private catchUp(): void {
    if (this.known === this.closed) return;
    for (let k = 0; k < WIDTH; k++) {
      this.medians[k] = this.samples[k].median();
      this.deviations[k] = this.samples[k].robustDeviation();
    }
    for (let at = Math.max(this.known, this.closed - this.trees) + 1; at <= this.closed; at++) this.growTree(at);
    this.known = this.closed;
  }

  /** Grows the tree of the time when `closed` bars were, from as many as all trees of the window have behind them. */
  private growTree(closed: number): void {
    const { length, trees, pool, isActive } = this;
    let count = 0;
    for (let i = closed - (length - trees); i < closed; i++) {
      const at = i % length;
      if (isActive[at] === 1) pool[count++] = at;
    }
    const draw = createDraw(Math.round(this.starts[(closed - 1) % length] / this.interval));
    this.forest.grow(this.rows, pool.subarray(0, count), draw, raiseQuiet);
  }
}

/** ln(a / b); 0 where one of them is not above zero. */
const logRatio = (a: number, b: number): number => (a > 0 && b > 0 ? Math.log(a / b) : 0);

/** Volumes and ranges below the sample's median are raised to it: nothing is odd for being quiet. */
function raiseQuiet({ values, width }: Rows): void {
  const rows = values.length / width;
  const column = new Float64Array(rows);
  for (let k = 1; k < width; k++) {
    // Put in their order one by one: of so few that is several times as fast as to have them sorted.
    for (let i = 0; i < rows; i++) {
      const value = values[i * width + k];
      let at = i;
      for (; at > 0 && column[at - 1] > value; at--) column[at] = column[at - 1];
      column[at] = value;
    }
    const middle = column[rows >> 1];
    for (let i = 0; i < rows; i++) values[i * width + k] = Math.max(middle, values[i * width + k]);
  }
}
