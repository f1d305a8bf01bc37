import type { Kernel } from '../catalog-entry.ts';
import { folded } from './folded.ts';

/** Where an average is drawn to and by which share of the way; `from` is where it begins, `to` if absent. */
export interface Pull {
  readonly to: number;
  readonly weight: number;
  readonly from?: number;
}

/** An exponential average whose weight changes from input to input. */
export const adaptiveAverage = (): Kernel<Pull> =>
  folded(
    1,
    Number.NaN,
    (average: number, { to, weight, from = to }: Pull) => {
      const base = Number.isNaN(average) ? from : average;
      return base + weight * (to - base);
    },
    (average, values) => {
      values[0] = average;
    },
  );

/**
 * McGinley's dynamic: (x - md) / (0.6 n (x/md)^4) of the way, from the first input on. It is never faster than its input, which
 * the bare formula overtakes after a fall by half.
 */
export function mcginley(length: number): Kernel<number> {
  const next = (before: number, x: number): number => {
    if (Number.isNaN(before) || before === 0) return x;
    return before + (x - before) / Math.max(1, 0.6 * length * (x / before) ** 4);
  };
  const write = (average: number, values: Float64Array): void => {
    values[0] = average;
  };
  return folded(1, Number.NaN, next, write, length);
}
