import { WindowKernel } from './window-kernel.ts';

/** Mean and population standard deviation of a window; what is written to `values` is up to the kind. */
export abstract class MomentsKernel extends WindowKernel {
  private closedMean = 0;
  private closedSquares = 0;
  protected mean = 0;
  protected deviation = 0;

  /**
   * From the oldest on: another order of the same numbers gives other last bits. And as distances from the oldest: where
   * nothing moves they are nothing, whatever rounding makes of the price.
   */
  protected override summarise(ring: Float64Array, head: number): void {
    const n = ring.length;
    const from = n === 0 ? 0 : ring[head];
    let sum = 0;
    for (let i = head; i < n; i++) sum += ring[i] - from;
    for (let i = 0; i < head; i++) sum += ring[i] - from;
    const mean = n === 0 ? 0 : from + sum / n;
    let squares = 0;
    for (let i = head; i < n; i++) squares += (ring[i] - mean) * (ring[i] - mean);
    for (let i = 0; i < head; i++) squares += (ring[i] - mean) * (ring[i] - mean);
    this.closedMean = mean;
    this.closedSquares = squares;
  }

  /** Welford's step: the window with one more input, without a pass over it. */
  protected override compute(input: number): void {
    const off = input - this.closedMean;
    this.mean = this.closedMean + off / this.length;
    this.deviation = Math.sqrt((this.closedSquares + off * (input - this.mean)) / this.length);
    this.write(input);
  }

  protected abstract write(input: number): void;

  /** How far the deviation moves at most when the input moves by one. */
  protected get deviationMove(): number {
    return Math.sqrt(this.length - 1) / this.length;
  }

  /** The smallest deviation that the open input can make of the window. */
  protected get leastDeviation(): number {
    return Math.sqrt(this.closedSquares / this.length);
  }
}

/** Arithmetic mean. */
export class MeanKernel extends MomentsKernel {
  protected override write(): void {
    this.values[0] = this.mean;
  }

  sensitivity(): number {
    return 1 / this.length;
  }
}

/** Population standard deviation. */
export class DeviationKernel extends MomentsKernel {
  protected override write(): void {
    this.values[0] = this.deviation;
  }

  sensitivity(): number {
    return this.deviationMove;
  }
}

/** Distance from the mean in standard deviations; 0 where nothing moves. */
export class ZScoreKernel extends MomentsKernel {
  protected override write(input: number): void {
    this.values[0] = this.deviation > 0 ? (input - this.mean) / this.deviation : 0;
  }

  /** dz/dx = (1 - 1/n - z²/n) / s, and s is at least what the closed inputs alone make it. */
  sensitivity(): number {
    return 1 / this.leastDeviation;
  }
}

/** Bollinger's bands: middle, upper, lower, width as a share of the middle, place within the bands (0 to 1). */
export class BandsKernel extends MomentsKernel {
  private readonly multiplier: number;

  constructor(length: number, multiplier: number) {
    super(length, 5);
    this.multiplier = multiplier;
  }

  protected override write(input: number): void {
    const reach = this.multiplier * this.deviation;
    const { values, mean } = this;
    values[0] = mean;
    values[1] = mean + reach;
    values[2] = mean - reach;
    values[3] = (2 * reach) / mean;
    values[4] = reach > 0 ? (input - mean + reach) / (2 * reach) : 0.5;
  }

  sensitivity(field: number, _now: number, reach: number): number {
    const { length: n, multiplier: k, mean, deviation, deviationMove } = this;
    if (field === 0) return 1 / n;
    if (field < 3) return 1 / n + k * deviationMove;
    if (field === 4) return 1 / (2 * k * this.leastDeviation);
    const leastMean = Math.abs(mean) - reach / n;
    if (leastMean <= 0) return Number.POSITIVE_INFINITY;
    return (2 * k * (deviationMove + (deviation + reach * deviationMove) / (n * leastMean))) / leastMean;
  }
}
