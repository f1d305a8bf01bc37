/**
 * Distribution of the standard normal.
 * @returns the share below `x`, right to 1e-15
 * @see W. J. Cody, Rational Chebyshev approximations for the error function, 1969
 */
export function normalBelow(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 1;
  if (x === Number.NEGATIVE_INFINITY) return 0;
  return 0.5 * complementaryError(-x / Math.SQRT2);
}

const A = [3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694, 0.18577770618460315];
const B = [23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const C = [
  0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769, 1712.0476126340707,
  2051.0783778260716, 1230.3393547979972, 2.1531153547440383e-8,
];
const D = [
  15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247,
  3439.3676741437216, 1230.3393548037495,
];
const P = [
  0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275, 0.0006587491615298378,
  0.016315387137302097,
];
const Q = [2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918];

function complementaryError(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.46875) return 1 - x * ratio(A, B, y * y);
  // The square is taken in two parts, so that the exponent loses no digits.
  const cut = Math.trunc(y * 16) / 16;
  const decay = Math.exp(-cut * cut) * Math.exp(-(y - cut) * (y + cut));
  const tail = decay * (y <= 4 ? ratio(C, D, y) : farTail(y));
  return x < 0 ? 2 - tail : tail;
}

/** Cody's quotient: the last coefficient of `over` goes first. */
function ratio(over: readonly number[], under: readonly number[], at: number): number {
  const last = under.length - 1;
  let [top, bottom] = [over[over.length - 1] * at, at];
  for (let i = 0; i < last; i++) {
    top = (top + over[i]) * at;
    bottom = (bottom + under[i]) * at;
  }
  return (top + over[last]) / (bottom + under[last]);
}

function farTail(y: number): number {
  const square = 1 / (y * y);
  return (1 / Math.sqrt(Math.PI) - square * ratio(P, Q, square)) / y;
}

/**
 * The value below which a share `p` of the standard normal lies; infinite at 0 and 1.
 * @see P. J. Acklam's approximation, refined by one step of Halley's
 */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  if (p > 0.5) return -normalQuantile(1 - p);
  const x = p < 0.02425 ? tailGuess(p) : middleGuess(p);
  const error = (normalBelow(x) - p) * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2);
  return x - error / (1 + (x * error) / 2);
}

function tailGuess(p: number): number {
  const q = Math.sqrt(-2 * Math.log(p));
  const over =
    ((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q +
      4.374664141464968) *
      q +
    2.938163982698783;
  const under =
    (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1;
  return over / under;
}

function middleGuess(p: number): number {
  const q = p - 0.5;
  const r = q * q;
  const over =
    (((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
    q;
  const under =
    ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
    1;
  return over / under;
}
