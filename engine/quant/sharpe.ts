import { normalBelow } from './normal.ts';
import { deviation, mean, requireSameLength, requireSample, squaresAbout } from './sample.ts';

/** Mean of a return in its standard deviations, over one bar, above what lies idle earns: nothing. */
export interface Sharpe {
  readonly ratio: number;
  /**
   * Standard error, for independent returns.
   * @see A. W. Lo, Financial Analysts Journal 58, 2002
   */
  readonly error: number;
}

/**
 * Times the root of the bars in a year both are annualised.
 *
 * @param returns simple ones, of one bar each
 * @returns undefined where nothing moves: there is no risk to measure a return in
 * @throws UserError for fewer than 3 returns, or one that is not finite
 * @see W. F. Sharpe, Journal of Portfolio Management 21, 1994
 */
export function sharpeOf(returns: Float64Array): Sharpe | undefined {
  requireSample(returns, 3, 'A Sharpe ratio');
  const risk = deviation(returns);
  if (!(risk > 0)) return undefined;
  const ratio = mean(returns) / risk;
  return { ratio, error: Math.sqrt((1 + ratio ** 2 / 2) / returns.length) };
}

/**
 * Chance that two Sharpe ratios of the same bars differ as much as these do although they are the same, by Jobson's and Korkie's test.
 *
 * @param a simple returns of one bar each
 * @param b of the same bars
 * @returns undefined where one does not move, or both are the same but for a factor
 * @throws UserError for fewer than 3 returns, not as many of each, or one that is not finite
 * @see J. D. Jobson, B. M. Korkie, Journal of Finance 36, 1981; C. Memmel, Finance Letters 1, 2003
 */
export function testSameSharpe(a: Float64Array, b: Float64Array): { statistic: number; pValue: number } | undefined {
  requireSameLength(a, b, 'A test of Sharpe ratios');
  const [first, second] = [sharpeOf(a)?.ratio, sharpeOf(b)?.ratio];
  if (first === undefined || second === undefined) return undefined;
  const [meanA, meanB] = [mean(a), mean(b)];
  let together = 0;
  for (let i = 0; i < a.length; i++) together += (a[i] - meanA) * (b[i] - meanB);
  const rho = together / Math.sqrt(squaresAbout(a, meanA) * squaresAbout(b, meanB));
  const variance = (2 - 2 * rho + (first ** 2 + second ** 2 - 2 * first * second * rho ** 2) / 2) / a.length;
  if (!(variance > 1e-15)) return undefined;
  const statistic = (first - second) / Math.sqrt(variance);
  return { statistic, pValue: 2 * normalBelow(-Math.abs(statistic)) };
}
