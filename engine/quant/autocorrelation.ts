import { mean, requireSample, requireVariation, squaresAbout } from './sample.ts';

/**
 * How values go with those `lag` before them, over one mean and variance of all.
 *
 * @param lags the longest distance, in values
 * @returns one for each distance from 1 on, -1 to 1. Of values that have nothing to do with each other 95 % lie within 1.96 / sqrt(n)
 * @throws UserError for fewer than `lags + 2` values, values that are not finite or never change
 * @see G. E. P. Box, G. M. Jenkins, Time Series Analysis, 2.1.5
 */
export function autocorrelations(xs: Float64Array, lags: number): Float64Array {
  requireSample(xs, lags + 2, 'An autocorrelation');
  requireVariation(xs, 'An autocorrelation');
  const center = mean(xs);
  const all = squaresAbout(xs, center);
  return Float64Array.from({ length: lags }, (_, k) => {
    let sum = 0;
    for (let i = k + 1; i < xs.length; i++) sum += (xs[i] - center) * (xs[i - k - 1] - center);
    return sum / all;
  });
}
