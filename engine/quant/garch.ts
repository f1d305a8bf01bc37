import { mean, requireSample, requireVariation, squaresAbout } from './sample.ts';
import { minimise } from './simplex.ts';

export const LEAST_FOR_GARCH = 100;
/** Above this the variance hardly returns to any mean: what a fit says of the long run means little. */
const NEARLY_ONE = 0.9999;

/** Variance of the next return: `omega + alpha * return² + beta * variance`. */
export interface Garch {
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
  /** Mean return that was taken off. */
  readonly mean: number;
  /** Natural logarithm of the likelihood under a normal distribution. */
  readonly logLikelihood: number;
  /** Standard deviation of each return as foreseen before it, and last of the one to come. */
  readonly deviations: Float64Array;
  /** Standard deviation in the long run; infinite where there is none. */
  readonly longRun: number;
  /** Whether the search for the likeliest came to rest, away from the edges of what is allowed. */
  readonly converged: boolean;
}

/**
 * GARCH(1,1) by maximum likelihood: how volatility clusters and fades. The first variance is that of the sample.
 *
 * @param returns of one bar each, oldest first
 * @throws UserError for fewer than 100 returns, values that are not finite or never change
 * @see T. Bollerslev, J. Econometrics 31, 1986
 */
export function fitGarch(returns: Float64Array): Garch {
  requireSample(returns, LEAST_FOR_GARCH, 'GARCH');
  requireVariation(returns, 'GARCH');
  const center = mean(returns);
  const sample = squaresAbout(returns, center) / returns.length;
  // In units of their own deviation, so that the search is the same whatever the size of the moves.
  const squares = returns.map((value) => (value - center) ** 2 / sample);
  const found = [0.05, 0.15]
    .map((alpha) => search(squares, alpha, 0.95 - alpha))
    .reduce((best, each) => (each.value < best.value ? each : best));
  const { alpha, beta, long } = parametersOf(found.at);
  const omega = long * (1 - alpha - beta);
  const variances = variancesOf(squares, omega, alpha, beta);
  const persistence = alpha + beta;
  return {
    omega: omega * sample,
    alpha,
    beta,
    mean: center,
    logLikelihood: -found.value - 0.5 * returns.length * Math.log(sample),
    deviations: variances.map((variance) => Math.sqrt(variance * sample)),
    longRun: persistence < NEARLY_ONE ? Math.sqrt(long * sample) : Number.POSITIVE_INFINITY,
    converged: found.converged && persistence < NEARLY_ONE && alpha > 1e-6,
  };
}

/**
 * How far the price will have moved after so many bars.
 * @returns standard deviation of the return over the next `steps` bars together
 */
export function garchForecast(fit: Garch, steps: number): number {
  return garchPath(fit, steps)[steps - 1];
}

/** The same after each of the next bars, one by one. */
export function garchPath({ omega, alpha, beta, deviations }: Garch, steps: number): Float64Array {
  let variance = deviations[deviations.length - 1] ** 2;
  let sum = 0;
  return Float64Array.from({ length: steps }, () => {
    sum += variance;
    variance = omega + (alpha + beta) * variance;
    return Math.sqrt(sum);
  });
}

/** Of a GARCH; `long` is its variance in the long run. */
export interface GarchParameters {
  readonly alpha: number;
  readonly beta: number;
  readonly long: number;
}

/** Free numbers to what a GARCH takes: alpha and beta not negative and below one together, a long-run variance above nought. */
function parametersOf(at: Float64Array): GarchParameters {
  const persistence = 1 / (1 + Math.exp(-at[0]));
  const share = 1 / (1 + Math.exp(-at[1]));
  return { alpha: persistence * share, beta: persistence * (1 - share), long: Math.exp(at[2]) };
}

const logit = (p: number): number => Math.log(p / (1 - p));

function search(squares: Float64Array, alpha: number, beta: number) {
  const start = Float64Array.of(logit(alpha + beta), logit(alpha / (alpha + beta)), 0);
  return minimise((at) => unlikelihood(squares, parametersOf(at)), start, Float64Array.of(0.5, 0.5, 0.3));
}

/** Minus the logarithm of the likelihood of squared returns, the first variance being 1; infinite where it is none. */
export function unlikelihood(squares: Float64Array, { alpha, beta, long }: GarchParameters): number {
  const omega = long * (1 - alpha - beta);
  let variance = 1;
  let product = 1;
  let [logs, sum] = [0, 0];
  for (let i = 0; i < squares.length; i++) {
    // One logarithm for several variances: it takes longer than all else.
    product *= variance;
    if (product > 1e100 || product < 1e-100) {
      logs += Math.log(product);
      product = 1;
    }
    sum += squares[i] / variance;
    variance = omega + alpha * squares[i] + beta * variance;
  }
  const value = 0.5 * (squares.length * Math.log(2 * Math.PI) + logs + Math.log(product) + sum);
  return Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
}

function variancesOf(squares: Float64Array, omega: number, alpha: number, beta: number): Float64Array {
  const variances = new Float64Array(squares.length + 1);
  variances[0] = 1;
  for (let i = 0; i < squares.length; i++) variances[i + 1] = omega + alpha * squares[i] + beta * variances[i];
  return variances;
}
