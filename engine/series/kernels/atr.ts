import type { Bar } from '../../market/events.ts';
import type { Kernel } from '../catalog-entry.ts';

/** Wilder's average true range, seeded with the mean of the first `length` ranges; the first bar's range is high - low. */
export class AtrKernel implements Kernel<Bar> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly length: number;
  /** Bars that have begun. */
  private bars = 0;
  /** The average over the closed bars and over all; sums while there are less than `length`. */
  private closed = 0;
  private open = 0;
  private before = Number.NaN;
  private close = Number.NaN;

  constructor(length: number) {
    this.length = length;
  }

  add(bar: Bar): void {
    this.closed = this.open;
    this.before = this.close;
    this.bars++;
    this.replace(bar);
  }

  replace({ high, low, close }: Bar): void {
    const { length, bars, closed, before } = this;
    const range = Number.isNaN(before)
      ? high - low
      : Math.max(high - low, Math.abs(high - before), Math.abs(low - before));
    this.close = close;
    this.open = bars <= length ? closed + range : closed + (range - closed) / length;
    if (bars === length) this.open /= length;
    if (bars >= length) this.values[0] = this.open;
  }

  /** A move of the price widens the range by twice as much at most. */
  sensitivity(): number {
    return 2 / this.length;
  }
}
