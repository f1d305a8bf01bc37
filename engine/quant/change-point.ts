import { mean, requireSample, requireVariation, squaresAbout } from './sample.ts';

/** Where the mean of a series most likely changed. */
export interface ChangePoint {
  /** Place of the first value after the change. */
  readonly at: number;
  /** Largest distance of the summed deviations from nought, over the deviation and the root of the length. */
  readonly statistic: number;
  /** How often values without any change give one as large. */
  readonly pValue: number;
  readonly before: number;
  readonly after: number;
}

/**
 * CUSUM: sums the distances from the mean and looks where the sum is furthest from nought. Values that hang together look like changes:
 * it is meant for returns and their squares, not for prices.
 *
 * @param xs oldest first
 * @throws UserError for fewer than 10 values, values that are not finite or never change
 * @see E. S. Page, Biometrika 41, 1954; the limit is Kolmogorov's
 */
export function findChange(xs: Float64Array): ChangePoint {
  requireSample(xs, 10, 'A change point');
  requireVariation(xs, 'A change point');
  const n = xs.length;
  const deviation = Math.sqrt(squaresAbout(xs, mean(xs)) / n);
  const { at, largest } = farthestSum(xs);
  const statistic = largest / (deviation * Math.sqrt(n));
  const [before, after] = [mean(xs.slice(0, at)), mean(xs.slice(at))];
  return { at, statistic, pValue: bridgeAbove(statistic), before, after };
}

/** Where the summed distances from the mean are furthest from nought, before the last of them, and how far. */
export function farthestSum(xs: Float64Array): { readonly at: number; readonly largest: number } {
  const center = mean(xs);
  let [sum, largest, at] = [0, 0, 1];
  for (let i = 0; i < xs.length - 1; i++) {
    sum += xs[i] - center;
    if (Math.abs(sum) <= largest) continue;
    largest = Math.abs(sum);
    at = i + 1;
  }
  return { at, largest };
}

/** How often a Brownian bridge goes further from nought than `x`. */
export function bridgeAbove(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.max(0, Math.min(1, sum));
}
