/**
 * How often chance gives a t at least as far from nought, to either side.
 *
 * @param freedom degrees of freedom, above 0
 * @returns 0 to 1, right to some 1e-12
 * @see M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, 26.7.1 and 26.5.8
 */
export function studentBeyond(t: number, freedom: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  return betaShare(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** The t that chance exceeds, to either side, with probability `p` (above 0, at most 1). */
export function studentLimit(p: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (studentBeyond(high, freedom) > p && high < 1e12) high *= 2;
  // Halved until nothing is left between: the distribution has no steps.
  for (let step = 0; step < 55; step++) {
    const middle = (low + high) / 2;
    if (studentBeyond(middle, freedom) > p) low = middle;
    else high = middle;
  }
  return high;
}

/** The incomplete beta function as a share of the whole. */
function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast on one side only.
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

/** The continued fraction of the incomplete beta function by Lentz' method. */
function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const apart = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / apart(1 - ((a + b) * x) / (a + 1));
  let sum = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / apart(1 + even * d);
    c = apart(1 + even / c);
    sum *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / apart(1 + odd * d);
    c = apart(1 + odd / c);
    sum *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return sum;
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Logarithm of the gamma function of what is above 0, by Lanczos' approximation. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  const sum = LANCZOS.reduce((all, each, i) => (i === 0 ? each : all + each / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}
