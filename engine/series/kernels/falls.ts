import { OrderedWindowKernel } from './ordered-window.ts';
import { WindowKernel } from './window-kernel.ts';

/** How far the newest is below the highest of the window, as a fraction of that; 0 where the highest is not above zero. */
export class DrawdownKernel extends WindowKernel {
  private highest = Number.NEGATIVE_INFINITY;

  protected override summarise(ring: Float64Array): void {
    this.highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < ring.length; i++) this.highest = Math.max(this.highest, ring[i]);
  }

  protected override compute(input: number): void {
    this.values[0] = fallFrom(Math.max(input, this.highest), input);
  }
}

/** How far the newest is above the lowest of the window, as a fraction of that; 0 where the lowest is not above zero. */
export class RunUpKernel extends WindowKernel {
  private lowest = Number.POSITIVE_INFINITY;

  protected override summarise(ring: Float64Array): void {
    this.lowest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < ring.length; i++) this.lowest = Math.min(this.lowest, ring[i]);
  }

  protected override compute(input: number): void {
    const lowest = Math.min(input, this.lowest);
    this.values[0] = lowest > 0 ? input / lowest - 1 : 0;
  }
}

/** The deepest fall from a high to a later low of the window, as a fraction of the high. */
export class MaxDrawdownKernel extends OrderedWindowKernel {
  private highest = Number.NEGATIVE_INFINITY;
  private worst = 0;

  protected override summarisePast(past: Float64Array): void {
    this.highest = Number.NEGATIVE_INFINITY;
    this.worst = 0;
    for (let i = 0; i < past.length; i++) {
      this.highest = Math.max(this.highest, past[i]);
      this.worst = Math.max(this.worst, fallFrom(this.highest, past[i]));
    }
  }

  protected override compute(input: number): void {
    this.values[0] = Math.max(this.worst, fallFrom(Math.max(this.highest, input), input));
  }
}

/** Root of the mean square of the falls below the high so far of the window, as a fraction. */
export class UlcerKernel extends OrderedWindowKernel {
  private highest = Number.NEGATIVE_INFINITY;
  private squares = 0;

  protected override summarisePast(past: Float64Array): void {
    this.highest = Number.NEGATIVE_INFINITY;
    this.squares = 0;
    for (let i = 0; i < past.length; i++) {
      this.highest = Math.max(this.highest, past[i]);
      this.squares += fallFrom(this.highest, past[i]) ** 2;
    }
  }

  protected override compute(input: number): void {
    const fall = fallFrom(Math.max(this.highest, input), input);
    this.values[0] = Math.sqrt((this.squares + fall * fall) / this.length);
  }
}

/** Bars since the highest of the window, or since the lowest where `sign` is -1; of equal ones the newest counts. */
export class BarsSinceKernel extends OrderedWindowKernel {
  private readonly sign: 1 | -1;
  private best = Number.NEGATIVE_INFINITY;
  private age = 0;

  constructor(length: number, sign: 1 | -1) {
    super(length);
    this.sign = sign;
  }

  protected override summarisePast(past: Float64Array): void {
    this.best = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < past.length; i++) {
      if (this.sign * past[i] < this.best) continue;
      this.best = this.sign * past[i];
      this.age = past.length - i;
    }
  }

  protected override compute(input: number): void {
    this.values[0] = this.sign * input >= this.best ? 0 : this.age;
  }
}

function fallFrom(high: number, x: number): number {
  return high > 0 ? 1 - x / high : 0;
}
