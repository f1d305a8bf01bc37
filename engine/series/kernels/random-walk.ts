import type { Bar } from '../../market/events.ts';
import type { Kernel } from '../catalog-entry.ts';

/**
 * Poulos' random walk index: how far the newest high is above the low of k bars ago, in mean true ranges of k bars times the root of
 * k, and the newest low below the high, the greatest over k from 2 to `length`. O(length) a trade.
 */
export class RandomWalkKernel implements Kernel<Bar> {
  readonly values = new Float64Array(2).fill(Number.NaN);
  private readonly length: number;
  /** Of the bar so many bars ago, from 1 on. */
  private readonly highs: Float64Array;
  private readonly lows: Float64Array;
  private readonly ranges: Float64Array;
  /** Sums of so many of the newest closed ranges. */
  private readonly sums: Float64Array;
  private closed = 0;
  private close = Number.NaN;
  private open: { high: number; low: number; close: number; range: number } | undefined;

  constructor(length: number) {
    this.length = length;
    this.highs = new Float64Array(length + 1);
    this.lows = new Float64Array(length + 1);
    this.ranges = new Float64Array(length + 1);
    this.sums = new Float64Array(length + 1);
  }

  add(bar: Bar): void {
    const { open } = this;
    if (open !== undefined) {
      this.closed++;
      this.close = open.close;
      unshift(this.highs, open.high);
      unshift(this.lows, open.low);
      unshift(this.ranges, open.range);
      for (let k = 1; k <= this.length; k++) this.sums[k] = this.sums[k - 1] + this.ranges[k];
    }
    this.replace(bar);
  }

  replace({ high, low, close }: Bar): void {
    const before = Number.isNaN(this.close) ? close : this.close;
    const range = Math.max(high, before) - Math.min(low, before);
    this.open = { high, low, close, range };
    if (this.closed >= this.length) this.write(high, low, range);
  }

  private write(high: number, low: number, range: number): void {
    let [up, down] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let k = 2; k <= this.length; k++) {
      const drift = ((this.sums[k - 1] + range) / k) * Math.sqrt(k);
      if (drift === 0) continue;
      up = Math.max(up, (high - this.lows[k]) / drift);
      down = Math.max(down, (this.highs[k] - low) / drift);
    }
    this.values[0] = Number.isFinite(up) ? up : 0;
    this.values[1] = Number.isFinite(down) ? down : 0;
  }
}

/** Puts `x` at index 1 and moves the others on. */
function unshift(list: Float64Array, x: number): void {
  list.copyWithin(2, 1, list.length - 1);
  list[1] = x;
}
