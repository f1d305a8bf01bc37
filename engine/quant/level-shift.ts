import { bridgeAbove, type ChangePoint, farthestSum } from './change-point.ts';
import { mean, requireSample, requireVariation, squaresAbout } from './sample.ts';

/** Least share of the values on each side of a change that is believed: less than this is a spike. */
const LEAST_SIDE = 0.04;
/** A value that hangs more on the one before than this is a walk, of which nothing can be said. */
const CLOSEST = 0.97;

/**
 * As `findChange`, of values that hang together, such as volumes: the sum is held against the variance that the mean of such values
 * has, and not against that of single ones.
 *
 * @param xs oldest first
 * @returns undefined where the likeliest place lies so near an end that it is a spike rather than a level
 * @throws UserError for fewer than 30 values, values that are not finite or never change
 * @see W. Ploberger and W. Krämer, Econometrica 60, 1992, for the test; D. W. K. Andrews and J. C. Monahan, Econometrica 60, 1992, for
 *   the variance
 */
export function findLevelShift(xs: Float64Array): ChangePoint | undefined {
  requireSample(xs, 30, 'A change of level');
  requireVariation(xs, 'A change of level');
  const n = xs.length;
  const { at, largest } = farthestSum(xs);
  if (Math.min(at, n - at) < LEAST_SIDE * n) return undefined;
  const [before, after] = [mean(xs.subarray(0, at)), mean(xs.subarray(at))];
  // About both means: the change itself must not count as what is usual.
  const variance = longRunVariance(xs.map((x, i) => x - (i < at ? before : after)));
  if (!(variance > 0)) return undefined;
  const statistic = largest / Math.sqrt(variance * n);
  return { at, statistic, pValue: bridgeAbove(statistic), before, after };
}

/** Variance of the mean of so many values, times how many they are. @param rest of a mean of 0 */
export function longRunVariance(rest: Float64Array): number {
  const slope = slopeOf(rest);
  const shocks = Float64Array.from({ length: rest.length - 1 }, (_, i) => rest[i + 1] - slope * rest[i]);
  return bartlett(shocks) / (1 - slope) ** 2;
}

/** How much of a value is left in the next. */
function slopeOf(rest: Float64Array): number {
  const own = squaresAbout(rest, 0);
  return own > 0 ? Math.max(-CLOSEST, Math.min(CLOSEST, covariance(rest, 1) * (rest.length / own))) : 0;
}

/** Sum of the autocovariances, each lag counting less than the one before, with as many lags as Andrews advises. */
function bartlett(rest: Float64Array): number {
  const n = rest.length;
  const square = slopeOf(rest) ** 2;
  const lags = Math.min(Math.floor(n / 4), Math.floor(1.1447 * Math.cbrt(((4 * square) / (1 - square) ** 2) * n)));
  let sum = covariance(rest, 0);
  for (let lag = 1; lag <= lags; lag++) sum += 2 * (1 - lag / (lags + 1)) * covariance(rest, lag);
  return sum;
}

function covariance(rest: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < rest.length; i++) sum += rest[i] * rest[i - lag];
  return sum / rest.length;
}
