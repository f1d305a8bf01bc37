import type { Kernel } from '../catalog-entry.ts';

/** An exponential average of weight 2/(length + 1), begun with the first input; it has a value once it has seen `length`. */
export class EmaKernel implements Kernel<number> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly length: number;
  private readonly weight: number;
  /** Inputs that have begun. */
  private inputs = 0;
  private closed = Number.NaN;
  private open = Number.NaN;

  constructor(length: number) {
    this.length = length;
    this.weight = 2 / (length + 1);
  }

  add(input: number): void {
    this.closed = this.open;
    this.inputs++;
    this.replace(input);
  }

  replace(input: number): void {
    const { weight, inputs } = this;
    this.open = input * weight + (inputs === 1 ? input : this.closed) * (1 - weight);
    if (inputs >= this.length) this.values[0] = this.open;
  }

  sensitivity(): number {
    return this.weight;
  }
}
