import { type GarchParameters, unlikelihood } from './garch.ts';
import { mean, squaresAbout } from './sample.ts';
import { minimise } from './simplex.ts';

/** A GARCH(1,1) whose long-run variance is that of the sample, with its forecast. */
export interface TargetedGarch {
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
  /** Mean return that was taken off. */
  readonly mean: number;
  /** Of the next return. */
  readonly variance: number;
}

/** Where the search may begin: alpha, and alpha and beta together. */
const STARTS = [0.8, 0.95, 0.99].flatMap((persistence) =>
  [0.03, 0.1, 0.25].map((alpha) => Float64Array.of(logit(persistence), logit(alpha / persistence))),
);
const FIRST_STEPS = Float64Array.of(0.6, 0.6);
const MOST_STEPS = 30;
/** RiskMetrics' weights, for where nothing has moved yet. */
const UNMOVED = { omega: 0, alpha: 0.06, beta: 0.94, variance: 0 } as const;

/**
 * GARCH(1,1) with variance targeting, in a bounded number of steps: the sample says what the variance returns to, and the likeliest alpha
 * and beta are searched for from the best of nine starts. A few times as fast as `fitGarch` of few returns, and about as good a forecast of
 * the next return.
 *
 * @param returns of one bar each, oldest first
 * @see R. F. Engle, J. Mezrich, Risk 9, 1996; C. Francq, L. Horváth, J.-M. Zakoïan, J. Financial Econometrics 9, 2011
 */
export function fitTargetedGarch(returns: Float64Array): TargetedGarch {
  const center = mean(returns);
  const sample = squaresAbout(returns, center) / returns.length;
  if (!(sample > 0)) return { ...UNMOVED, mean: center };
  const squares = returns.map((value) => (value - center) ** 2 / sample);
  const value = (at: Float64Array) => unlikelihood(squares, parametersOf(at));
  let start = STARTS[0];
  let least = Number.POSITIVE_INFINITY;
  for (const each of STARTS) {
    const found = value(each);
    if (found < least) [start, least] = [each, found];
  }
  const { alpha, beta } = parametersOf(minimise(value, start, FIRST_STEPS, MOST_STEPS).at);
  let variance = 1;
  for (let i = 0; i < squares.length; i++) variance = 1 - alpha - beta + alpha * squares[i] + beta * variance;
  return { omega: sample * (1 - alpha - beta), alpha, beta, mean: center, variance: variance * sample };
}

function parametersOf(at: Float64Array): GarchParameters {
  const persistence = 1 / (1 + Math.exp(-at[0]));
  const share = 1 / (1 + Math.exp(-at[1]));
  return { alpha: persistence * share, beta: persistence * (1 - share), long: 1 };
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}
