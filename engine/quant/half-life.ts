import { fitLine } from './least-squares.ts';
import { requireSample, requireVariation } from './sample.ts';

/**
 * How long half of the distance from the mean takes to go, in bars: each change regressed on the value before it.
 *
 * @param xs the series, oldest first
 * @returns bars, above 0; infinite where nothing draws it back
 * @throws UserError for fewer than 4 values, values that are not finite or never change
 * @see E. P. Chan, Algorithmic Trading, 2013, chapter 2
 */
export function halfLife(xs: Float64Array): number {
  requireSample(xs, 4, 'A half-life');
  requireVariation(xs, 'A half-life');
  const before = xs.slice(0, -1);
  if (before.every((x) => x === before[0])) return Number.POSITIVE_INFINITY;
  const changes = before.map((x, i) => xs[i + 1] - x);
  const { slope } = fitLine(changes, before);
  return slope < 0 ? -Math.LN2 / slope : Number.POSITIVE_INFINITY;
}
