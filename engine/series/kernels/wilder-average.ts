import { SMA } from 'trading-signals';

/**
 * Wilder's smoothing as trading-signals' WSMA defines it (the first value is the mean of the first `interval` inputs), but
 * O(1) an update: the library's own goes on averaging its window after the first value. It extends the library's SMA, whose
 * window it never fills, because that is what the library's indicators take as their smoothing.
 */
export class WilderAverage extends SMA {
  private seen = 0;
  private sum = 0;
  private sumBefore = 0;

  override update(input: number, replace: boolean): number | null {
    if (!replace) this.seen++;
    if (this.seen <= this.interval) return this.seed(input, replace);
    const previous = (replace ? this.previousResult : this.result) ?? input;
    return this.setResult(previous + (input - previous) / this.interval, replace);
  }

  private seed(input: number, replace: boolean): number | null {
    if (!replace) this.sumBefore = this.sum;
    this.sum = this.sumBefore + input;
    return this.seen === this.interval ? this.setResult(this.sum / this.interval, replace) : null;
  }
}
