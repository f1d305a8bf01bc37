import type { Bar } from '../../market/events.ts';
import { MINUTE } from '../../market/interval.ts';
import { fitTargetedGarch, type TargetedGarch } from '../../quant/garch-targeted.ts';
import { refitEvery, stretches } from '../anchor.ts';
import type { Kernel } from '../catalog-entry.ts';
import { logOf } from './bar-terms.ts';

/** Bars until the value depends on them alone: wherever a fit stands that was due, its returns, the close before them, and the newest bar. */
export const garchWarmup = (length: number): number => length + refitEvery(length) + 1;

/**
 * The deviation of its return that a GARCH(1,1) foresees for a bar, by the bars before it. Alpha and beta are found anew every tenth of the
 * window, from its returns alone; with each bar in between the variance goes on from there, at the cost of a few multiplications. When
 * that is due follows from the number of the bar and the name of the series: of a thousand whose bars close at once only few fit, and after a
 * restart the same do.
 */
export class GarchKernel implements Kernel<Bar> {
  readonly values = Float64Array.of(Number.NaN);
  /** Closed ones, oldest first. */
  private readonly returns: Float64Array;
  private filled = 0;
  private seen = 0;
  private readonly first: number;
  /** Bars of one number have one fit; where bars are missing there are fewer of them. */
  private readonly stretch: (start: number) => number;
  private fit: TargetedGarch | undefined;
  private variance = Number.NaN;
  private open: Bar | undefined;
  private closeBefore = Number.NaN;

  /**
   * @param length returns that a fit is made of
   * @param interval of the bars in ms
   * @param seed of the series: at which of the bars it fits
   */
  constructor(length: number, interval: number = MINUTE, seed = 0) {
    this.returns = new Float64Array(length);
    this.first = garchWarmup(length);
    this.stretch = stretches(refitEvery(length), interval, seed);
  }

  add(bar: Bar): void {
    const { open } = this;
    this.open = bar;
    this.seen++;
    if (open === undefined) return;
    this.take(open.close);
    if (this.filled === this.returns.length && this.stretch(bar.start) !== this.stretch(open.start)) {
      this.fit = fitTargetedGarch(this.returns);
      this.variance = this.fit.variance;
    }
    if (this.seen >= this.first) this.values[0] = Math.sqrt(this.variance);
  }

  replace(bar: Bar): void {
    this.open = bar;
  }

  sensitivity(): number {
    return 0;
  }

  /** Takes a final close into the window. */
  private take(close: number): void {
    const before = this.closeBefore;
    this.closeBefore = close;
    // The first has no return.
    if (Number.isNaN(before)) return;
    const { returns, fit } = this;
    const move = logOf(close, before);
    if (this.filled === returns.length) returns.copyWithin(0, 1);
    else this.filled++;
    returns[this.filled - 1] = move;
    if (fit === undefined) return;
    this.variance = fit.omega + fit.alpha * (move - fit.mean) ** 2 + fit.beta * this.variance;
  }
}
