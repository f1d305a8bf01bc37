import type { Kernel, Pair } from '../catalog-entry.ts';

/**
 * The straight line of least squares through a window of pairs, the newest of which may still change. As in `WindowKernel`, the
 * closed part is summed up once a bar, from scratch and oldest first; a live update is O(1).
 */
abstract class PairWindowKernel implements Kernel<Pair> {
  readonly values: Float64Array;
  protected readonly length: number;
  /** The closed pairs before the open one, oldest first: at most `length - 1`. */
  private readonly ys: Float64Array;
  private readonly xs: Float64Array;
  private filled = 0;
  private openY = 0;
  private openX = 0;
  private hasOpen = false;
  private readonly closed = { meanY: 0, meanX: 0, yy: 0, xx: 0, xy: 0 };
  protected meanY = 0;
  protected meanX = 0;
  /** Sums of the products of the distances from the means. */
  protected yy = 0;
  protected xx = 0;
  protected xy = 0;

  /** @param length at least 2 */
  constructor(length: number, fields = 1) {
    this.length = length;
    this.ys = new Float64Array(length - 1);
    this.xs = new Float64Array(length - 1);
    this.values = new Float64Array(fields).fill(Number.NaN);
  }

  add(pair: Pair): void {
    if (this.hasOpen) this.shift();
    this.hasOpen = true;
    this.replace(pair);
  }

  replace({ y, x }: Pair): void {
    this.openY = y;
    this.openX = x;
    if (this.filled < this.ys.length) return;
    const { closed, length: n } = this;
    const offY = y - closed.meanY;
    const offX = x - closed.meanX;
    const share = (n - 1) / n;
    this.meanY = closed.meanY + offY / n;
    this.meanX = closed.meanX + offX / n;
    this.yy = closed.yy + offY * offY * share;
    this.xx = closed.xx + offX * offX * share;
    this.xy = closed.xy + offY * offX * share;
    this.write(y, x);
  }

  private shift(): void {
    const { ys, xs, filled } = this;
    if (filled === ys.length) {
      ys.copyWithin(0, 1);
      xs.copyWithin(0, 1);
    } else this.filled++;
    ys[this.filled - 1] = this.openY;
    xs[this.filled - 1] = this.openX;
    if (this.filled === ys.length) this.summarise();
  }

  /** About the oldest, so that where nothing moves all of it is exactly 0. */
  private summarise(): void {
    const { ys, xs, closed } = this;
    const n = ys.length;
    let sumY = 0;
    let sumX = 0;
    for (let i = 0; i < n; i++) {
      sumY += ys[i] - ys[0];
      sumX += xs[i] - xs[0];
    }
    closed.meanY = ys[0] + sumY / n;
    closed.meanX = xs[0] + sumX / n;
    closed.yy = 0;
    closed.xx = 0;
    closed.xy = 0;
    for (let i = 0; i < n; i++) {
      const offY = ys[i] - closed.meanY;
      const offX = xs[i] - closed.meanX;
      closed.yy += offY * offY;
      closed.xx += offX * offX;
      closed.xy += offY * offX;
    }
  }

  /** What y rises by with each unit of x; 0 where x does not move. */
  protected get slope(): number {
    return this.xx > 0 ? this.xy / this.xx : 0;
  }

  /** Pearson's correlation; 0 where either does not move. */
  protected get correlation(): number {
    const scale = Math.sqrt(this.yy) * Math.sqrt(this.xx);
    return scale > 0 ? Math.max(-1, Math.min(1, this.xy / scale)) : 0;
  }

  /** Writes `values` for the window that ends in this pair. */
  protected abstract write(y: number, x: number): void;
}

export class CorrelationKernel extends PairWindowKernel {
  protected override write(): void {
    this.values[0] = this.correlation;
  }
}

export class PairSlopeKernel extends PairWindowKernel {
  protected override write(): void {
    this.values[0] = this.slope;
  }
}

/** Residuals smaller than this share of what y moves are rounding: the line is exact. */
const EXACT = 1e-13;

/** Hedge ratio, intercept, spread of the newest pair, the spread in its standard deviations, share of the variance explained. */
export class HedgeKernel extends PairWindowKernel {
  constructor(length: number) {
    super(length, 5);
  }

  protected override write(y: number, x: number): void {
    const { values, slope, meanY, meanX, yy, xy, length, correlation } = this;
    const residuals = yy - slope * xy;
    const spread = y - meanY - slope * (x - meanX);
    values[0] = slope;
    values[1] = meanY - slope * meanX;
    values[2] = spread;
    // The residuals of a line through a window have the mean 0.
    values[3] = residuals > EXACT * yy ? spread / Math.sqrt(residuals / length) : 0;
    values[4] = correlation * correlation;
  }
}

/** Spread of the newest pair alone. */
export class SpreadKernel extends PairWindowKernel {
  protected override write(y: number, x: number): void {
    this.values[0] = y - this.meanY - this.slope * (x - this.meanX);
  }
}
