import type { BarColumns } from '../market/bar-history.ts';
import { DAY } from '../market/interval.ts';
import { fitGarch, type Garch, garchForecast, garchPath, LEAST_FOR_GARCH } from './garch.ts';
import { logReturns, requireSample, requireVariation } from './sample.ts';
import { type RealisedVolatility, realisedVolatility, weightedDeviation } from './volatility.ts';

export const LEAST_FOR_VOLATILITY = 30;
const YEAR = 365 * DAY;
/** Bars ahead that are foreseen. */
const STEPS = [1, 5, 10] as const;
/** More of them are not followed one by one: a day of bars of a second. */
const MOST_STEPS = 86_400;

/** What a GARCH(1,1) made of the returns. */
export interface GarchView {
  readonly alpha: number;
  readonly beta: number;
  /** Whether its forecasts are worth anything, else why not. */
  readonly verdict: 'converged' | 'no clustering' | 'no mean' | 'no rest';
  /** Chance that a constant variance gives returns which it explains as much better: chi-squared of 2, which errs to the large side. */
  readonly pValue: number;
  /** Bars in which half of a shock is gone. */
  readonly halfLife: number;
  /** Share of the returns that lay within one standard deviation as it was foreseen before each. */
  readonly within: number;
  /** Share of the foreseen deviations that lie below the one of the bar to come. */
  readonly place: number;
}

/** Standard deviation of the return over the next bars together. */
export interface Ahead {
  readonly steps: number;
  /** Undefined where no GARCH could be fitted. */
  readonly garch: number | undefined;
  readonly weighted: number;
}

/** How much a price moved and is expected to. Deviations are of log returns. */
export interface VolatilityReport {
  readonly bars: number;
  /** Ms. */
  readonly from: number;
  readonly to: number;
  readonly last: number;
  /** Bars in a year, at the rate in which they came: fewer than a clock would give for a market that closes. */
  readonly perYear: number;
  /** Over one bar; times the root of `perYear` they are annualised. */
  readonly realised: RealisedVolatility;
  /** Undefined for fewer than 100 returns. */
  readonly garch: GarchView | undefined;
  /** Over 1, 5 and 10 bars. RiskMetrics' variance is the same for each bar to come. */
  readonly ahead: readonly Ahead[];
  /** Whose forecast the next day's is: GARCH's where it converged. */
  readonly by: 'garch' | 'weighted';
  /** For each bar of the next day, the standard deviation of the return up to its end. */
  readonly day: Float64Array;
}

/**
 * @param bars closed, oldest first
 * @param interval in ms
 * @throws UserError for fewer than 30 bars, prices that are not finite, or closes that never change
 */
export function volatilityReport(bars: BarColumns, interval: number): VolatilityReport {
  const { close, start } = bars;
  requireSample(close, LEAST_FOR_VOLATILITY, 'A volatility');
  requireVariation(close, 'A volatility');
  const returns = logReturns(close);
  const n = bars.length;
  const fit = returns.length < LEAST_FOR_GARCH ? undefined : fitGarch(returns);
  const garch = fit && viewOf(fit, returns);
  const next = weightedDeviation(returns);
  const rooted = (steps: number) => next * Math.sqrt(steps);
  const foreseen = fit !== undefined && garch?.verdict === 'converged' ? fit : undefined;
  const steps = barsInDay(start, interval);
  return {
    bars: n,
    from: start[0],
    to: start[n - 1] + interval,
    last: close[n - 1],
    perYear: ((n - 1) * YEAR) / (start[n - 1] - start[0]),
    realised: realisedVolatility(bars),
    garch,
    ahead: STEPS.map((steps) => ({
      steps,
      garch: foreseen && garchForecast(foreseen, steps),
      weighted: rooted(steps),
    })),
    by: foreseen === undefined ? 'weighted' : 'garch',
    day: foreseen ? garchPath(foreseen, steps) : Float64Array.from({ length: steps }, (_, i) => rooted(i + 1)),
  };
}

/** As many as the last day had: a market that closes has fewer than the clock would give. */
function barsInDay(start: Float64Array, interval: number): number {
  const to = start[start.length - 1] + interval;
  const whole = Math.max(1, Math.min(MOST_STEPS, Math.round(DAY / interval)));
  if (start[0] > to - DAY) return whole;
  return Math.max(1, Math.min(whole, start.filter((each) => each >= to - DAY).length));
}

function viewOf(fit: Garch, returns: Float64Array): GarchView {
  const { alpha, beta, deviations, mean, logLikelihood } = fit;
  const n = returns.length;
  const squares = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const constant = -0.5 * n * (Math.log((2 * Math.PI * squares) / n) + 1);
  const next = deviations[n];
  const count = (truths: Float64Array, holds: (value: number, i: number) => boolean) => truths.filter(holds).length / n;
  return {
    alpha,
    beta,
    verdict: verdictOf(fit),
    pValue: Math.exp(-Math.max(0, logLikelihood - constant)),
    halfLife: Math.log(0.5) / Math.log(alpha + beta),
    within: count(returns, (each, i) => Math.abs(each - mean) <= deviations[i]),
    place: count(deviations.subarray(0, n), (each) => each < next),
  };
}

function verdictOf({ converged, alpha, longRun }: Garch): GarchView['verdict'] {
  if (converged) return 'converged';
  if (alpha <= 1e-6) return 'no clustering';
  return longRun === Number.POSITIVE_INFINITY ? 'no mean' : 'no rest';
}
