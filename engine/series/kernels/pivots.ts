import { OrderedWindowKernel } from './ordered-window.ts';

/** How many bars ago the highest of the window was, the newest of equal ones. */
export class HighestAgeKernel extends OrderedWindowKernel {
  private age = 0;
  private highest = Number.NEGATIVE_INFINITY;

  protected override summarisePast(past: Float64Array): void {
    this.highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < past.length; i++) {
      if (past[i] < this.highest) continue;
      this.highest = past[i];
      this.age = past.length - i;
    }
  }

  protected override compute(input: number): void {
    this.values[0] = input >= this.highest ? 0 : this.age;
  }
}

/** Which way a turning point stands out. */
export type Turn = 'high' | 'low';

/**
 * The last input that stood out from the `before` inputs before it and the `after` ones after it. The newest input counts among
 * these, so a turn may come and go until its bar closes, and not after. Until there is one: what stands out most in the first window.
 */
export class TurnKernel extends OrderedWindowKernel {
  private readonly at: number;
  private readonly sign: number;
  private candidate = 0;
  private stands = false;
  private best = 0;
  /** As of the bar before; NaN before there is one. */
  private heldBefore = Number.NaN;
  private held = Number.NaN;

  constructor(turn: Turn, before: number, after: number) {
    super(before + after + 1);
    this.at = before;
    this.sign = turn === 'high' ? 1 : -1;
  }

  override add(input: number): void {
    this.heldBefore = this.held;
    super.add(input);
  }

  protected override summarisePast(past: Float64Array): void {
    this.candidate = this.sign * past[this.at];
    this.stands = true;
    this.best = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < past.length; i++) {
      const x = this.sign * past[i];
      if (i !== this.at && x >= this.candidate) this.stands = false;
      this.best = Math.max(this.best, x);
    }
  }

  protected override compute(input: number): void {
    const x = this.sign * input;
    if (this.stands && x < this.candidate) this.held = this.candidate;
    else this.held = Number.isNaN(this.heldBefore) ? Math.max(this.best, x) : this.heldBefore;
    this.values[0] = this.sign * this.held;
  }
}

/**
 * A stop under the lows: rises to each input that the `after` ones after it stay above, if it is higher. An input below the stop
 * breaks it, and it begins anew from there. At first the lowest of the first window.
 */
export class RisingLowKernel extends OrderedWindowKernel {
  private candidate = 0;
  private isLow = false;
  private lowest = 0;
  private heldBefore = Number.NaN;
  private held = Number.NaN;

  constructor(after: number) {
    super(after + 1);
  }

  override add(input: number): void {
    this.heldBefore = this.held;
    super.add(input);
  }

  protected override summarisePast(past: Float64Array): void {
    this.isLow = true;
    this.lowest = past[0];
    for (let i = 1; i < past.length; i++) {
      if (past[i] <= past[0]) this.isLow = false;
      this.lowest = Math.min(this.lowest, past[i]);
    }
    this.candidate = past[0];
  }

  protected override compute(input: number): void {
    const { heldBefore, candidate } = this;
    if (Number.isNaN(heldBefore)) this.held = Math.min(this.lowest, input);
    else if (input < heldBefore) this.held = input;
    else this.held = this.isLow && input > candidate ? Math.max(heldBefore, candidate) : heldBefore;
    this.values[0] = this.held;
  }
}
