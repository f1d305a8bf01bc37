import { requireSample } from './sample.ts';

/** Distances in values over which a path is measured. */
const LAGS = [1, 2, 4, 8, 16] as const;
const MIDDLE = (LAGS.length - 1) / 2;
const SPAN = LAGS.reduce((sum, _lag, i) => sum + (i - MIDDLE) ** 2, 0);
export const LEAST_FOR_HURST = 32;

/**
 * How the distance covered grows with time: its exponent, from the mean squares of the differences over 1 to 16 values, as the series
 * `hurst` has it. Above 0.5 moves go on, below they turn back; 0.5, which a random walk has, where nothing moves.
 *
 * @param xs a path, such as the logarithm of prices
 * @throws UserError for fewer than 32 values, or values that are not finite
 * @see J. Barunik, L. Kristoufek, Physica A 389, 2010 (generalised Hurst exponent, q = 2)
 */
export function hurstExponent(xs: Float64Array): number {
  requireSample(xs, LEAST_FOR_HURST, 'A Hurst exponent');
  let rise = 0;
  for (const [i, lag] of LAGS.entries()) {
    let squares = 0;
    for (let at = lag; at < xs.length; at++) squares += (xs[at] - xs[at - lag]) ** 2;
    if (!(squares > 0)) return 0.5;
    rise += ((i - MIDDLE) * Math.log2(squares / (xs.length - lag))) / 2;
  }
  return rise / SPAN;
}
