import type { Kernel } from '../catalog-entry.ts';
import { RISING } from '../ways.ts';

/**
 * Exponential average, seeded with the first input; its value counts from the `first` input on. It moves by a share of the distance,
 * so that it stays where it is, to the bit, while its input does.
 */
export class ExponentialKernel implements Kernel<number> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly weight: number;
  private readonly first: number;
  private seen = 0;
  private closed = Number.NaN;
  private open = Number.NaN;

  constructor(length: number, first = length, weight = 2 / (length + 1)) {
    this.weight = weight;
    this.first = first;
  }

  add(input: number): void {
    this.closed = this.open;
    this.seen++;
    this.replace(input);
  }

  replace(input: number): void {
    this.open = this.seen === 1 ? input : this.closed + this.weight * (input - this.closed);
    if (this.seen >= this.first) this.values[0] = this.open;
  }

  sensitivity(): number {
    return this.weight;
  }

  ways(): number {
    return RISING;
  }
}

/** Wilder's smoothing: the mean of the first `length` inputs, then a `length`th of the way to each. */
export class WilderKernel implements Kernel<number> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly length: number;
  private seen = 0;
  /** The sum of the closed inputs while warming up, the average as of the bar before from then on. */
  private closed = 0;
  private open = 0;

  constructor(length: number) {
    this.length = length;
  }

  add(input: number): void {
    this.closed = this.open;
    this.seen++;
    this.replace(input);
  }

  replace(input: number): void {
    const { seen, length, closed } = this;
    if (seen > length) this.open = closed + (input - closed) / length;
    else this.open = seen === length ? (closed + input) / length : closed + input;
    if (seen >= length) this.values[0] = this.open;
  }
}
