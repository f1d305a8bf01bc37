import { UserError } from '../errors.ts';

/**
 * Refuses a sample that a statistic cannot be computed from.
 *
 * @param least how many values it wants at least
 * @param what the statistic, as people call it
 * @throws UserError where there are too few values, or one of them is not finite
 */
export function requireSample(xs: Float64Array, least: number, what: string): void {
  if (xs.length < least)
    throw new UserError('too-little-data', `${what} needs at least ${least} values, there are ${xs.length}.`);
  if (!xs.every(Number.isFinite)) throw new UserError('not-finite', `${what} needs numbers, one value is none.`);
}

/** Refuses values that are all the same. @throws UserError */
export function requireVariation(xs: Float64Array, what: string): void {
  const [first] = xs;
  if (xs.every((x) => x === first))
    throw new UserError(
      'constant',
      `${what} is not defined where nothing moves: all ${xs.length} values are ${first}.`,
    );
}

/** Refuses two samples that do not belong together. @throws UserError */
export function requireSameLength(a: Float64Array, b: Float64Array, what: string): void {
  if (a.length !== b.length)
    throw new UserError(
      'lengths-differ',
      `${what} needs as many values of each, there are ${a.length} and ${b.length}.`,
    );
}

/** Arithmetic mean; exactly the value where all are equal. NaN of none. */
export function mean(xs: Float64Array): number {
  const [first] = xs;
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += xs[i] - first;
  return first + sum / xs.length;
}

/** Sum of the squared distances from `center`. */
export function squaresAbout(xs: Float64Array, center: number): number {
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += (xs[i] - center) ** 2;
  return sum;
}

/** Sample standard deviation, of n - 1 degrees of freedom; NaN of fewer than two. */
export function deviation(xs: Float64Array): number {
  return Math.sqrt(squaresAbout(xs, mean(xs)) / (xs.length - 1));
}

/** The value below which a share `p` of the sample lies, between two of them in proportion (R's type 7); NaN of none. */
export function quantile(xs: Float64Array, p: number): number {
  return quantileOfSorted(Float64Array.from(xs).sort(), p);
}

/** As `quantile`, of values in ascending order. */
export function quantileOfSorted(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

export const median = (xs: Float64Array): number => quantile(xs, 0.5);

/** What a normal distribution's standard deviation is in its median absolute deviations. */
export const MAD_TO_DEVIATION = 1.482602218505602;

/** Median absolute deviation from the median, as a standard deviation of a normal distribution would be. 0 where most are equal. */
export function robustDeviation(xs: Float64Array): number {
  const center = median(xs);
  return MAD_TO_DEVIATION * median(xs.map((x) => Math.abs(x - center)));
}

/** Growth from each price to the next as a logarithm: one fewer than there are prices. */
export function logReturns(prices: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.max(0, prices.length - 1) }, (_, i) => Math.log(prices[i + 1] / prices[i]));
}
