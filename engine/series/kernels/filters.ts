import type { Kernel } from '../catalog-entry.ts';
import { HighestKernel, LowestKernel } from './extremes.ts';

/** Where the newest input lies between the lowest and the highest of the window, 0 to 100; as before where they are one. */
export class RangePlaceKernel implements Kernel<number> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly top: HighestKernel;
  private readonly bottom: LowestKernel;
  private closed = Number.NaN;

  constructor(length: number) {
    this.top = new HighestKernel(length);
    this.bottom = new LowestKernel(length);
  }

  add(input: number): void {
    this.closed = this.values[0];
    this.top.add(input);
    this.bottom.add(input);
    this.write(input);
  }

  replace(input: number): void {
    this.top.replace(input);
    this.bottom.replace(input);
    this.write(input);
  }

  private write(input: number): void {
    const [top, bottom] = [this.top.values[0], this.bottom.values[0]];
    if (Number.isNaN(top)) return;
    const before = Number.isNaN(this.closed) ? 50 : this.closed;
    this.values[0] = top > bottom ? (100 * (input - bottom)) / (top - bottom) : before;
  }
}

/** Ehlers' Fisher transform of a place in a range, 0 to 1, smoothed before and after as in his article. */
export class FisherKernel implements Kernel<number> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private closedPlace = 0;
  private closedFisher = 0;
  private openPlace = 0;
  private openFisher = 0;

  add(input: number): void {
    this.closedPlace = this.openPlace;
    this.closedFisher = this.openFisher;
    this.replace(input);
  }

  replace(input: number): void {
    const place = 0.66 * (input - 0.5) + 0.67 * this.closedPlace;
    this.openPlace = Math.abs(place) > 0.99 ? 0.999 * Math.sign(place) : place;
    this.openFisher = 0.5 * Math.log((1 + this.openPlace) / (1 - this.openPlace)) + 0.5 * this.closedFisher;
    this.values[0] = this.openFisher;
  }
}

/** Ehlers' RSI of a Laguerre filter of four stages, 0 to 1; 0.5 where nothing moves. It begins with all stages at the first input. */
export class LaguerreKernel implements Kernel<number> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly gamma: number;
  private closed = new Float64Array(4);
  private open = new Float64Array(4);
  private seen = 0;

  constructor(gamma: number) {
    this.gamma = gamma;
  }

  add(input: number): void {
    const { closed } = this;
    this.closed = this.open;
    this.open = closed;
    this.seen++;
    this.replace(input);
  }

  replace(input: number): void {
    const { closed, open, gamma } = this;
    if (this.seen === 1) {
      open.fill(input);
      return;
    }
    open[0] = closed[0] + (1 - gamma) * (input - closed[0]);
    for (let i = 1; i < 4; i++) open[i] = closed[i - 1] + gamma * (closed[i] - open[i - 1]);
    if (this.seen >= 4) this.write(open);
  }

  private write(stages: Float64Array): void {
    let up = 0;
    let down = 0;
    for (let i = 0; i < 3; i++) {
      up += Math.max(0, stages[i] - stages[i + 1]);
      down += Math.max(0, stages[i + 1] - stages[i]);
    }
    this.values[0] = up + down === 0 ? 0.5 : up / (up + down);
  }
}
