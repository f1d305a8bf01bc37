import { normalBelow } from './normal.ts';

/**
 * What a Dickey-Fuller statistic was computed from. `none`: a series without a constant. `constant`: with one. `residuals`: what a
 * regression of one series on another, with a constant, leaves.
 */
export type TauCase = 'none' | 'constant' | 'residuals';

/** MacKinnon's response surface: below `star` the first polynomial, ascending powers, gives the normal quantile, above it the second. */
interface Surface {
  readonly star: number;
  readonly min: number;
  readonly max: number;
  readonly small: readonly number[];
  readonly large: readonly number[];
}

const SURFACES: Readonly<Record<TauCase, Surface>> = {
  none: {
    star: -1.04,
    min: -19.04,
    max: Number.POSITIVE_INFINITY,
    small: [0.6344, 1.2378, 0.032496],
    large: [0.4797, 0.93557, -0.06999, 0.033066],
  },
  constant: {
    star: -1.61,
    min: -18.83,
    max: 2.74,
    small: [2.1659, 1.4412, 0.038269],
    large: [1.7339, 0.93202, -0.12745, -0.010368],
  },
  residuals: {
    star: -2.62,
    min: -18.86,
    max: 0.92,
    small: [2.92, 1.5012, 0.039796],
    large: [2.1945, 0.64695, -0.29198, -0.042377],
  },
};

/**
 * How often a random walk gives a Dickey-Fuller statistic below `statistic`: its p-value, 0 to 1.
 * @see J. G. MacKinnon, Approximate asymptotic distribution functions for unit-root and cointegration tests, 1994, tables 3 and 4
 */
export function tauBelow(statistic: number, tau: TauCase): number {
  const { star, min, max, small, large } = SURFACES[tau];
  if (statistic > max) return 1;
  if (statistic < min) return 0;
  const powers = statistic <= star ? small : large;
  return normalBelow(powers.reduceRight((sum, power) => sum * statistic + power, 0));
}
