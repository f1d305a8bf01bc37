import { WindowKernel } from './window-kernel.ts';

/** A window whose closed part is summed up oldest first, so that the order of the sums, too, is the same after a restart. */
export abstract class OrderedWindowKernel extends WindowKernel {
  private readonly past: Float64Array;

  constructor(length: number, fields = 1) {
    super(length, fields);
    this.past = new Float64Array(Math.max(0, length - 1));
  }

  protected override summarise(ring: Float64Array, head: number): void {
    this.past.set(ring.subarray(head));
    this.past.set(ring.subarray(0, head), ring.length - head);
    this.summarisePast(this.past);
  }

  /** Sums up the closed part, oldest first: `length - 1` inputs. */
  protected abstract summarisePast(past: Float64Array): void;
}

/** Sum of the window. */
export class SumKernel extends OrderedWindowKernel {
  private closed = 0;

  protected override summarisePast(past: Float64Array): void {
    let sum = 0;
    for (let i = 0; i < past.length; i++) sum += past[i];
    this.closed = sum;
  }

  protected override compute(input: number): void {
    this.values[0] = this.closed + input;
  }
}

/** Arithmetic mean of the window; of equal inputs exactly their value. */
export class PlainMeanKernel extends OrderedWindowKernel {
  private oldestInput = 0;
  private closed = 0;

  protected override summarisePast(past: Float64Array): void {
    const first = past.length === 0 ? 0 : past[0];
    let sum = 0;
    for (let i = 0; i < past.length; i++) sum += past[i] - first;
    this.oldestInput = first;
    this.closed = sum;
  }

  protected override compute(input: number): void {
    this.values[0] = this.oldestInput + (this.closed + (input - this.oldestInput)) / this.length;
  }
}

/** ln(x / x[bars]); 0 where that is not above zero. */
export class LogReturnKernel extends WindowKernel {
  constructor(bars: number) {
    super(bars + 1);
  }

  protected override summarise(): void {}

  protected override compute(input: number): void {
    const growth = input / this.oldest();
    this.values[0] = growth > 0 && growth < Number.POSITIVE_INFINITY ? Math.log(growth) : 0;
  }
}

/** Growth against the input `bars` bars before, as a fraction; 0 where that was 0. */
export class GrowthKernel extends WindowKernel {
  constructor(bars: number) {
    super(bars + 1);
  }

  protected override summarise(): void {}

  protected override compute(input: number): void {
    const before = this.oldest();
    this.values[0] = before === 0 ? 0 : input / before - 1;
  }
}
