import type { Kernel } from '../catalog-entry.ts';

/** Bars since the input was last other than 0; not a number where it was not in the last `most` bars. */
export class BarsSinceKernel implements Kernel<number> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly most: number;
  private before = Number.NaN;

  constructor(most: number) {
    this.most = most;
  }

  add(input: number): void {
    this.before = this.values[0];
    this.replace(input);
  }

  replace(input: number): void {
    const count = input === 0 ? this.before + 1 : 0;
    this.values[0] = count < this.most ? count : Number.NaN;
  }
}
