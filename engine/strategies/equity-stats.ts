import { DAY } from '../market/interval.ts';
import { momentsOf } from '../quant/moments.ts';

const YEAR = 365.25 * DAY;
/** A growth is told for a year where it is of this time at least. */
const LEAST_FOR_YEAR = 30 * DAY;

/** What a line of equity says. Ratios are annualised; what cannot be told is undefined. */
export interface EquityStats {
  /** What the equity grew by, as a fraction. */
  readonly total: number;
  /** The same a year; undefined for less than 30 days. */
  readonly cagr: number | undefined;
  readonly sharpe: number | undefined;
  readonly sortino: number | undefined;
  readonly calmar: number | undefined;
  /** The deepest fall from a high, as a fraction, and the longest time under a high, in ms. */
  readonly maxDrawdown: number;
  readonly underwater: number;
  /** Moments of the returns from point to point: their Sharpe ratio, not annualised, their skewness, and kurtosis (3 is normal). */
  readonly perPeriod:
    | { readonly sharpe: number; readonly skew: number; readonly kurtosis: number; readonly count: number }
    | undefined;
}

/** Returns from point to point, the first from 1. */
export function returnsOf(equity: Float64Array): Float64Array {
  const returns = new Float64Array(equity.length);
  for (let i = 0; i < equity.length; i++) {
    const before = i === 0 ? 1 : equity[i - 1]!;
    returns[i] = before > 0 ? equity[i]! / before - 1 : 0;
  }
  return returns;
}

/** How far each point lies below the highest before it, as a fraction, the beginning of 1 counted in. */
export function drawdownsOf(equity: Float64Array): Float64Array {
  let top = 1;
  return equity.map((value) => {
    top = Math.max(top, value);
    return 1 - value / top;
  });
}

function longestBelow(equity: Float64Array, times: Float64Array, from: number): number {
  let [top, since, longest] = [1, from, 0];
  for (let i = 0; i < equity.length; i++) {
    if (equity[i]! >= top) [top, since] = [equity[i]!, times[i]!];
    else longest = Math.max(longest, times[i]! - since);
  }
  return longest;
}

/**
 * @param equity what was owned at the end of each period, 1 at the beginning
 * @param times the ends of the periods, in ms
 * @param period length of a period, in ms
 * @see Sharpe 1994 (sample deviation, no interest); Sortino 1994 (downside against 0, over all periods); Young 1991 (Calmar)
 */
export function equityStats(equity: Float64Array, times: Float64Array, period: number): EquityStats {
  const returns = returnsOf(equity);
  const from = times[0]! - period;
  const length = times[times.length - 1]! - from;
  const last = equity[equity.length - 1]!;
  const maxDrawdown = drawdownsOf(equity).reduce((most, each) => Math.max(most, each), 0);
  const cagr = length < LEAST_FOR_YEAR ? undefined : last > 0 ? last ** (YEAR / length) - 1 : -1;
  const known = cagr !== undefined && Number.isFinite(cagr) ? cagr : undefined;
  const perYear = Math.sqrt(YEAR / period);
  const moments = returns.length < 2 ? undefined : momentsOf(returns);
  const moves = moments !== undefined && moments.deviation > 0 ? moments : undefined;
  const sharpe = moves && moves.mean / moves.deviation;
  const below = Math.sqrt(returns.reduce((sum, each) => sum + Math.min(0, each) ** 2, 0) / returns.length);
  return {
    total: last - 1,
    cagr: known,
    sharpe: sharpe && sharpe * perYear,
    sortino: moves && below > 0 ? (moves.mean / below) * perYear : undefined,
    calmar: known !== undefined && maxDrawdown > 0 ? known / maxDrawdown : undefined,
    maxDrawdown,
    underwater: longestBelow(equity, times, from),
    perPeriod: moves && {
      sharpe: moves.mean / moves.deviation,
      skew: moves.skew,
      kurtosis: moves.kurtosis + 3,
      count: returns.length,
    },
  };
}
