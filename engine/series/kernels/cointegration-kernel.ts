import { UserError } from '../../errors.ts';
import { MINUTE } from '../../market/interval.ts';
import { testCointegration } from '../../quant/cointegration.ts';
import { refitEvery, stretches } from '../anchor.ts';
import type { Kernel, Pair } from '../catalog-entry.ts';

/** Pairs until the value depends on them alone: wherever a test stands that was due, those that it is of, and the newest. */
export const cointegrationWarmup = (length: number): number => length + refitEvery(length);

/**
 * Whether the spread of two series comes back, by `length` closed pairs. It is tested anew every tenth of the window, at the bar after one
 * with which a stretch begins: of a thousand whose bars close at once only few test, and after a restart the same do. However the newest
 * pair still changes, the value is the same.
 */
export class CointegrationKernel implements Kernel<Pair> {
  readonly values = Float64Array.of(Number.NaN, Number.NaN);
  private readonly ys: Float64Array;
  private readonly xs: Float64Array;
  private readonly first: number;
  private readonly stretch: (start: number) => number;
  private filled = 0;
  private seen = 0;
  private open: Pair | undefined;
  /** Number of the stretch of the newest closed pair. */
  private newest = Number.NaN;
  private result: readonly [pValue: number, statistic: number] | undefined;

  /**
   * @param length pairs that are tested
   * @param interval of their bars in ms
   * @param seed of the series: at which of the bars it tests
   */
  constructor(length: number, interval: number = MINUTE, seed = 0) {
    this.ys = new Float64Array(length);
    this.xs = new Float64Array(length);
    this.first = cointegrationWarmup(length);
    this.stretch = stretches(refitEvery(length), interval, seed);
  }

  add(pair: Pair): void {
    const { open } = this;
    this.open = pair;
    this.seen++;
    if (open !== undefined && this.take(open)) this.result = this.test();
    if (this.result !== undefined && this.seen >= this.first) this.values.set(this.result);
  }

  replace(pair: Pair): void {
    this.open = pair;
  }

  sensitivity(): number {
    return 0;
  }

  /** Takes a closed pair into the window. @returns whether a test is due */
  private take({ y, x, start = Number.NaN }: Pair): boolean {
    const { ys, xs, newest } = this;
    if (this.filled === ys.length) {
      ys.copyWithin(0, 1);
      xs.copyWithin(0, 1);
    } else this.filled++;
    ys[this.filled - 1] = y;
    xs[this.filled - 1] = x;
    this.newest = this.stretch(start);
    return this.filled === ys.length && this.newest !== newest;
  }

  /** Where there is nothing to test nothing is shown to come back. */
  private test(): readonly [number, number] {
    try {
      const { pValue, statistic } = testCointegration(this.ys, this.xs);
      return [pValue, statistic];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return [1, 0];
    }
  }
}
