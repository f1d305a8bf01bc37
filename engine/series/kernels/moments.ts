import { ANY_WAY, FALLING, RISING } from '../ways.ts';
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

  /** The deviation where the input is so far from the mean of the closed ones. */
  private deviationAt(off: number): number {
    return Math.sqrt((this.closedSquares + (1 - 1 / this.length) * off * off) / this.length);
  }

  /** How far the deviation s moves at most with the input: ds/dx = (1 - 1/n) off / (n s), which grows with the distance. */
  protected deviationMove(now: number, reach: number): number {
    const { length: n } = this;
    const off = Math.abs(now - this.closedMean) + reach;
    const deviation = this.deviationAt(off);
    return deviation > 0 ? ((1 - 1 / n) * off) / (n * deviation) : 0;
  }

  /** How far z moves at most with the input: dz/dx = (1 - 1/n) S / (n s³), S the squares of the closed inputs, which falls with the distance. */
  protected scoreMove(now: number, reach: number): number {
    const { length: n, closedSquares } = this;
    const least = this.deviationAt(Math.max(0, Math.abs(now - this.closedMean) - reach));
    return least > 0 ? ((1 - 1 / n) * closedSquares) / (n * least ** 3) : Number.POSITIVE_INFINITY;
  }

  /** How far the input stays above (where it is positive) or below the mean of the closed ones; 0 where it may be on both sides. */
  protected aside(now: number, reach: number): number {
    const off = now - this.closedMean;
    return Math.abs(off) > reach ? off - Math.sign(off) * reach : 0;
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

  ways(): number {
    return RISING;
  }
}

/** Population standard deviation. */
export class DeviationKernel extends MomentsKernel {
  protected override write(): void {
    this.values[0] = this.deviation;
  }

  sensitivity(_field: number, now: number, reach: number): number {
    return this.deviationMove(now, reach);
  }

  ways(_field: number, now: number, reach: number): number {
    const aside = this.aside(now, reach);
    return aside === 0 ? ANY_WAY : aside > 0 ? RISING : FALLING;
  }
}

/** Distance from the mean in standard deviations; 0 where nothing moves. */
export class ZScoreKernel extends MomentsKernel {
  protected override write(input: number): void {
    this.values[0] = this.deviation > 0 ? (input - this.mean) / this.deviation : 0;
  }

  sensitivity(_field: number, now: number, reach: number): number {
    return this.scoreMove(now, reach);
  }

  ways(): number {
    return RISING;
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

  sensitivity(field: number, now: number, reach: number): number {
    const { length: n, multiplier: k, mean, deviation } = this;
    if (field === 0) return 1 / n;
    if (field === 4) return this.scoreMove(now, reach) / (2 * k);
    const move = this.deviationMove(now, reach);
    if (field < 3) return 1 / n + k * move;
    const leastMean = Math.abs(mean) - reach / n;
    if (leastMean <= 0) return Number.POSITIVE_INFINITY;
    return (2 * k * (move + (deviation + reach * move) / (n * leastMean))) / leastMean;
  }

  /** Above the mean the upper band goes with the input, below it the lower one does, and the width goes against it. */
  ways(field: number, now: number, reach: number): number {
    if (field === 0 || field === 4) return RISING;
    const aside = this.aside(now, reach);
    if (aside > 0) return field === 1 || (field === 3 && this.isWidening(now, reach)) ? RISING : ANY_WAY;
    if (aside < 0) return field === 2 ? RISING : field === 3 && this.mean - reach / this.length > 0 ? FALLING : ANY_WAY;
    return ANY_WAY;
  }

  /** d(s/m)/dx has the sign of (x - m) m - s². */
  private isWidening(now: number, reach: number): boolean {
    const { length: n, mean, deviation } = this;
    const leastMean = mean - reach / n;
    const most = deviation + reach * this.deviationMove(now, reach);
    return leastMean > 0 && this.aside(now, reach) * (1 - 1 / n) * leastMean > most * most;
  }
}
