import type { BarColumns } from '../market/bar-history.ts';
import { DAY } from '../market/interval.ts';
import { autocorrelations } from './autocorrelation.ts';
import { type Histogram, histogramOf } from './histogram.ts';
import { hurstExponent, LEAST_FOR_HURST } from './hurst.ts';
import { momentsOf, testNormality } from './moments.ts';
import { normalBelow } from './normal.ts';
import { logReturns, mean, median, requireSample, robustDeviation, squaresAbout } from './sample.ts';

export const LEAST_FOR_STATS = LEAST_FOR_HURST;
const YEAR = 365 * DAY;

/** Something that would seldom be seen by chance. */
export interface Unusual {
  readonly what: 'z' | 'return' | 'volume' | 'tails' | 'skew' | 'autocorrelation';
  readonly value: number;
  /** How often chance alone gives as much, under a normal distribution. */
  readonly pValue: number;
}

/** What a stretch of bars is like. Fractions are of one, not percent. */
export interface StatsReport {
  /** Closed bars that it was computed from, and their time, in ms. */
  readonly bars: number;
  readonly from: number;
  readonly to: number;
  readonly last: number;
  /** Of the closes, in prices. */
  readonly mean: number;
  readonly high: number;
  readonly low: number;
  /** From the first open to the last close. */
  readonly change: number;
  /** Standard deviation of the log returns, over one bar and over a year of as many bars as the interval gives. */
  readonly deviation: number;
  readonly volatility: number;
  /** Of the log returns. */
  readonly skew: number;
  readonly kurtosis: number;
  /** Mean of (high + low + close) / 3 weighted by volume; the mean of the closes where nothing was traded. */
  readonly vwap: number;
  /** Distance of the last close from the mean in standard deviations (population). 0 where nothing moves. */
  readonly z: number;
  /** From the highest close so far to the last, and the deepest of all, 0 or below. */
  readonly drawdown: number;
  readonly maxDrawdown: number;
  /** Of each return with the one before it. */
  readonly autocorrelation: number;
  readonly hurst: number;
  /** Of the log returns; undefined where they never change. */
  readonly histogram: Histogram | undefined;
  readonly lastReturn: number;
  /** What is so now before what was so all along, the least likely first; what is likelier than 1 in 100 is none. */
  readonly unusual: readonly Unusual[];
}

/**
 * @param bars closed, oldest first
 * @param interval in ms
 * @throws UserError for fewer than 32 bars, or prices that never change
 */
export function statsReport(bars: BarColumns, interval: number): StatsReport {
  const { close, high, low, open, start } = bars;
  requireSample(close, LEAST_FOR_STATS, 'A statistic of a price');
  const returns = logReturns(close);
  const moments = momentsOf(returns);
  const moves = moments.deviation > 0;
  const center = mean(close);
  const spread = Math.sqrt(squaresAbout(close, center) / close.length);
  const last = close[close.length - 1];
  const report = {
    bars: bars.length,
    from: start[0],
    to: start[bars.length - 1] + interval,
    last,
    mean: center,
    high: high.reduce((a, b) => Math.max(a, b)),
    low: low.reduce((a, b) => Math.min(a, b)),
    change: last / open[0] - 1,
    deviation: moments.deviation,
    volatility: moments.deviation * Math.sqrt(YEAR / interval),
    skew: moments.skew,
    kurtosis: moments.kurtosis,
    vwap: vwapOf(bars, center),
    z: spread > 0 ? (last - center) / spread : 0,
    ...drawdowns(close),
    autocorrelation: moves ? autocorrelations(returns, 1)[0] : 0,
    hurst: hurstExponent(close.map(Math.log)),
    histogram: moves ? histogramOf(returns) : undefined,
    lastReturn: returns[returns.length - 1],
  };
  return { ...report, unusual: moves ? unusualOf(report, returns, bars) : [] };
}

function vwapOf({ high, low, close, volume }: BarColumns, without: number): number {
  let [sum, weight] = [0, 0];
  for (let i = 0; i < close.length; i++) {
    sum += ((high[i] + low[i] + close[i]) / 3) * volume[i];
    weight += volume[i];
  }
  return weight > 0 ? sum / weight : without;
}

function drawdowns(close: Float64Array): { drawdown: number; maxDrawdown: number } {
  let [peak, now, deepest] = [close[0], 0, 0];
  for (const price of close) {
    peak = Math.max(peak, price);
    now = price / peak - 1;
    deepest = Math.min(deepest, now);
  }
  return { drawdown: now, maxDrawdown: deepest };
}

const OF_NOW: ReadonlySet<Unusual['what']> = new Set(['z', 'return', 'volume'] as const);

const twoSided = (z: number): number => 2 * normalBelow(-Math.abs(z));

function unusualOf(
  report: Omit<StatsReport, 'unusual'>,
  returns: Float64Array,
  { volume }: BarColumns,
): readonly Unusual[] {
  const n = returns.length;
  // One far move would make itself look usual.
  const usualMove = robustDeviation(returns) || report.deviation;
  const newest = returns[n - 1] / usualMove;
  const usual = median(volume);
  const volumes = volume[n] / usual;
  const normality = testNormality(returns);
  const all: readonly Unusual[] = [
    { what: 'z', value: report.z, pValue: twoSided(report.z) },
    { what: 'return', value: newest, pValue: twoSided(newest) },
    // Volumes are nearly lognormal: the last one's place among them all.
    { what: 'volume', value: volumes, pValue: usual > 0 && volumes > 1 ? shareAtLeast(volume, volume[n]) : 1 },
    { what: 'skew', value: report.skew, pValue: twoSided(report.skew / Math.sqrt(6 / n)) },
    { what: 'tails', value: report.kurtosis, pValue: report.kurtosis > 0 ? normality.pValue : 1 },
    { what: 'autocorrelation', value: report.autocorrelation, pValue: twoSided(report.autocorrelation * Math.sqrt(n)) },
  ];
  const told = all.filter(({ pValue }) => pValue < 0.01).sort((a, b) => a.pValue - b.pValue);
  return [...told.filter(({ what }) => OF_NOW.has(what)), ...told.filter(({ what }) => !OF_NOW.has(what))];
}

function shareAtLeast(xs: Float64Array, x: number): number {
  let count = 0;
  for (const value of xs) if (value >= x) count++;
  return count / xs.length;
}
