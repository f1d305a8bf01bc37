import type { Bar } from '../engine/market/events.ts';
import { HOUR } from '../engine/market/interval.ts';
import type { TradeSource } from './trade-source.ts';

/** A longer stop is made up for in one-minute bars. */
const MAX_STOP_MS = HOUR;
/** So is one in which more was traded. */
const MAX_TRADES = 5_000;

export interface Stop {
  readonly symbol: string;
  /** Start of the first minute that is not known whole, in ms. */
  readonly from: number;
  readonly now: number;
  /** The minutes since then, the running one included. */
  readonly bars: readonly Bar[];
}

/**
 * How a short stop is made up for: by every trade since `from`. @returns the id of the first of them, which is undefined where
 * nothing was traded; undefined for a stop that is not short, or whose trades the venue does not have. @throws TransportError
 */
export async function shortStop(
  source: Pick<TradeSource, 'firstIdSince'>,
  { symbol, from, now, bars }: Stop,
): Promise<{ readonly first: number | undefined } | undefined> {
  const count = bars.reduce((sum, bar) => sum + bar.trades, 0);
  if (now - from > MAX_STOP_MS || count > MAX_TRADES) return undefined;
  const first = await source.firstIdSince(symbol, from);
  return first === undefined && count > 0 ? undefined : { first };
}
