import type { Kernel } from '../catalog-entry.ts';
import { RISING } from '../ways.ts';

/**
 * Wilder's relative strength index: his averages of gains and losses, each seeded with the mean of the first `length` steps; 50
 * where nothing moved.
 */
export class RsiKernel implements Kernel<number> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly length: number;
  /** Steps whose end is closed. */
  private steps = -1;
  /** Averages over the closed steps; sums while there are less than `length`. */
  private gain = 0;
  private loss = 0;
  private closed = Number.NaN;
  private open = Number.NaN;

  constructor(length: number) {
    this.length = length;
  }

  add(input: number): void {
    if (!Number.isNaN(this.open)) this.close();
    this.replace(input);
  }

  private close(): void {
    if (this.steps >= 0) {
      const step = this.open - this.closed;
      this.gain = this.average(this.gain, Math.max(0, step));
      this.loss = this.average(this.loss, Math.max(0, -step));
    }
    this.steps++;
    this.closed = this.open;
  }

  /** The average with one more step. */
  private average(known: number, step: number): number {
    const { length, steps } = this;
    if (steps + 1 < length) return known + step;
    return steps + 1 === length ? (known + step) / length : known + (step - known) / length;
  }

  replace(input: number): void {
    this.open = input;
    if (this.steps + 1 < this.length) return;
    const step = input - this.closed;
    const gain = this.average(this.gain, Math.max(0, step));
    const loss = this.average(this.loss, Math.max(0, -step));
    this.values[0] = gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
  }

  /**
   * d(100 g/(g+l)) is 100 l / (n (g+l)²) while the bar gains and 100 g / (n (g+l)²) while it loses: most where it does so least.
   */
  sensitivity(_field: number, now: number, reach: number): number {
    if (this.steps < this.length) return Number.POSITIVE_INFINITY;
    const { length, closed } = this;
    const keep = (length - 1) / length;
    const [gain, loss] = [this.gain * keep, this.loss * keep];
    const least = Math.max(0, Math.abs(now - closed) - reach) / length;
    const isMixed = Math.abs(now - closed) <= reach;
    const other = isMixed ? Math.max(gain, loss) : now > closed ? loss : gain;
    return (100 * other) / (length * (gain + loss + least) ** 2);
  }

  ways(): number {
    return RISING;
  }
}
