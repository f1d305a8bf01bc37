import { deviation, logReturns, requireSample } from './sample.ts';

/** Bars as columns, oldest first, of the same length. */
export interface OhlcColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** Standard deviations of the logarithm of the price over one bar. */
export interface RealisedVolatility {
  readonly closeToClose: number;
  /** M. Parkinson, J. Business 53, 1980: from highs and lows. */
  readonly parkinson: number;
  /** M. B. Garman, M. J. Klass, J. Business 53, 1980: from all four prices. */
  readonly garmanKlass: number;
  /** D. Yang, Q. Zhang, J. Business 73, 2000: whatever the drift and the gaps between bars. */
  readonly yangZhang: number;
}

/**
 * How much prices moved, by four estimators. Those that use highs and lows want fewer bars for the same exactness, and are too low where
 * few trades make up a bar.
 *
 * @returns each as a standard deviation of log returns over one bar; times the root of the bars in a year it is annualised
 * @throws UserError for fewer than 3 bars, or prices that are not finite
 */
export function realisedVolatility(bars: OhlcColumns): RealisedVolatility {
  const { open, high, low, close } = bars;
  for (const column of [open, high, low, close]) requireSample(column, 3, 'A volatility');
  const n = close.length;
  let [ranges, klass, rogers] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const range = Math.log(high[i] / low[i]);
    const body = Math.log(close[i] / open[i]);
    ranges += range * range;
    klass += 0.5 * range * range - (2 * Math.LN2 - 1) * body * body;
    if (i === 0) continue;
    const [up, down] = [Math.log(high[i] / open[i]), Math.log(low[i] / open[i])];
    rogers += up * (up - body) + down * (down - body);
  }
  return {
    closeToClose: deviation(logReturns(close)),
    parkinson: Math.sqrt(ranges / (4 * Math.LN2 * n)),
    garmanKlass: Math.sqrt(Math.max(0, klass / n)),
    yangZhang: yangZhang(bars, rogers / (n - 1)),
  };
}

/** @param rogers mean of Rogers' and Satchell's terms over all bars but the first, which has no gap before it */
function yangZhang({ open, close }: OhlcColumns, rogers: number): number {
  const m = close.length - 1;
  const gaps = Float64Array.from({ length: m }, (_, i) => Math.log(open[i + 1] / close[i]));
  const bodies = Float64Array.from({ length: m }, (_, i) => Math.log(close[i + 1] / open[i + 1]));
  const share = 0.34 / (1.34 + (m + 1) / (m - 1));
  return Math.sqrt(deviation(gaps) ** 2 + share * deviation(bodies) ** 2 + (1 - share) * Math.max(0, rogers));
}

/**
 * Variance as an exponentially weighted mean of squared returns, as RiskMetrics has it.
 *
 * @param returns of one bar each, oldest first
 * @param decay weight of what was known before, 0 to 1
 * @returns the standard deviation foreseen for the next return
 * @throws UserError for fewer than 2 returns
 * @see J.P. Morgan, RiskMetrics Technical Document, 1996
 */
export function weightedDeviation(returns: Float64Array, decay = 0.94): number {
  requireSample(returns, 2, 'A volatility');
  let variance = returns[0] ** 2;
  for (let i = 1; i < returns.length; i++) variance = decay * variance + (1 - decay) * returns[i] ** 2;
  return Math.sqrt(variance);
}
