import { EMA } from 'trading-signals';
import type { Bar } from '../../market/events.ts';
import type { Kernel } from '../catalog-entry.ts';
import { mapped, stepped } from './compose.ts';
import { LibraryKernel } from './library-kernel.ts';
import { SumKernel } from './ordered-window.ts';
import { WilderAverage } from './wilder-average.ts';

/** What indicators of whole bars read from a bar, and the kernels that they are made of. */

export const typicalPrice = (bar: Bar): number => (bar.high + bar.low + bar.close) / 3;

/** Range of a bar and the close before it; high - low for the first bar. */
export function trueRange(bar: Bar, before: Bar | undefined): number {
  if (before === undefined) return bar.high - bar.low;
  return Math.max(bar.high, before.close) - Math.min(bar.low, before.close);
}

/** Chaikin's money flow: the volume, times 1 for a close at the high, -1 at the low; 0 where they are the same. */
export function moneyFlow(bar: Bar): number {
  const range = bar.high - bar.low;
  return range === 0 ? 0 : ((bar.close - bar.low - (bar.high - bar.close)) / range) * bar.volume;
}

/** ln(a / b); 0 where one of them is not above zero. */
export const logOf = (a: number, b: number): number => (a > 0 && b > 0 ? Math.log(a / b) : 0);

/** Exponential average of what is read from a bar. */
export const exponentialOf = (length: number, read: (bar: Bar) => number): Kernel<Bar> =>
  mapped(new LibraryKernel(new EMA(length), length), read);

/** Average true range. */
export const averageTrueRange = (length: number): Kernel<Bar> =>
  stepped(new LibraryKernel(new WilderAverage(length), length), trueRange);

/** Sum over the last `length` bars of what is read from each. */
export const sumOf = (length: number, read: (bar: Bar) => number): Kernel<Bar> => mapped(new SumKernel(length), read);
