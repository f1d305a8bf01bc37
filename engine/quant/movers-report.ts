import { UserError } from '../errors.ts';
import type { BarColumns } from '../market/bar-history.ts';
import { deviation, median, robustDeviation } from './sample.ts';

/** Stretches before the newest that say what is usual. */
export const MOVER_WINDOWS = 20;
/** Fewer of them say nothing. */
const LEAST_WINDOWS = 10;

export interface MoverInput {
  /** Closed, oldest first: short ones, so many of which make up a stretch. */
  readonly bars: BarColumns;
  /** What one unit of the quote is worth in the common currency; NaN where it is not known. */
  readonly rate: number;
}

/** How one market moved over the newest stretch. Fractions are of one, not percent. */
export interface Mover {
  /** Its place in the order in which the markets were given. */
  readonly market: number;
  /** From the last close before the stretch to the last close in it. */
  readonly change: number;
  /** The change's logarithm in the usual deviations of such stretches; undefined where too few are known or nothing moved in them. */
  readonly deviations: number | undefined;
  /** What was traded, in the common currency; undefined where the rate is not known or no volume is told. */
  readonly value: number | undefined;
  /** Volume over the median of the stretches before; undefined where too few are known or nothing was traded in most. */
  readonly surge: number | undefined;
  /** Whether no stretch before had as much volume. */
  readonly isMost: boolean;
}

export interface MoversReport {
  /** The one that rose the most comes first. */
  readonly movers: readonly Mover[];
  /** Places of those without a trade in the stretch. */
  readonly silent: readonly number[];
  /** Places of those that have no price from before it. */
  readonly young: readonly number[];
  /** Median of the changes. */
  readonly middle: number;
}

/** Of one stretch: the logarithm of its growth, NaN where it is not known, and the volume in base units and in quote. */
interface Stretch {
  readonly growth: number;
  readonly volume: number;
  readonly value: number;
  readonly bars: number;
}

/**
 * Which of many markets rose and fell the most, and where more was traded than usual.
 *
 * @param to end of the newest stretch, in ms; bars that start later are left out
 * @param length of a stretch, in ms
 * @throws UserError where none of them moved
 */
export function moversReport(markets: readonly MoverInput[], to: number, length: number): MoversReport {
  const movers: Mover[] = [];
  const silent: number[] = [];
  const young: number[] = [];
  for (const [market, input] of markets.entries()) {
    const newest = stretchOf(input.bars, to - length, to);
    if (newest.bars === 0) silent.push(market);
    else if (!Number.isFinite(newest.growth)) young.push(market);
    else movers.push(moverOf(market, input, newest, to - length, length));
  }
  if (movers.length === 0)
    throw new UserError('no-movers', 'Nothing that is watched was traded in that time.', {
      hint: 'A longer time may help: /movers 1d',
    });
  return {
    movers: movers.sort((a, b) => b.change - a.change),
    silent,
    young,
    middle: median(Float64Array.from(movers, ({ change }) => change)),
  };
}

function moverOf(market: number, { bars, rate }: MoverInput, newest: Stretch, to: number, length: number): Mover {
  const before = Array.from({ length: MOVER_WINDOWS }, (_, i) => to - i * length)
    // What reaches back beyond the first bar is not known.
    .filter((end) => bars.start[0] <= end - length)
    .map((end) => stretchOf(bars, end - length, end));
  const growths = Float64Array.from(before.map(({ growth }) => growth).filter(Number.isFinite));
  const volumes = Float64Array.from(before, ({ volume }) => volume);
  const usualMove = growths.length < LEAST_WINDOWS ? 0 : robustDeviation(growths) || deviation(growths);
  const usualVolume = volumes.length < LEAST_WINDOWS ? 0 : median(volumes);
  const value = newest.value * rate;
  return {
    market,
    change: Math.expm1(newest.growth),
    deviations: usualMove > 0 ? newest.growth / usualMove : undefined,
    value: value > 0 ? value : undefined,
    surge: usualVolume > 0 ? newest.volume / usualVolume : undefined,
    isMost: usualVolume > 0 && volumes.every((volume) => volume < newest.volume),
  };
}

/** What lies in `from <= start < to`. */
function stretchOf({ start, high, low, close, volume }: BarColumns, from: number, to: number): Stretch {
  const first = firstFrom(start, from);
  const end = firstFrom(start, to);
  let [total, value] = [0, 0];
  for (let i = first; i < end; i++) {
    total += volume[i];
    value += ((high[i] + low[i] + close[i]) / 3) * volume[i];
  }
  const growth = first > 0 && end > first ? Math.log(close[end - 1] / close[first - 1]) : Number.NaN;
  return { growth, volume: total, value, bars: end - first };
}

/** Place of the first bar that does not start before `from`; their number where none does. */
function firstFrom(starts: Float64Array, from: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
