import { UserError } from '../../errors.ts';
import { testCointegration } from '../../quant/cointegration.ts';
import type { Kernel, Pair } from '../catalog-entry.ts';

/**
 * Whether the spread of two series comes back, by the `length` pairs before the newest one: tested once a bar, and the same
 * however the newest pair still changes.
 */
export class CointegrationKernel implements Kernel<Pair> {
  readonly values = Float64Array.of(Number.NaN, Number.NaN);
  private readonly ys: Float64Array;
  private readonly xs: Float64Array;
  private filled = 0;
  private open: Pair | undefined;

  constructor(length: number) {
    this.ys = new Float64Array(length);
    this.xs = new Float64Array(length);
  }

  add(pair: Pair): void {
    const { ys, xs, open } = this;
    this.open = pair;
    if (open === undefined) return;
    if (this.filled === ys.length) {
      ys.copyWithin(0, 1);
      xs.copyWithin(0, 1);
    } else this.filled++;
    ys[this.filled - 1] = open.y;
    xs[this.filled - 1] = open.x;
    if (this.filled === ys.length) this.test();
  }

  replace(pair: Pair): void {
    this.open = pair;
  }

  sensitivity(): number {
    return 0;
  }

  /** Where there is nothing to test nothing is shown to come back. */
  private test(): void {
    try {
      const { pValue, statistic } = testCointegration(this.ys, this.xs);
      this.values.set([pValue, statistic]);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.values.set([1, 0]);
    }
  }
}
