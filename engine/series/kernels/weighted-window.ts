import { OrderedWindowKernel } from './ordered-window.ts';

/** Sum of a window in which each input has its weight, from the oldest to the newest. */
export class WeightedKernel extends OrderedWindowKernel {
  private readonly weights: readonly number[];
  private closed = 0;

  constructor(weights: readonly number[]) {
    super(weights.length);
    this.weights = weights;
  }

  protected override summarisePast(past: Float64Array): void {
    let sum = 0;
    for (let i = 0; i < past.length; i++) sum += this.weights[i] * past[i];
    this.closed = sum;
  }

  protected override compute(input: number): void {
    this.values[0] = this.closed + this.weights[this.weights.length - 1] * input;
  }
}

/** Average with weights that rise by one from the oldest, 1, to the newest. */
export const linearlyWeighted = (length: number): WeightedKernel =>
  new WeightedKernel(Array.from({ length }, (_, i) => (2 * (i + 1)) / (length * (length + 1))));

/** Ehlers' symmetrical average of four: weights 1, 2, 2, 1. */
export const symmetricallyWeighted = (): WeightedKernel => new WeightedKernel([1 / 6, 2 / 6, 2 / 6, 1 / 6]);

/** What a straight line through the `length` inputs before the newest forecasts for the newest. */
export class ForecastKernel extends OrderedWindowKernel {
  private forecast = 0;

  constructor(length: number) {
    super(length + 1);
  }

  protected override summarisePast(past: Float64Array): void {
    const n = past.length;
    const middle = (n - 1) / 2;
    let sum = 0;
    let moment = 0;
    for (let i = 0; i < n; i++) {
      sum += past[i] - past[0];
      moment += (i - middle) * (past[i] - past[0]);
    }
    const slope = moment / ((n * (n * n - 1)) / 12);
    this.forecast = past[0] + sum / n + slope * (n - middle);
  }

  protected override compute(): void {
    this.values[0] = this.forecast;
  }
}

/** Ehlers' centre of gravity of a window: how far its balance lies from the middle, in bars, above zero towards the newest. */
export class GravityKernel extends OrderedWindowKernel {
  private sum = 0;
  private moment = 0;

  protected override summarisePast(past: Float64Array): void {
    const middle = past.length / 2;
    let sum = 0;
    let moment = 0;
    for (let i = 0; i < past.length; i++) {
      sum += past[i];
      moment += (i - middle) * past[i];
    }
    this.sum = sum;
    this.moment = moment;
  }

  protected override compute(input: number): void {
    const sum = this.sum + input;
    this.values[0] = sum === 0 ? 0 : (this.moment + ((this.length - 1) / 2) * input) / sum;
  }
}
