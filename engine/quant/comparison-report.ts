import { UserError } from '../errors.ts';
import { DAY } from '../market/interval.ts';
import { deviation, logReturns, requireSample } from './sample.ts';
import { sharpeOf, testSameSharpe } from './sharpe.ts';

export const LEAST_FOR_COMPARISON = 10;
const YEAR = 365 * DAY;

/** How one of several series did. Fractions are of one, not percent. */
export interface Performance {
  /** Its place in the order in which the series were given. */
  readonly series: number;
  /** From the first close to the last. */
  readonly change: number;
  /** Standard deviation of the log returns, of a year. */
  readonly volatility: number;
  /** Of a year, with its standard error; undefined where it does not move. */
  readonly sharpe: number | undefined;
  readonly sharpeError: number | undefined;
  /** The deepest fall from a highest close so far, 0 or below. */
  readonly maxDrawdown: number;
}

export interface ComparisonReport {
  /** Closes of each. */
  readonly bars: number;
  /** Returns in a year, at the rate in which the bars came: fewer than a clock would give for a market that closes. */
  readonly perYear: number;
  /** The one that rose the most comes first. */
  readonly performances: readonly Performance[];
  /** Growth since the first close, one row for each series in the order in which they were given. */
  readonly growth: readonly Float64Array[];
  /**
   * Of the highest and the lowest Sharpe ratio: the chance that those two of so many differ as much although all are the same (Bonferroni's
   * bound). Undefined where fewer than two move.
   */
  readonly apart: { readonly best: number; readonly worst: number; readonly pValue: number } | undefined;
}

/**
 * How several series did over the same bars.
 *
 * @param closes one row for each of at least 2 series, oldest first
 * @param starts of the bars, in ms
 * @throws UserError for too few series or bars, or a close that is no price
 */
export function comparisonReport(closes: readonly Float64Array[], starts: Float64Array): ComparisonReport {
  if (closes.length < 2)
    throw new UserError('too-few-symbols', `A comparison is of two series at least, there is ${closes.length}.`);
  for (const row of closes) requireSample(row, LEAST_FOR_COMPARISON, 'A comparison');
  const n = starts.length - 1;
  const perYear = (n * YEAR) / (starts[n] - starts[0]);
  const returns = closes.map((row) => Float64Array.from({ length: n }, (_, i) => row[i + 1] / row[i] - 1));
  const performances = closes.map((row, series): Performance => {
    const sharpe = sharpeOf(returns[series]);
    return {
      series,
      change: row[n] / row[0] - 1,
      volatility: deviation(logReturns(row)) * Math.sqrt(perYear),
      sharpe: sharpe && sharpe.ratio * Math.sqrt(perYear),
      sharpeError: sharpe && sharpe.error * Math.sqrt(perYear),
      maxDrawdown: deepestFall(row),
    };
  });
  return {
    bars: n + 1,
    perYear,
    performances: performances.toSorted((a, b) => b.change - a.change),
    growth: closes.map((row) => row.map((close) => close / row[0] - 1)),
    apart: apartOf(performances, returns),
  };
}

function deepestFall(closes: Float64Array): number {
  let [peak, deepest] = [closes[0], 0];
  for (const close of closes) {
    peak = Math.max(peak, close);
    deepest = Math.min(deepest, close / peak - 1);
  }
  return deepest;
}

function apartOf(performances: readonly Performance[], returns: readonly Float64Array[]): ComparisonReport['apart'] {
  const moving = performances.filter(({ sharpe }) => sharpe !== undefined);
  const sorted = moving.toSorted((a, b) => b.sharpe! - a.sharpe!);
  if (sorted.length < 2) return undefined;
  const [best, worst] = [sorted[0].series, sorted[sorted.length - 1].series];
  const test = testSameSharpe(returns[best], returns[worst]);
  const pairs = (sorted.length * (sorted.length - 1)) / 2;
  return test && { best, worst, pValue: Math.min(1, test.pValue * pairs) };
}
