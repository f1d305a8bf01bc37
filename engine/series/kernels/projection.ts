import { OrderedWindowKernel } from './ordered-window.ts';

/**
 * Widner's upper projection band: each input of the window carried on to the newest bar along the slope of a straight line through
 * all of them, and the highest of these. The slope moves with the newest input, so the highest is looked for on the upper hull of
 * the closed ones: O(log n).
 */
export class ProjectionKernel extends OrderedWindowKernel {
  /** How long ago (in bars) and how high above the oldest input the corners of the hull are. */
  private readonly ages: Float64Array;
  private readonly heights: Float64Array;
  private corners = 0;
  private oldestInput = 0;
  private sum = 0;
  private moment = 0;

  constructor(length: number) {
    super(length);
    this.ages = new Float64Array(length);
    this.heights = new Float64Array(length);
  }

  protected override summarisePast(past: Float64Array): void {
    this.oldestInput = past[0];
    this.sum = 0;
    this.moment = 0;
    this.corners = 0;
    for (let i = past.length - 1; i >= 0; i--) {
      const age = past.length - i;
      const height = past[i] - past[0];
      this.sum += height;
      this.moment += age * height;
      this.addCorner(age, height);
    }
  }

  private addCorner(age: number, height: number): void {
    const { ages, heights } = this;
    while (this.corners >= 2 && !this.isAbove(age, height)) this.corners--;
    ages[this.corners] = age;
    heights[this.corners] = height;
    this.corners++;
  }

  /** Whether the newest corner lies above the line from the one before it to a point. */
  private isAbove(age: number, height: number): boolean {
    const { ages, heights, corners } = this;
    const [toAge, toHeight] = [ages[corners - 1] - ages[corners - 2], heights[corners - 1] - heights[corners - 2]];
    return toHeight * (age - ages[corners - 2]) > (height - heights[corners - 2]) * toAge;
  }

  protected override compute(input: number): void {
    const n = this.length;
    const x = input - this.oldestInput;
    const ageSum = (n * (n - 1)) / 2;
    const spread = (n * n * (n * n - 1)) / 12;
    const slope = (ageSum * (this.sum + x) - n * this.moment) / spread;
    this.values[0] = this.oldestInput + Math.max(x, this.highest(slope));
  }

  private highest(slope: number): number {
    const { ages, heights } = this;
    let low = 0;
    let high = this.corners - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (heights[middle] + slope * ages[middle] < heights[middle + 1] + slope * ages[middle + 1]) low = middle + 1;
      else high = middle;
    }
    return heights[low] + slope * ages[low];
  }
}
