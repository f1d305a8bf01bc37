import type { BarColumns } from '../market/bar-history.ts';
import { longRunVariance } from './level-shift.ts';
import { normalBelow } from './normal.ts';
import { mean, requireSample } from './sample.ts';
import type { TradeColumns } from './trade-columns.ts';
import { type TradeSizes, tradeSizes } from './trade-sizes.ts';
import { profileOfBars, profileOfTrades, type VolumeProfile } from './volume-profile.ts';

/** What takers bought and sold, of the bars of which it is known. Volumes in base units. */
export interface TakerDelta {
  readonly bought: number;
  readonly sold: number;
  readonly knownBars: number;
  /** Start of the first bar of which it is known, in ms. */
  readonly since: number;
  /** Bought less sold, summed up to each bar; NaN for bars of which it is not known. */
  readonly cumulative: Float64Array;
  /** Chance of so large a sum if bars lean to neither side, neighbours being alike; undefined of fewer than 30 bars. */
  readonly pValue: number | undefined;
}

/** The trades that are kept of the bars' time. */
export interface KeptTrades {
  readonly count: number;
  /** Time of the first, in ms. */
  readonly since: number;
  /** Whether nothing was traded in bars that ended before it. */
  readonly isAll: boolean;
  /** Volume of the trades in the bars that began after it, as a share of what these bars have; undefined where they have none. */
  readonly share: number | undefined;
  /** Volume of all of them as a share of what all bars have; undefined where these have none. */
  readonly ofAll: number | undefined;
}

export interface FlowReport {
  readonly bars: number;
  /** Start of the first bar and end of the last, in ms. */
  readonly from: number;
  readonly to: number;
  readonly last: number;
  /** From the first open to the last close, as a share. */
  readonly change: number;
  /** Undefined where it is known of no bar. */
  readonly delta: TakerDelta | undefined;
  /** Undefined where no trades are kept. */
  readonly kept: KeptTrades | undefined;
  readonly sizes: TradeSizes | undefined;
  readonly profile: VolumeProfile | undefined;
  /** Fewer than 20 trades are no profile: it is made of bars then. */
  readonly profileOf: 'trades' | 'bars';
  /** Where the last close lies to the value area. */
  readonly place: 'above' | 'within' | 'below';
}

const LEAST_FOR_CHANCE = 30;
const LEAST_FOR_PROFILE = 20;

/**
 * Who took, how large and at which prices.
 *
 * @param bars closed ones, oldest first
 * @param trades within the bars' time, oldest first; as many as are kept
 * @param tick of the instrument
 * @throws UserError of fewer than 2 bars
 */
export function flowReport(bars: BarColumns, interval: number, trades: TradeColumns, tick?: number): FlowReport {
  const { start, open, close } = bars;
  requireSample(close, 2, 'A look at the flow of trades');
  const last = close[close.length - 1];
  const profileOf = trades.ts.length < LEAST_FOR_PROFILE ? 'bars' : 'trades';
  const profile = profileOf === 'bars' ? profileOfBars(bars, tick) : profileOfTrades(trades, tick);
  return {
    bars: bars.length,
    from: start[0],
    to: start[bars.length - 1] + interval,
    last,
    change: last / open[0] - 1,
    delta: takerDelta(bars),
    kept: keptTrades(bars, interval, trades),
    sizes: tradeSizes(trades),
    profile,
    profileOf,
    place: profile === undefined ? 'within' : placeOf(last, profile),
  };
}

function takerDelta({ start, volume, bought }: BarColumns): TakerDelta | undefined {
  const cumulative = new Float64Array(volume.length).fill(Number.NaN);
  const deltas: number[] = [];
  let [allBought, allSold, since] = [0, 0, Number.NaN];
  for (let i = 0; i < volume.length; i++) {
    if (Number.isNaN(bought[i])) continue;
    if (deltas.length === 0) since = start[i];
    allBought += bought[i];
    allSold += volume[i] - bought[i];
    deltas.push(2 * bought[i] - volume[i]);
    cumulative[i] = allBought - allSold;
  }
  if (!(allBought + allSold > 0)) return undefined;
  const pValue = chanceOf(Float64Array.from(deltas));
  return { bought: allBought, sold: allSold, knownBars: deltas.length, since, cumulative, pValue };
}

/** Orders are split: the bars after a bought one are bought too, so a sum is held against the variance of values that hang together. */
function chanceOf(deltas: Float64Array): number | undefined {
  if (deltas.length < LEAST_FOR_CHANCE) return undefined;
  const center = mean(deltas);
  const variance = longRunVariance(deltas.map((delta) => delta - center));
  if (!(variance > 0)) return undefined;
  return 2 * normalBelow(-Math.abs(center) / Math.sqrt(variance / deltas.length));
}

function keptTrades({ start, volume }: BarColumns, interval: number, trades: TradeColumns): KeptTrades | undefined {
  const count = trades.ts.length;
  if (count === 0) return undefined;
  const [since] = trades.ts;
  const isAll = !start.some((at, i) => at + interval <= since && volume[i] > 0);
  const whole = start.find((at) => at >= since) ?? Number.POSITIVE_INFINITY;
  let [told, kept, all, sizes] = [0, 0, 0, 0];
  for (let i = 0; i < start.length; i++) all += volume[i];
  for (let i = 0; i < count; i++) sizes += trades.size[i];
  for (let i = 0; i < start.length; i++) if (start[i] >= whole) told += volume[i];
  for (let i = 0; i < count; i++) if (trades.ts[i] >= whole) kept += trades.size[i];
  return { count, since, isAll, share: told > 0 ? kept / told : undefined, ofAll: all > 0 ? sizes / all : undefined };
}

function placeOf(price: number, { first, step, low, high }: VolumeProfile): FlowReport['place'] {
  if (price >= first + (high + 0.5) * step) return 'above';
  return price < first + (low - 0.5) * step ? 'below' : 'within';
}
