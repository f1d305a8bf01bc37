import { mean, requireSameLength, requireSample, requireVariation, squaresAbout } from './sample.ts';

/** The straight line `intercept + slope * x` of least squares. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Standard errors, of n - 2 degrees of freedom. */
  readonly slopeError: number;
  readonly interceptError: number;
  /** Share of the variance of `y` that the line explains, 0 to 1; 0 where `y` does not move. */
  readonly r2: number;
  /** `y` less the line, one for each value. */
  readonly residuals: Float64Array;
}

/**
 * Least squares of `y` on `x` with an intercept.
 *
 * @param y what is explained, of `n` values
 * @param x what it is held against, as many
 * @throws UserError for fewer than 3 values, values that are not finite, or an `x` that does not move
 * @see W. H. Greene, Econometric Analysis, chapter 3
 */
export function fitLine(y: Float64Array, x: Float64Array): Line {
  requireSameLength(y, x, 'A regression');
  requireSample(y, 3, 'A regression');
  requireSample(x, 3, 'A regression');
  requireVariation(x, 'A regression');
  const n = y.length;
  const [meanY, meanX] = [mean(y), mean(x)];
  const spread = squaresAbout(x, meanX);
  let cross = 0;
  for (let i = 0; i < n; i++) cross += (y[i] - meanY) * (x[i] - meanX);
  const slope = cross / spread;
  const intercept = meanY - slope * meanX;
  const residuals = y.map((value, i) => value - meanY - slope * (x[i] - meanX));
  const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  const total = squaresAbout(y, meanY);
  const variance = squares / (n - 2);
  return {
    slope,
    intercept,
    slopeError: Math.sqrt(variance / spread),
    interceptError: Math.sqrt(variance * (1 / n + (meanX * meanX) / spread)),
    r2: total > 0 ? Math.max(0, 1 - squares / total) : 0,
    residuals,
  };
}

/** Least squares on several columns. */
export interface Fit {
  /** One for each column. */
  readonly coefficients: Float64Array;
  readonly errors: Float64Array;
  /** Sum of the squared residuals. */
  readonly squares: number;
  /** The same of each fit on the first columns alone: on one, on two, and so on. */
  readonly nested: Float64Array;
}

/**
 * Least squares of `y` on `columns`, which hold their own constant where one is wanted, by Householder's reflections: as exact as
 * the columns allow. A column that the others explain gets 0 and an infinite error.
 *
 * @param columns each of as many values as `y`, more values than columns
 * @see G. H. Golub, C. F. Van Loan, Matrix Computations, 5.3
 */
export function fitColumns(y: Float64Array, columns: readonly Float64Array[]): Fit {
  const k = columns.length;
  const work = columns.map((column) => Float64Array.from(column));
  const target = Float64Array.from(y);
  const diagonal = new Float64Array(k);
  for (let j = 0; j < k; j++) diagonal[j] = reflect(work, target, j);
  let squares = 0;
  for (let i = k; i < target.length; i++) squares += target[i] * target[i];
  const nested = new Float64Array(k);
  for (let j = k - 1, left = squares; j >= 0; j--) {
    nested[j] = left;
    left += target[j] * target[j];
  }
  const coefficients = backSubstituted(work, diagonal, target);
  return { coefficients, squares, nested, errors: errorsOf(work, diagonal, squares / (y.length - k)) };
}

/** Lets column `j` vanish below its diagonal, there and in all that stands right of it. @returns the diagonal's value */
function reflect(work: readonly Float64Array[], target: Float64Array, j: number): number {
  const column = work[j];
  let square = 0;
  let whole = 0;
  for (let i = j; i < column.length; i++) square += column[i] * column[i];
  for (let i = 0; i < j; i++) whole += column[i] * column[i];
  const norm = Math.sqrt(square);
  // What is left of a column that the others explain is rounding.
  if (norm <= 1e-12 * Math.sqrt(square + whole)) return 0;
  const pivot = column[j] > 0 ? -norm : norm;
  column[j] -= pivot;
  const scale = -1 / (pivot * column[j]);
  for (const other of [...work.slice(j + 1), target]) {
    let dot = 0;
    for (let i = j; i < column.length; i++) dot += column[i] * other[i];
    const share = dot * scale;
    for (let i = j; i < column.length; i++) other[i] -= share * column[i];
  }
  return pivot;
}

function backSubstituted(work: readonly Float64Array[], diagonal: Float64Array, target: Float64Array): Float64Array {
  const k = work.length;
  const solution = new Float64Array(k);
  for (let j = k - 1; j >= 0; j--) {
    let rest = target[j];
    for (let m = j + 1; m < k; m++) rest -= work[m][j] * solution[m];
    solution[j] = diagonal[j] === 0 ? 0 : rest / diagonal[j];
  }
  return solution;
}

/** Square roots of the diagonal of the inverse of R'R, times the variance. */
function errorsOf(work: readonly Float64Array[], diagonal: Float64Array, variance: number): Float64Array {
  const k = work.length;
  const squares = new Float64Array(k);
  for (let unit = 0; unit < k; unit++) {
    const target = new Float64Array(k);
    target[unit] = 1;
    const column = backSubstituted(work, diagonal, target);
    for (let j = 0; j < k; j++) squares[j] += column[j] * column[j];
  }
  return squares.map((square, j) => (diagonal[j] === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(square * variance)));
}
