/** Below this share of what it was, what is left of a square is mostly rounding. */
const TOO_LITTLE = 1e-8;

/**
 * What is left unexplained by a constant, the level and ever more lagged changes: the sums of squares of all these regressions from one
 * table of products. Products of changes with each other differ along a diagonal by two of them, so the table costs one pass a lag.
 *
 * @param xs the series, oldest first
 * @param most lags at most; the first `most` changes are explained by none
 * @returns one sum for each number of lags from 0 on; undefined where the columns explain each other or all of the changes, so that
 *   products lose too many digits
 */
export function squaresByLags(xs: Float64Array, most: number, constant: boolean): Float64Array | undefined {
  const changes = Float64Array.from({ length: xs.length - 1 }, (_, i) => xs[i + 1] - xs[i]);
  return eliminated(constant ? centred(xs, changes, most) : productsOf(xs, changes, most));
}

/** Products of the level (row 0), the lagged changes (1 to `most`) and the target (the last row), below the diagonal. */
function productsOf(xs: Float64Array, changes: Float64Array, most: number): Float64Array[] {
  const [size, rows] = [most + 2, changes.length - most];
  const table = Array.from({ length: size }, () => new Float64Array(size));
  /** The target is a change with no lag, and stands last. */
  const place = (lag: number) => (lag === 0 ? size - 1 : lag);
  const put = (a: number, b: number, value: number) => {
    table[Math.max(a, b)][Math.min(a, b)] = value;
  };
  let level = 0;
  for (let i = 0; i < rows; i++) level += xs[most + i] * xs[most + i];
  table[0][0] = level;
  for (let lag = 0; lag <= most; lag++) {
    let [withLevel, withTarget] = [0, 0];
    for (let i = 0, at = most; i < rows; i++, at++) {
      withLevel += xs[at] * changes[at - lag];
      withTarget += changes[at] * changes[at - lag];
    }
    put(0, place(lag), withLevel);
    put(place(0), place(lag), withTarget);
    let value = withTarget;
    for (let a = 1, b = lag + 1; b <= most; a++, b++) {
      value += changes[most - a] * changes[most - b] - changes[most + rows - a] * changes[most + rows - b];
      put(a, b, value);
    }
  }
  return table;
}

/** The same of the distances from the means: what a constant leaves. */
function centred(xs: Float64Array, changes: Float64Array, most: number): Float64Array[] {
  const rows = changes.length - most;
  let middle = 0;
  for (let i = 0; i < rows; i++) middle += (xs[most + i] - xs[0]) / rows;
  // From the middle, so that a high price does not swallow its moves.
  const table = productsOf(
    xs.map((x) => x - xs[0] - middle),
    changes,
    most,
  );
  const sums = new Float64Array(most + 2);
  for (let lag = 0; lag <= most; lag++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += changes[most - lag + i];
    sums[lag === 0 ? most + 1 : lag] = sum;
  }
  for (let i = 0; i < table.length; i++) for (let j = 0; j <= i; j++) table[i][j] -= (sums[i] * sums[j]) / rows;
  return table;
}

/** Cholesky's steps: after each, the last diagonal is what the columns so far leave unexplained. */
function eliminated(table: readonly Float64Array[]): Float64Array | undefined {
  const target = table.length - 1;
  const whole = table.map((row, i) => row[i]);
  const left = new Float64Array(target);
  for (let step = 0; step < target; step++) {
    const pivot = table[step][step];
    if (!(pivot > TOO_LITTLE * whole[step])) return undefined;
    for (let i = step + 1; i <= target; i++) {
      const share = table[i][step] / pivot;
      for (let j = step + 1; j <= i; j++) table[i][j] -= share * table[j][step];
    }
    if (!(table[target][target] > TOO_LITTLE * whole[target])) return undefined;
    left[step] = table[target][target];
  }
  return left;
}
