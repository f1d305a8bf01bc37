/** A least value and where it lies. */
export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  /** Whether the search came to rest. */
  readonly converged: boolean;
}

const MOST_STEPS = 2_000;
const CLOSE_ENOUGH = 1e-10;

/**
 * The least value of a function of few numbers, by the simplex of Nelder and Mead with the weights that suit more dimensions.
 *
 * @param value to be least; may be infinite where its arguments are not allowed
 * @param start where the search begins
 * @param steps how far to the first neighbours, one for each number
 * @param mostSteps after so many the search ends, wherever it is
 * @see J. A. Nelder, R. Mead, The Computer Journal 7, 1965; F. Gao, L. Han, Computational Optimization and Applications 51, 2012
 */
export function minimise(
  value: (at: Float64Array) => number,
  start: Float64Array,
  steps: Float64Array,
  mostSteps = MOST_STEPS,
): Minimum {
  const n = start.length;
  const [expand, contract, shrink] = [1 + 2 / n, 0.75 - 1 / (2 * n), 1 - 1 / n];
  const corner = (at: Float64Array) => ({ at, value: value(at) });
  const simplex = [
    corner(start),
    ...Array.from(start, (_, i) => corner(start.map((x, k) => (k === i ? x + steps[i] : x)))),
  ];
  for (let step = 0; step < mostSteps; step++) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0], simplex[n]];
    if (isAtRest(simplex)) return { ...best, converged: Number.isFinite(best.value) };
    const middle = start.map((_, k) => simplex.slice(0, n).reduce((sum, { at }) => sum + at[k] / n, 0));
    const along = (way: number) => corner(middle.map((m, k) => m + way * (worst.at[k] - m)));
    const mirrored = along(-1);
    if (mirrored.value < best.value) {
      const further = along(-expand);
      simplex[n] = further.value < mirrored.value ? further : mirrored;
    } else if (mirrored.value < simplex[n - 1].value) simplex[n] = mirrored;
    else {
      const nearer = mirrored.value < worst.value ? along(-contract) : along(contract);
      if (nearer.value < Math.min(mirrored.value, worst.value)) simplex[n] = nearer;
      else for (let i = 1; i <= n; i++) simplex[i] = corner(best.at.map((b, k) => b + shrink * (simplex[i].at[k] - b)));
    }
  }
  simplex.sort((a, b) => a.value - b.value);
  return { ...simplex[0], converged: false };
}

function isAtRest(simplex: readonly { readonly at: Float64Array; readonly value: number }[]): boolean {
  const [best, worst] = [simplex[0], simplex[simplex.length - 1]];
  if (!(Math.abs(worst.value - best.value) <= CLOSE_ENOUGH * (1 + Math.abs(best.value)))) return false;
  return simplex.every(({ at }) => at.every((x, k) => Math.abs(x - best.at[k]) <= 1e-6 * (1 + Math.abs(best.at[k]))));
}
