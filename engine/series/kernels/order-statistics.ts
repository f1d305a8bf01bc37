import { firstNotBelow, SortedWindowKernel } from './sorted-window.ts';

/** The value below which a share `q` (0 to 1) of the window lies. */
export class QuantileKernel extends SortedWindowKernel {
  private readonly q: number;

  constructor(length: number, q: number) {
    super(length);
    this.q = q;
  }

  protected override write(): void {
    this.values[0] = this.quantile(this.q);
  }
}

/** Distance of the quartiles. */
export class QuartileRangeKernel extends SortedWindowKernel {
  protected override write(): void {
    this.values[0] = this.quantile(0.75) - this.quantile(0.25);
  }
}

/** Percentage of the earlier inputs of the window below the newest; equal ones count half. */
export class RankKernel extends SortedWindowKernel {
  protected override write(input: number): void {
    const { sorted, place } = this;
    const equal = sorted[place] === input ? lastEqual(sorted, place) - place + 1 : 0;
    this.values[0] = (100 * (place + equal / 2)) / sorted.length;
  }
}

/** Index of the last element equal to the one at `first`, by halving. */
function lastEqual(sorted: Float64Array, first: number): number {
  const x = sorted[first];
  let low = first;
  let high = sorted.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > x) high = middle;
    else low = middle;
  }
  return low;
}

/** Mean distance from the mean of the window. */
export class MeanDeviationKernel extends SortedWindowKernel {
  /** The middle of the closed inputs: sums are taken from there, to keep them small and flat windows exact. */
  private base = 0;
  /** Sums of the smallest closed inputs, less `base`: `sums[i]` of `i` of them. */
  private readonly sums: Float64Array;

  constructor(length: number) {
    super(length);
    this.sums = new Float64Array(length);
  }

  protected override sortedChanged(sorted: Float64Array): void {
    this.base = sorted.length === 0 ? 0 : sorted[sorted.length >> 1];
    for (let i = 0; i < sorted.length; i++) this.sums[i + 1] = this.sums[i] + (sorted[i] - this.base);
  }

  protected override write(input: number): void {
    const { base, sums, sorted } = this;
    const n = sorted.length;
    const mean = (sums[n] + (input - base)) / this.length;
    const below = firstNotBelow(sorted, base + mean);
    const closed = mean * below - sums[below] + (sums[n] - sums[below]) - mean * (n - below);
    this.values[0] = Math.max(0, closed + Math.abs(input - base - mean)) / this.length;
  }
}

/** Share of the standard deviation that the median distance of normally distributed values is. */
const NORMAL_SHARE = 0.6745;

/** Distance from the median in median distances from it, scaled to compare with a z-score; 0 where that is 0. */
export class RobustZKernel extends SortedWindowKernel {
  protected override write(input: number): void {
    const median = this.quantile(0.5);
    const n = this.length;
    const upper = this.distance(median, (n >> 1) + 1);
    const spread = n % 2 === 1 ? upper : (upper + this.distance(median, n >> 1)) / 2;
    this.values[0] = spread > 0 ? (NORMAL_SHARE * (input - median)) / spread : 0;
  }

  /** The `count`-th smallest distance from `centre`: the `count` nearest inputs lie side by side, halving finds where. */
  private distance(centre: number, count: number): number {
    let low = 0;
    let high = this.length - count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (centre - this.at(middle) > this.at(middle + count) - centre) low = middle + 1;
      else high = middle;
    }
    return Math.max(centre - this.at(low), this.at(low + count - 1) - centre);
  }
}
