import { firstNotBelow, SortedWindowKernel } from './sorted-window.ts';
import { WindowKernel } from './window-kernel.ts';

/** Lambert's commodity channel index: distance from the mean in 0.015 mean absolute deviations; 0 where nothing moves. */
export class ChannelIndexKernel extends SortedWindowKernel {
  /** Sums of the smallest closed inputs, each less the smallest one: by them a deviation takes no pass over the window. */
  private readonly sums: Float64Array;

  constructor(length: number) {
    super(length);
    this.sums = new Float64Array(length);
  }

  protected override sortedChanged(sorted: Float64Array): void {
    for (let i = 0; i < sorted.length; i++) this.sums[i + 1] = this.sums[i] + (sorted[i] - sorted[0]);
  }

  protected override write(input: number): void {
    const { sorted, sums, length } = this;
    const low = sorted[0];
    const closed = length - 1;
    const x = input - low;
    const mean = (sums[closed] + x) / length;
    const below = firstNotBelow(sorted, low + mean);
    const deviations = below * mean - sums[below] + (sums[closed] - sums[below] - (closed - below) * mean);
    const deviation = (deviations + Math.abs(x - mean)) / length;
    // What is left between equal prices after rounding is no move.
    this.values[0] = deviation > 1e-14 * Math.abs(input) ? (x - mean) / (0.015 * deviation) : 0;
  }
}

/** How many of the `length` inputs before the newest are below it, in percent. */
export class BelowKernel extends SortedWindowKernel {
  constructor(length: number) {
    super(length + 1);
  }

  protected override write(): void {
    this.values[0] = (100 * this.place) / (this.length - 1);
  }
}

/**
 * Rank correlation (Spearman) of a window with time, -100 to 100; 0 where nothing moves. Equal inputs share their ranks. Squares of
 * rank distances are multiples of a quarter: no rounding, whatever the order.
 */
export class RankCorrelationKernel extends WindowKernel {
  private sorted = new Float64Array(0);
  /** Sums of `time rank - size rank` over the smallest closed inputs, and of the squares over all. */
  private readonly sums: Float64Array;
  private squares = 0;

  constructor(length: number) {
    super(length);
    this.sums = new Float64Array(length);
  }

  /** Ranks among the closed inputs alone: the highest and the newest have the lowest; the newest of all, 1, is still to come. */
  protected override summarise(ring: Float64Array, head: number): void {
    const n = ring.length;
    const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => ring[a] - ring[b]);
    this.sorted = Float64Array.from(order, (at) => ring[at]);
    this.squares = 0;
    for (let i = 0; i < n; i++) {
      const bottom = firstNotBelow(this.sorted, this.sorted[i]);
      const top = firstAbove(this.sorted, this.sorted[i]);
      const age = (head - 1 - order[i] + n) % n;
      const distance = age + 2 - (n - top + (top - bottom + 1) / 2);
      this.sums[i + 1] = this.sums[i] + distance;
      this.squares += distance * distance;
    }
  }

  protected override compute(input: number): void {
    const { sorted, sums, length: n } = this;
    const lower = firstNotBelow(sorted, input);
    const upper = firstAbove(sorted, input);
    const equal = upper - lower;
    const own = equal / 2 + sorted.length - upper;
    const moved = lower - 2 * sums[lower] + equal / 4 - (sums[upper] - sums[lower]);
    const squares = this.squares + moved + own * own;
    this.values[0] = equal === sorted.length ? 0 : 100 * (1 - (6 * squares) / (n * (n * n - 1)));
  }
}

/** Index of the first element above `x`; the length where there is none. */
function firstAbove(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
