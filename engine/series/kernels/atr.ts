import type { Bar } from '../../market/events.ts';
import type { Kernel } from '../catalog-entry.ts';
import { GROWING } from '../ways.ts';
import { WilderKernel } from './smoothing.ts';

/** Wilder's average true range, seeded with the mean of the first `length` ranges; the first bar's range is high - low. */
export class AtrKernel implements Kernel<Bar> {
  readonly values: Float64Array;
  private readonly average: WilderKernel;
  private readonly length: number;
  private before = Number.NaN;
  private close = Number.NaN;

  constructor(length: number) {
    this.length = length;
    this.average = new WilderKernel(length);
    this.values = this.average.values;
  }

  add(bar: Bar): void {
    this.before = this.close;
    this.close = bar.close;
    this.average.add(this.rangeOf(bar));
  }

  replace(bar: Bar): void {
    this.close = bar.close;
    this.average.replace(this.rangeOf(bar));
  }

  private rangeOf({ high, low }: Bar): number {
    const { before } = this;
    if (Number.isNaN(before)) return high - low;
    return Math.max(high - low, Math.abs(high - before), Math.abs(low - before));
  }

  /** Within the range a move of the price widens nothing; where it may leave it at both ends it widens it twice. */
  sensitivity(_field: number, { high, low, close }: Bar, reach: number): number {
    const { before } = this;
    const top = before > high ? before : high;
    const bottom = before < low ? before : low;
    return (Number(close + reach > top) + Number(close - reach < bottom)) / this.length;
  }

  ways(): number {
    return GROWING;
  }
}
