import { OrderedWindowKernel } from './ordered-window.ts';

/**
 * Sums of powers of the distances from the mean of a window, up to the fourth. They are taken about the oldest input, so
 * that all of them are exactly 0 where nothing moves.
 */
export abstract class CentralMomentsKernel extends OrderedWindowKernel {
  private readonly closed = { mean: 0, m2: 0, m3: 0, m4: 0 };
  protected mean = 0;
  /** Sums, not means, of the second to fourth power. */
  protected m2 = 0;
  protected m3 = 0;
  protected m4 = 0;

  protected override summarisePast(past: Float64Array): void {
    const { closed } = this;
    const n = past.length;
    const first = n === 0 ? 0 : past[0];
    let sum = 0;
    for (let i = 0; i < n; i++) sum += past[i] - first;
    closed.mean = n === 0 ? 0 : first + sum / n;
    closed.m2 = 0;
    closed.m3 = 0;
    closed.m4 = 0;
    for (let i = 0; i < n; i++) {
      const off = past[i] - closed.mean;
      const square = off * off;
      closed.m2 += square;
      closed.m3 += square * off;
      closed.m4 += square * square;
    }
  }

  /** Terriberry's step: the sums with one more input, without a pass over the window. */
  protected override compute(input: number): void {
    const { closed, length: n } = this;
    const off = input - closed.mean;
    const share = off / n;
    const square = off * share * (n - 1);
    this.mean = closed.mean + share;
    this.m2 = closed.m2 + square;
    this.m3 = closed.m3 + square * share * (n - 2) - 3 * share * closed.m2;
    this.m4 =
      closed.m4 + square * share * share * (n * n - 3 * n + 3) + 6 * share * share * closed.m2 - 4 * share * closed.m3;
    this.write(input);
  }

  protected abstract write(input: number): void;
}

/** Population variance. */
export class VarianceKernel extends CentralMomentsKernel {
  protected override write(): void {
    this.values[0] = this.m2 / this.length;
  }
}

/** Sample standard deviation, of n - 1 degrees of freedom. */
export class SampleDeviationKernel extends CentralMomentsKernel {
  protected override write(): void {
    this.values[0] = Math.sqrt(this.m2 / (this.length - 1));
  }
}

/** Mean in sample standard deviations; 0 where nothing moves. */
export class SharpeKernel extends CentralMomentsKernel {
  protected override write(): void {
    this.values[0] = this.m2 > 0 ? this.mean / Math.sqrt(this.m2 / (this.length - 1)) : 0;
  }
}

/** Population skewness; 0 where nothing moves. */
export class SkewKernel extends CentralMomentsKernel {
  protected override write(): void {
    this.values[0] = this.m2 > 0 ? (Math.sqrt(this.length) * this.m3) / (this.m2 * Math.sqrt(this.m2)) : 0;
  }
}

/** Population kurtosis less the 3 of a normal distribution; 0 where nothing moves. */
export class KurtosisKernel extends CentralMomentsKernel {
  protected override write(): void {
    this.values[0] = this.m2 > 0 ? (this.length * this.m4) / (this.m2 * this.m2) - 3 : 0;
  }
}

/** Distance of Bollinger's bands as a share of the mean; 0 where the mean is. */
export class BandWidthKernel extends CentralMomentsKernel {
  private readonly multiplier: number;

  constructor(length: number, multiplier: number) {
    super(length);
    this.multiplier = multiplier;
  }

  protected override write(): void {
    const apart = 2 * this.multiplier * Math.sqrt(this.m2 / this.length);
    this.values[0] = this.mean === 0 ? 0 : apart / this.mean;
  }
}

/** Place within Bollinger's bands: 0 at the lower, 1 at the upper; 0.5 where nothing moves. */
export class BandPlaceKernel extends CentralMomentsKernel {
  private readonly multiplier: number;

  constructor(length: number, multiplier: number) {
    super(length);
    this.multiplier = multiplier;
  }

  protected override write(input: number): void {
    const reach = this.multiplier * Math.sqrt(this.m2 / this.length);
    this.values[0] = reach > 0 ? 0.5 + (input - this.mean) / (2 * reach) : 0.5;
  }
}
