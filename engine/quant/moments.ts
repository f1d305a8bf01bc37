import { mean, requireSample, squaresAbout } from './sample.ts';

/** How values lie about their mean. */
export interface Moments {
  readonly mean: number;
  /** Sample standard deviation, of n - 1 degrees of freedom. */
  readonly deviation: number;
  /** Population skewness; 0 where nothing moves. */
  readonly skew: number;
  /** Population kurtosis less the 3 of a normal distribution; 0 where nothing moves. */
  readonly kurtosis: number;
}

/** @throws UserError for fewer than 2 values, or values that are not finite */
export function momentsOf(xs: Float64Array): Moments {
  requireSample(xs, 2, 'A distribution');
  const center = mean(xs);
  const squares = squaresAbout(xs, center);
  const deviation = Math.sqrt(squares / (xs.length - 1));
  if (squares === 0) return { mean: center, deviation, skew: 0, kurtosis: 0 };
  const variance = squares / xs.length;
  let [third, fourth] = [0, 0];
  for (let i = 0; i < xs.length; i++) {
    const off = xs[i] - center;
    third += off ** 3;
    fourth += off ** 4;
  }
  return {
    mean: center,
    deviation,
    skew: third / xs.length / variance ** 1.5,
    kurtosis: fourth / xs.length / variance ** 2 - 3,
  };
}

/**
 * Whether values are told apart from a normal distribution: Jarque and Bera's statistic with its p-value (chi-squared of 2).
 * @see C. M. Jarque, A. K. Bera, International Statistical Review 55, 1987
 */
export function testNormality(xs: Float64Array): { readonly statistic: number; readonly pValue: number } {
  const { skew, kurtosis } = momentsOf(xs);
  const statistic = (xs.length / 6) * (skew ** 2 + kurtosis ** 2 / 4);
  return { statistic, pValue: Math.exp(-statistic / 2) };
}
