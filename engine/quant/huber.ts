import { fitLine, type Line } from './least-squares.ts';
import { MAD_TO_DEVIATION, median } from './sample.ts';

/** Distances up to this many deviations count in full: 95 % as good as least squares where nothing is odd. */
const THRESHOLD = 1.345;
const MOST_STEPS = 200;
const CLOSE_ENOUGH = 1e-10;

/**
 * The line of a regression in which what lies far off counts less, with Huber's weights; its scale is the median absolute residual.
 *
 * @param y what is explained, of `n` values
 * @param x what it is held against, as many
 * @returns slope and intercept in the units of `fitLine`, and how many values counted less than in full
 * @throws UserError as `fitLine`
 * @see P. J. Huber, Robust Statistics, 1981, chapter 7
 */
export function fitHuber(
  y: Float64Array,
  x: Float64Array,
): Pick<Line, 'slope' | 'intercept'> & { readonly doubted: number } {
  let line: Pick<Line, 'slope' | 'intercept'> = fitLine(y, x);
  let weights = new Float64Array(y.length).fill(1);
  for (let step = 0; step < MOST_STEPS; step++) {
    const residuals = y.map((value, i) => value - line.intercept - line.slope * x[i]);
    const scale = MAD_TO_DEVIATION * median(residuals.map(Math.abs));
    if (!(scale > 0)) break;
    weights = residuals.map((residual) => Math.min(1, (THRESHOLD * scale) / Math.abs(residual)));
    const next = weighted(y, x, weights);
    const moved = Math.abs(next.slope - line.slope) / Math.max(1e-300, Math.abs(next.slope));
    line = next;
    if (moved < CLOSE_ENOUGH) break;
  }
  return { ...line, doubted: weights.filter((weight) => weight < 1).length };
}

function weighted(y: Float64Array, x: Float64Array, weights: Float64Array): Pick<Line, 'slope' | 'intercept'> {
  let [all, meanY, meanX] = [0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    all += weights[i];
    meanY += weights[i] * y[i];
    meanX += weights[i] * x[i];
  }
  meanY /= all;
  meanX /= all;
  let [cross, spread] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    cross += weights[i] * (y[i] - meanY) * (x[i] - meanX);
    spread += weights[i] * (x[i] - meanX) ** 2;
  }
  const slope = cross / spread;
  return { slope, intercept: meanY - slope * meanX };
}
