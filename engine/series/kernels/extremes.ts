import { FALLING, RISING } from '../ways.ts';
import { WindowKernel } from './window-kernel.ts';

/** Largest input of a window. */
export class HighestKernel extends WindowKernel {
  private closed = Number.NEGATIVE_INFINITY;

  protected override summarise(ring: Float64Array): void {
    let best = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < ring.length; i++) best = Math.max(best, ring[i]);
    this.closed = best;
  }

  protected override compute(input: number): void {
    this.values[0] = Math.max(input, this.closed);
  }

  sensitivity(_field: number, now: number, reach: number): number {
    return now + reach < this.closed ? 0 : 1;
  }

  ways(): number {
    return RISING;
  }
}

/** Smallest input of a window. */
export class LowestKernel extends WindowKernel {
  private closed = Number.POSITIVE_INFINITY;

  protected override summarise(ring: Float64Array): void {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < ring.length; i++) best = Math.min(best, ring[i]);
    this.closed = best;
  }

  protected override compute(input: number): void {
    this.values[0] = Math.min(input, this.closed);
  }

  sensitivity(_field: number, now: number, reach: number): number {
    return now - reach > this.closed ? 0 : 1;
  }

  ways(): number {
    return RISING;
  }
}

/** The input `bars` bars before the newest. */
export class LagKernel extends WindowKernel {
  constructor(bars: number) {
    super(bars + 1);
  }

  protected override summarise(): void {}

  protected override compute(): void {
    this.values[0] = this.oldest();
  }
}

/** Growth against the input `bars` bars before, as a fraction. */
export class ChangeKernel extends WindowKernel {
  constructor(bars: number) {
    super(bars + 1);
  }

  protected override summarise(): void {}

  protected override compute(input: number): void {
    this.values[0] = input / this.oldest() - 1;
  }

  sensitivity(): number {
    return this.length === 1 ? 0 : 1 / Math.abs(this.oldest());
  }

  ways(): number {
    return this.oldest() < 0 ? FALLING : RISING;
  }
}
