import { hurstExponent } from './hurst.ts';
import { logReturns, requireSample, requireVariation } from './sample.ts';
import { testUnitRoot } from './unit-root.ts';

/** How a market has moved of late, against its own past. */
export interface Regime {
  /** Bars that `lately` is. */
  readonly window: number;
  /** Deviation of the log returns of late, and the share of earlier windows in which it was less. */
  readonly volatility: number;
  readonly volatilityRank: number;
  /** Net change as a fraction of the way, 0 to 1, and the share of earlier windows in which it was less. */
  readonly efficiency: number;
  readonly efficiencyRank: number;
  /** Volume of late over that of all bars; undefined where none is known. */
  readonly volume: number | undefined;
  /** Of the log prices: how likely a random walk looks as if it came back to a mean, by an augmented Dickey-Fuller test. */
  readonly adf: number;
  /** Of the log prices: above 0.5 moves go on, below they turn back. */
  readonly hurst: number;
}

const WINDOW = 50;
const LEAST = 4 * WINDOW;
/** Newest bars that stationarity is tested on. */
const MOST_TESTED = 500;

interface Window {
  readonly deviation: number;
  readonly efficiency: number;
}

function windowOf(returns: Float64Array, end: number): Window {
  let [sum, way, squares] = [0, 0, 0];
  for (let i = end - WINDOW; i < end; i++) {
    sum += returns[i];
    way += Math.abs(returns[i]);
    squares += returns[i] * returns[i];
  }
  const variance = (squares - (sum * sum) / WINDOW) / (WINDOW - 1);
  return { deviation: Math.sqrt(Math.max(0, variance)), efficiency: way > 0 ? Math.abs(sum) / way : 0 };
}

/**
 * Volatility, strength of the trend, volume and stationarity.
 *
 * @param closes above 0, oldest first
 * @param volumes as many
 * @throws UserError for fewer than 200 closes, or where nothing moves
 * @see P. Kaufman, Smarter Trading, 1995 (efficiency ratio)
 */
export function regimeOf(closes: Float64Array, volumes: Float64Array): Regime {
  requireSample(closes, LEAST, 'A regime');
  const newest = closes.slice(-MOST_TESTED).map(Math.log);
  requireVariation(newest, 'A regime');
  const returns = logReturns(closes);
  const now = windowOf(returns, returns.length);
  let [windows, calmer, straighter] = [0, 0, 0];
  for (let end = returns.length - WINDOW; end >= WINDOW; end -= WINDOW) {
    const then = windowOf(returns, end);
    windows++;
    if (then.deviation < now.deviation) calmer++;
    if (then.efficiency < now.efficiency) straighter++;
  }
  const total = volumes.reduce((sum, each) => sum + each, 0) / volumes.length;
  const late = volumes.slice(-WINDOW).reduce((sum, each) => sum + each, 0) / Math.min(WINDOW, volumes.length);
  return {
    window: WINDOW,
    volatility: now.deviation,
    volatilityRank: calmer / windows,
    efficiency: now.efficiency,
    efficiencyRank: straighter / windows,
    volume: total > 0 ? late / total : undefined,
    adf: testUnitRoot(newest).pValue,
    hurst: hurstExponent(newest),
  };
}
