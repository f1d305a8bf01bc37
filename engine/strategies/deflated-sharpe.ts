import { normalBelow, normalQuantile } from '../quant/normal.ts';

/** Euler and Mascheroni's constant. */
const GAMMA = 0.5772156649015329;

/** A Sharpe ratio as it was measured, of the periods that the returns are of: not annualised. */
export interface MeasuredSharpe {
  readonly sharpe: number;
  /** How many returns it is of. */
  readonly returns: number;
  readonly skew: number;
  /** 3 for a normal distribution. */
  readonly kurtosis: number;
}

/** What was tried before this one was chosen. */
export interface SharpeTrials {
  readonly count: number;
  /** Variance of the ratios of all that was tried. */
  readonly variance: number;
}

/**
 * The Sharpe ratio that the best of several worthless strategies is expected to have; 0 where there was one.
 * @see D. H. Bailey, M. Lopez de Prado, The Deflated Sharpe Ratio, J. Portfolio Management 40, 2014
 */
export function expectedBestSharpe({ count, variance }: SharpeTrials): number {
  if (count <= 1) return 0;
  const best = (1 - GAMMA) * normalQuantile(1 - 1 / count) + GAMMA * normalQuantile(1 - 1 / (count * Math.E));
  return Math.sqrt(variance) * best;
}

/**
 * How sure it is that the true Sharpe ratio is above what the best of so many trials has by chance, 0 to 1: lengths, skewness and fat
 * tails are counted in. With a single trial it is the probabilistic Sharpe ratio against 0.
 *
 * @returns undefined where there are too few returns, or their distribution allows no answer
 * @see D. H. Bailey, M. Lopez de Prado, The Deflated Sharpe Ratio, J. Portfolio Management 40, 2014
 */
export function deflatedSharpe(
  { sharpe, returns, skew, kurtosis }: MeasuredSharpe,
  trials: SharpeTrials = { count: 1, variance: 0 },
): number | undefined {
  const spread = 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
  if (returns < 2 || !(spread > 0)) return undefined;
  return normalBelow(((sharpe - expectedBestSharpe(trials)) * Math.sqrt(returns - 1)) / Math.sqrt(spread));
}
