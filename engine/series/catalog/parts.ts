import type { Bar } from '../../market/events.ts';
import type { Kernel, Param } from '../catalog-entry.ts';
import { RsiKernel } from '../kernels/rsi.ts';
import { length } from './params.ts';

/** What several entries are put together from. */

/** A value that is exact from its first on. */
export const exactly = (first: number) => ({ first, settled: first });

/** Inputs until nothing is left of the seed of an exponential average of this length: (1 - 2/(n+1))^(12(n+1)) is 4e-11. */
export const emaSettles = (bars: number): number => 12 * (bars + 1);

/** The same of Wilder's smoothing: (1 - 1/n)^(24n) is below 4e-11. */
export const wilderSettles = (bars: number): number => 24 * bars;

/** A length in bars whose kernel is slow for long windows. */
export const shortLength = (standard: number, min = 1, name = 'length'): Param => ({
  ...length(standard, min, name),
  max: 200,
});

/** The RSI as the entry `rsi` has it. Its first value comes with input `bars + 1`. */
export const rsiKernel = (bars: number): Kernel<number> => new RsiKernel(bars);

export const median = (bar: Bar): number => (bar.high + bar.low) / 2;

export const typical = (bar: Bar): number => (bar.high + bar.low + bar.close) / 3;

/** Wilder's true range; `before` is the close of the bar before, NaN where there is none. */
export function trueRange(bar: Bar, before: number): number {
  if (Number.isNaN(before)) return bar.high - bar.low;
  return Math.max(bar.high, before) - Math.min(bar.low, before);
}

/** Growth in percent; 0 where it began at zero. */
export const growth = (now: number, before: number): number => (before === 0 ? 0 : (100 * (now - before)) / before);
