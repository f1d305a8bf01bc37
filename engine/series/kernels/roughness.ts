import { OrderedWindowKernel } from './ordered-window.ts';

/** Distances in bars over which a path is measured. */
const LAGS = [1, 2, 4, 8, 16] as const;
const MIDDLE = (LAGS.length - 1) / 2;
/** Sum of the squared distances of the logarithms of the lags from their middle. */
const SPAN = LAGS.reduce((sum, _lag, i) => sum + (i - MIDDLE) ** 2, 0);

/**
 * How the distance covered grows with time: its exponent, from the mean squares of the differences over 1, 2, 4, 8 and 16 bars.
 * 0.5, which a random walk has, where nothing moves over one of them.
 */
export class HurstKernel extends OrderedWindowKernel {
  private readonly squares = new Float64Array(LAGS.length);
  private readonly partners = new Float64Array(LAGS.length);

  protected override summarisePast(past: Float64Array): void {
    for (const [i, lag] of LAGS.entries()) {
      let squares = 0;
      for (let at = lag; at < past.length; at++) squares += (past[at] - past[at - lag]) ** 2;
      this.squares[i] = squares;
      this.partners[i] = past[past.length - lag];
    }
  }

  protected override compute(input: number): void {
    let rise = 0;
    for (let i = 0; i < LAGS.length; i++) {
      const off = input - this.partners[i];
      const square = (this.squares[i] + off * off) / (this.length - LAGS[i]);
      if (!(square > 0)) {
        this.values[0] = 0.5;
        return;
      }
      rise += ((i - MIDDLE) * Math.log2(square)) / 2;
    }
    this.values[0] = rise / SPAN;
  }
}

/**
 * Disorder of the ups and downs: the entropy of the orders of size of three inputs in a row, as a share of the largest
 * possible; of equal inputs the earlier counts as the smaller.
 */
export class EntropyKernel extends OrderedWindowKernel {
  /** How often each order occurs; two of the eight numbers stand for orders that cannot be. */
  private readonly counts = new Float64Array(8);
  private first = 0;
  private second = 0;

  protected override summarisePast(past: Float64Array): void {
    this.counts.fill(0);
    for (let i = 2; i < past.length; i++) this.counts[orderOf(past[i - 2], past[i - 1], past[i])]++;
    this.first = past[past.length - 2];
    this.second = past[past.length - 1];
  }

  protected override compute(input: number): void {
    const newest = orderOf(this.first, this.second, input);
    const all = this.length - 2;
    let entropy = 0;
    for (let order = 0; order < this.counts.length; order++) {
      const share = (this.counts[order] + (order === newest ? 1 : 0)) / all;
      if (share > 0) entropy -= share * Math.log(share);
    }
    // Not -0 where there is but one order.
    this.values[0] = Math.max(0, entropy / Math.log(6));
  }
}

const orderOf = (a: number, b: number, c: number): number => (a <= b ? 1 : 0) + (b <= c ? 2 : 0) + (a <= c ? 4 : 0);
