import { EMA } from 'trading-signals';
import type { Kernel } from '../catalog-entry.ts';

/**
 * Distance of a fast and a slow exponential average, its own average (the signal) and the distance from that: in units of the
 * input or, with `percent`, in percent of the slow one (0 where that is 0). All begin with the `slow`-th input, as macd does.
 */
export class AveragesApartKernel implements Kernel<number> {
  readonly values = new Float64Array(3).fill(Number.NaN);
  private readonly fast: EMA;
  private readonly slow: EMA;
  private readonly signal: EMA;
  private readonly first: number;
  private readonly percent: boolean;
  private seen = 0;

  constructor(fast: number, slow: number, signal: number, percent: boolean) {
    this.fast = new EMA(fast);
    this.slow = new EMA(slow);
    this.signal = new EMA(signal);
    this.first = Math.max(fast, slow);
    this.percent = percent;
  }

  add(input: number): void {
    this.seen++;
    this.update(input, false);
  }

  replace(input: number): void {
    this.update(input, true);
  }

  private update(input: number, replace: boolean): void {
    const fast = this.fast.update(input, replace);
    const slow = this.slow.update(input, replace);
    if (this.seen < this.first) return;
    const line = this.percent ? percentApart(fast, slow) : fast - slow;
    const signal = this.signal.update(line, replace);
    this.values[0] = line;
    this.values[1] = signal;
    this.values[2] = line - signal;
  }
}

const percentApart = (fast: number, slow: number): number => (slow === 0 ? 0 : (100 * (fast - slow)) / slow);
