import { OrderedWindowKernel } from './ordered-window.ts';

/**
 * The straight line of least squares through a window: its value at the newest bar, slope a bar, value at the oldest bar, angle in
 * degrees, value one bar ahead, and the share of the variance that it explains (0 where nothing moves).
 */
export class LineFitKernel extends OrderedWindowKernel {
  private oldestInput = 0;
  private sum = 0;
  private cross = 0;
  private squares = 0;

  constructor(length: number) {
    super(length, 6);
  }

  /** Inputs are taken from the oldest on, so that nothing is lost between large prices that lie close together. */
  protected override summarisePast(past: Float64Array): void {
    const middle = (this.length - 1) / 2;
    this.oldestInput = past[0];
    this.sum = 0;
    this.cross = 0;
    this.squares = 0;
    for (let i = 0; i < past.length; i++) {
      const off = past[i] - past[0];
      this.sum += off;
      this.cross += (i - middle) * off;
      this.squares += off * off;
    }
  }

  protected override compute(input: number): void {
    const n = this.length;
    const middle = (n - 1) / 2;
    const off = input - this.oldestInput;
    const sum = this.sum + off;
    const cross = this.cross + middle * off;
    const slope = cross / ((n * (n * n - 1)) / 12);
    const mean = this.oldestInput + sum / n;
    const spread = this.squares + off * off - (sum * sum) / n;
    const { values } = this;
    values[0] = mean + slope * middle;
    values[1] = slope;
    values[2] = mean - slope * middle;
    values[3] = (Math.atan(slope) * 180) / Math.PI;
    values[4] = mean + slope * (middle + 1);
    values[5] = spread > 0 ? Math.min(1, (slope * cross) / spread) : 0;
  }
}
