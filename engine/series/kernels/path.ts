import { OrderedWindowKernel } from './ordered-window.ts';

/** How the last `length` steps of a series went. */
abstract class StepsKernel extends OrderedWindowKernel {
  private closedUp = 0;
  private closedDown = 0;
  private closedRises = 0;
  private before = 0;

  constructor(length: number) {
    super(length + 1);
  }

  protected override summarisePast(past: Float64Array): void {
    let up = 0;
    let down = 0;
    let rises = 0;
    for (let i = 1; i < past.length; i++) {
      const step = past[i] - past[i - 1];
      up += Math.max(0, step);
      down += Math.max(0, -step);
      if (step > 0) rises++;
    }
    this.closedUp = up;
    this.closedDown = down;
    this.closedRises = rises;
    this.before = past[past.length - 1];
  }

  protected override compute(input: number): void {
    const step = input - this.before;
    const up = this.closedUp + Math.max(0, step);
    const down = this.closedDown + Math.max(0, -step);
    this.write(up, down, this.closedRises + (step > 0 ? 1 : 0));
  }

  /** `up` and `down`: sums of the steps each way, not negative; `rises`: how many went up. */
  protected abstract write(up: number, down: number, rises: number): void;
}

/** Length of the way: the sum of the sizes of the steps. */
export class PathKernel extends StepsKernel {
  protected override write(up: number, down: number): void {
    this.values[0] = up + down;
  }
}

/** Distance over way, -1 to 1: Chande's momentum as a fraction, or the efficiency with its sign; 0 where nothing moves. */
export class DirectnessKernel extends StepsKernel {
  protected override write(up: number, down: number): void {
    this.values[0] = up + down === 0 ? 0 : (up - down) / (up + down);
  }
}

/** Share of the steps that went up, in percent. */
export class RisesKernel extends StepsKernel {
  protected override write(_up: number, _down: number, rises: number): void {
    this.values[0] = (100 * rises) / (this.length - 1);
  }
}
