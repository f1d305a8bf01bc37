import type { BarColumns } from '../market/bar-history.ts';
import { DAY, HOUR } from '../market/interval.ts';
import { deviation, logReturns, requireSample } from './sample.ts';
import { wilsonInterval } from './wilson.ts';

/** Length of the bars that it is made of. */
export const SUMMARY_INTERVAL = HOUR;
/** What an alert said is held against the price so much later. */
export const OUTCOME_MS = 4 * HOUR;
/** With fewer outcomes nothing is said of how reliable alerts are. */
export const LEAST_OUTCOMES = 10;
const HORIZONS = [DAY, 7 * DAY, 30 * DAY] as const;
/** Deviations of a random walk that a change must be to be called a trend. */
const TREND = 1;

/** What an alert said: the price goes up or down. */
export interface Said {
  /** Ms. */
  readonly ts: number;
  readonly price: number;
  readonly up: boolean;
}

export interface Trend {
  /** In ms. */
  readonly horizon: number;
  readonly change: number;
  /** `flat`: less than one deviation of a random walk with this stretch's volatility. */
  readonly way: 'up' | 'down' | 'flat';
}

/** How often the price went on in the way that alerts said. */
export interface Reliability {
  /** All that was said, and how much of it can be judged: known by now, and not within the outcome of the one before. */
  readonly said: number;
  readonly judged: number;
  readonly hits: number;
  /** Wilson's interval of 95 % of the share of hits. */
  readonly low: number;
  readonly high: number;
  /** How often it went these ways after any hour of the same stretch. */
  readonly base: number;
  readonly verdict: 'too few' | 'better' | 'worse' | 'chance';
}

/** What a symbol was like lately. Fractions are of one. */
export interface SummaryReport {
  readonly last: number;
  /** Mean size of the change over a day, from whole days back from the newest bar; undefined for less than two of them. */
  readonly move: number | undefined;
  /** Volume of the last day in times the mean of the days before; undefined where there was none, or no day before. */
  readonly volume: number | undefined;
  /** Volume of the last day in units of the base, or of as much of it as there is. */
  readonly lastVolume: number;
  /** The horizons that the bars reach. */
  readonly trends: readonly Trend[];
  readonly alerts: Reliability;
}

/**
 * @param bars of an hour, closed, oldest first
 * @param said by alerts while these bars lasted, of any order
 * @throws UserError for fewer than 25 bars, or prices that are not finite
 */
export function summaryReport(bars: BarColumns, said: readonly Said[]): SummaryReport {
  const { close, volume, start } = bars;
  requireSample(close, DAY / HOUR + 1, 'A summary');
  const n = close.length;
  const to = start[n - 1] + SUMMARY_INTERVAL;
  const spread = deviation(logReturns(close));
  /** Close of the newest bar that ended `ago` before the newest one did. */
  const closeAgo = (ago: number): number | undefined => {
    const at = start.findLastIndex((each) => each + SUMMARY_INTERVAL <= to - ago);
    return at < 0 ? undefined : close[at];
  };
  const moves: number[] = [];
  const volumes: number[] = [];
  for (let day = 0; ; day++) {
    const [before, after] = [closeAgo((day + 1) * DAY), closeAgo(day * DAY)];
    if (before === undefined || after === undefined) break;
    moves.push(Math.abs(after / before - 1));
    const within = (ts: number) => ts >= to - (day + 1) * DAY && ts < to - day * DAY;
    volumes.push(volume.reduce((sum, each, i) => (within(start[i]) ? sum + each : sum), 0));
  }
  const [lastVolume = 0, ...earlier] = volumes;
  const usual = meanOf(earlier);
  return {
    last: close[n - 1],
    move: moves.length < 2 ? undefined : meanOf(moves),
    volume: usual !== undefined && usual > 0 ? lastVolume / usual : undefined,
    lastVolume,
    trends: HORIZONS.flatMap((horizon) => {
      const before = closeAgo(horizon);
      if (before === undefined) return [];
      const growth = Math.log(close[n - 1] / before);
      const isTrend = Math.abs(growth) > TREND * spread * Math.sqrt(horizon / SUMMARY_INTERVAL);
      return [{ horizon, change: Math.expm1(growth), way: isTrend ? (growth > 0 ? 'up' : 'down') : 'flat' }];
    }),
    alerts: reliabilityOf(bars, said),
  };
}

const meanOf = (xs: readonly number[]): number | undefined =>
  xs.length === 0 ? undefined : xs.reduce((sum, x) => sum + x, 0) / xs.length;

function reliabilityOf({ close, start }: BarColumns, said: readonly Said[]): Reliability {
  const steps = OUTCOME_MS / SUMMARY_INTERVAL;
  let [rises, falls] = [0, 0];
  const all = close.length - steps;
  for (let i = 0; i < all; i++) {
    if (close[i + steps] > close[i]) rises++;
    if (close[i + steps] < close[i]) falls++;
  }
  let [judged, hits, base, free] = [0, 0, 0, Number.NEGATIVE_INFINITY];
  for (const { ts, price, up } of said.toSorted((a, b) => a.ts - b.ts)) {
    // Outcomes that share hours are one, told twice.
    if (ts < free) continue;
    const at = start.findIndex((each) => each + SUMMARY_INTERVAL >= ts + OUTCOME_MS);
    if (at < 0 || !Number.isFinite(price)) continue;
    free = ts + OUTCOME_MS;
    judged++;
    base += (up ? rises : falls) / all;
    if (up ? close[at] > price : close[at] < price) hits++;
  }
  if (judged === 0) return { said: said.length, judged, hits, low: 0, high: 1, base: 0, verdict: 'too few' };
  base /= judged;
  const { low, high } = wilsonInterval(hits, judged);
  const compared = low > base ? 'better' : high < base ? 'worse' : 'chance';
  return { said: said.length, judged, hits, low, high, base, verdict: judged < LEAST_OUTCOMES ? 'too few' : compared };
}
