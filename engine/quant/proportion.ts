import { normalQuantile } from './normal.ts';

/** A range that holds the true value in 95 of 100 cases. */
export type Interval = readonly [low: number, high: number];

const Z = normalQuantile(0.975);

/**
 * Where the true share lies, of `hits` among `count`: also right for few, and near 0 and 1. [0, 1] of none.
 * @see E. B. Wilson, J. American Statistical Association 22, 1927
 */
export function wilsonInterval(hits: number, count: number): Interval {
  if (count === 0) return [0, 1];
  const share = hits / count;
  const [square, under] = [Z * Z, 1 + (Z * Z) / count];
  const center = (share + square / (2 * count)) / under;
  const half = (Z / under) * Math.sqrt((share * (1 - share)) / count + square / (4 * count * count));
  return [Math.max(0, center - half), Math.min(1, center + half)];
}
