import { CentralMomentsKernel } from './central-moments.ts';
import { OrderedWindowKernel } from './ordered-window.ts';

/** The straight line of least squares through a window, over the number of the bar. */
abstract class LineKernel extends CentralMomentsKernel {
  private first = 0;
  private closedCross = 0;
  /** Sum of the products of the distances of bar and input from their means. */
  protected cross = 0;

  protected override summarisePast(past: Float64Array): void {
    super.summarisePast(past);
    this.first = past[0];
    this.closedCross = 0;
    const middle = (this.length - 1) / 2;
    for (let i = 0; i < past.length; i++) this.closedCross += (i - middle) * (past[i] - this.first);
  }

  protected override compute(input: number): void {
    this.cross = this.closedCross + ((this.length - 1) / 2) * (input - this.first);
    super.compute(input);
  }

  /** Sum of the squared distances of the bars from their middle. */
  protected get span(): number {
    return (this.length * (this.length * this.length - 1)) / 12;
  }
}

/** What the line rises by in a bar. */
export class SlopeKernel extends LineKernel {
  protected override write(): void {
    this.values[0] = this.cross / this.span;
  }
}

/** Share of the variance that the line explains; 0 where nothing moves. */
export class FitKernel extends LineKernel {
  protected override write(): void {
    this.values[0] = this.m2 > 0 ? Math.min(1, (this.cross * this.cross) / (this.span * this.m2)) : 0;
  }
}

/** Pearson's correlation of the last `length` inputs with those `lag` bars before them; 0 where either does not move. */
export class AutocorrelationKernel extends OrderedWindowKernel {
  private readonly pairs: number;
  private readonly lag: number;
  /** Of the closed inputs of the later part, all but its newest: mean, and sum of squares about it. */
  private readonly later = { mean: 0, squares: 0 };
  private earlierSquares = 0;
  private closedCross = 0;
  /** Distance from its mean of what the newest is paired with. */
  private partner = 0;

  constructor(length: number, lag: number) {
    super(length + lag);
    this.pairs = length;
    this.lag = lag;
  }

  protected override summarisePast(past: Float64Array): void {
    const { pairs, lag, later } = this;
    const mean = meanOf(past, 0, pairs);
    later.mean = meanOf(past, lag, pairs - 1);
    later.squares = 0;
    this.earlierSquares = 0;
    this.closedCross = 0;
    for (let i = 0; i < pairs; i++) this.earlierSquares += (past[i] - mean) ** 2;
    for (let i = 0; i < pairs - 1; i++) {
      const off = past[i + lag] - later.mean;
      later.squares += off * off;
      this.closedCross += off * (past[i] - mean);
    }
    this.partner = past[pairs - 1] - mean;
  }

  protected override compute(input: number): void {
    const off = input - this.later.mean;
    const squares = this.later.squares + (off * off * (this.pairs - 1)) / this.pairs;
    const scale = Math.sqrt(squares * this.earlierSquares);
    const cross = this.closedCross + off * this.partner;
    this.values[0] = scale > 0 ? Math.max(-1, Math.min(1, cross / scale)) : 0;
  }
}

/** Half-life in bars where nothing draws back to a mean. */
export const NO_HALF_LIFE = 1e6;

/** The changes of `length` bars regressed on the values before them: the sums over the bars that have closed. */
abstract class ChangesKernel extends OrderedWindowKernel {
  /** Of the values before, from their mean. */
  protected squares = 0;
  protected closedCross = 0;
  protected closedChange = 0;
  protected closedSquares = 0;
  protected last = 0;
  protected lastOff = 0;

  constructor(length: number) {
    super(length + 1);
  }

  protected override summarisePast(past: Float64Array): void {
    const n = past.length;
    const mean = meanOf(past, 0, n);
    this.squares = 0;
    this.closedCross = 0;
    this.closedChange = 0;
    this.closedSquares = 0;
    for (let i = 0; i < n; i++) this.squares += (past[i] - mean) ** 2;
    for (let i = 0; i + 1 < n; i++) {
      const change = past[i + 1] - past[i];
      this.closedCross += (past[i] - mean) * change;
      this.closedChange += change;
      this.closedSquares += change * change;
    }
    this.last = past[n - 1];
    this.lastOff = this.last - mean;
  }
}

/**
 * Bars in which half of the distance from the mean goes: the changes of `length` bars regressed on the values before them.
 * At most `NO_HALF_LIFE`, which is also given where the changes do not lead back.
 */
export class HalfLifeKernel extends ChangesKernel {
  protected override compute(input: number): void {
    const pull = this.closedCross + this.lastOff * (input - this.last);
    this.values[0] = pull < 0 ? Math.min(NO_HALF_LIFE, (-Math.LN2 * this.squares) / pull) : NO_HALF_LIFE;
  }
}

/** Where a series is drawn back without a rest: a statistic has no end there. */
const MOST_T = 1000;

/**
 * Dickey-Fuller statistic: the t-value of the level, where the changes of `length` bars are regressed on the values before them and a
 * constant. Within 1000 of nought; 0 where nothing moves.
 */
export class DickeyFullerKernel extends ChangesKernel {
  protected override compute(input: number): void {
    const rows = this.length - 1;
    const change = input - this.last;
    const pull = this.closedCross + this.lastOff * change;
    const total = this.closedChange + change;
    const varied = this.closedSquares + change * change - (total * total) / rows;
    if (!(this.squares > 0) || pull === 0) {
      this.values[0] = 0;
      return;
    }
    const rest = Math.max(0, varied - (pull * pull) / this.squares);
    const t = pull / Math.sqrt((rest * this.squares) / (rows - 2));
    this.values[0] = Math.max(-MOST_T, Math.min(MOST_T, t));
  }
}

/** Mean of `count` inputs from `from` on; of equal ones exactly their value. */
function meanOf(xs: Float64Array, from: number, count: number): number {
  const first = xs[from];
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += xs[i] - first;
  return first + sum / count;
}
