import { mean, requireSameLength, requireSample, requireVariation, squaresAbout } from './sample.ts';

/**
 * Pearson's correlation, -1 to 1.
 * @throws UserError for fewer than 3 values, values that are not finite, or a series that does not move
 */
export function correlation(a: Float64Array, b: Float64Array): number {
  requireSameLength(a, b, 'A correlation');
  for (const xs of [a, b]) {
    requireSample(xs, 3, 'A correlation');
    requireVariation(xs, 'A correlation');
  }
  return dot(standardised(a), standardised(b));
}

/** Correlations of each with each: a square of `size` rows, one after the other. NaN where one does not move. */
export interface Matrix {
  readonly size: number;
  readonly values: Float64Array;
}

/**
 * Pearson's correlations of many series with each other.
 *
 * @param rows one for each series, all of the same length of at least 3
 * @returns a symmetric matrix with 1 in its diagonal; NaN in the rows of what does not move
 * @throws UserError for rows that are too short, of different lengths, or not finite
 */
export function correlations(rows: readonly Float64Array[]): Matrix {
  for (const row of rows) {
    requireSample(row, 3, 'A correlation');
    requireSameLength(row, rows[0], 'A correlation');
  }
  const size = rows.length;
  const values = new Float64Array(size * size);
  const units = rows.map(standardised);
  for (let i = 0; i < size; i++) {
    values[i * size + i] = Number.isNaN(units[i][0]) ? Number.NaN : 1;
    for (let j = 0; j < i; j++) {
      const value = dot(units[i], units[j]);
      values[i * size + j] = value;
      values[j * size + i] = value;
    }
  }
  return { size, values };
}

/** Distances from the mean over the root of their sum of squares; NaN where nothing moves. */
function standardised(xs: Float64Array): Float64Array {
  const center = mean(xs);
  const scale = 1 / Math.sqrt(squaresAbout(xs, center));
  return Number.isFinite(scale) ? xs.map((x) => (x - center) * scale) : new Float64Array(xs.length).fill(Number.NaN);
}

/** Four sums at a time: one alone waits for each addition before the next. */
function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (let i = whole; i < a.length; i++) s0 += a[i] * b[i];
  const sum = s0 + s1 + (s2 + s3);
  return Math.max(-1, Math.min(1, sum));
}
