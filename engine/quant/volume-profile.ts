import type { BarColumns } from '../market/bar-history.ts';
import type { TradeColumns } from './trade-columns.ts';

/** How much was traded at which price, in rows of prices that lie evenly. */
export interface VolumeProfile {
  /** Price of the lowest row, and from one row to the next; a row reaches half of that to each side. */
  readonly first: number;
  readonly step: number;
  /** What takers bought and sold in each row, and what is not known of whom, in base units; the lowest row first. */
  readonly bought: Float64Array;
  readonly sold: Float64Array;
  readonly unknown: Float64Array;
  /** The row with the most volume: the point of control. */
  readonly control: number;
  /** The lowest and the highest row of the value area, and the share of the volume that it has. */
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** Share of the volume that the value area has at least. */
const VALUE = 0.7;
/** About so many rows there are where prices moved. */
const ROWS = 40;

type Rows = Pick<VolumeProfile, 'first' | 'step' | 'bought' | 'sold' | 'unknown'>;

/** Of trades, each at its price. @param tick of the instrument; rows are whole multiples of it. @returns undefined of none */
export function profileOfTrades({ price, size, bought }: TradeColumns, tick?: number): VolumeProfile | undefined {
  if (price.length === 0) return undefined;
  const rows = emptyRows(lowest(price), highest(price), tick);
  for (let i = 0; i < price.length; i++) add(rows, rowOf(price[i], rows), size[i], bought[i]);
  return judged(rows);
}

/**
 * Of bars, for want of trades: each bar's volume is spread evenly from its low to its high, which is not where it was traded.
 * @returns undefined where nothing was traded
 */
export function profileOfBars({ low, high, volume, bought }: BarColumns, tick?: number): VolumeProfile | undefined {
  if (!volume.some((each) => each > 0)) return undefined;
  const rows = emptyRows(lowest(low), highest(high), tick);
  for (let i = 0; i < low.length; i++) {
    const [from, to] = [rowOf(low[i], rows), rowOf(high[i], rows)];
    for (let row = from; row <= to; row++) {
      const middle = rows.first + row * rows.step;
      const overlap = Math.min(high[i], middle + rows.step / 2) - Math.max(low[i], middle - rows.step / 2);
      const share = from === to ? 1 : Math.max(0, overlap) / (high[i] - low[i]);
      add(rows, row, volume[i] * share, bought[i] * share);
    }
  }
  return judged(rows);
}

const lowest = (xs: Float64Array): number => xs.reduce((a, b) => Math.min(a, b));
const highest = (xs: Float64Array): number => xs.reduce((a, b) => Math.max(a, b));

function emptyRows(low: number, high: number, tick: number | undefined): Rows {
  // Rows lie at multiples of their step, so that their prices are round ones. A single price is its own row.
  const step = stepOf(high - low || Math.abs(high) * 1e-4 || 1, tick);
  const first = low === high ? low : Math.round(low / step) * step;
  const count = low === high ? 1 : Math.round(high / step) - Math.round(low / step) + 1;
  const column = () => new Float64Array(count);
  return { first, step, bought: column(), sold: column(), unknown: column() };
}

/** 1, 2, 2.5 or 5 times a power of ten that is a multiple of the tick. */
function stepOf(range: number, tick = 0): number {
  const least = Math.max(range / ROWS, tick);
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9);
  const fits = (step: number) =>
    step >= least * (1 - 1e-9) && (tick === 0 || Math.abs(step / tick - Math.round(step / tick)) < 1e-6);
  const round = [1, 2, 2.5, 5, 10].find((factor) => fits(factor * power));
  return round === undefined ? Math.ceil(least / tick - 1e-9) * tick : round * power;
}

function rowOf(price: number, { first, step, bought }: Rows): number {
  return Math.max(0, Math.min(bought.length - 1, Math.round((price - first) / step)));
}

function add(rows: Rows, row: number, size: number, bought: number): void {
  if (Number.isNaN(bought)) {
    rows.unknown[row] += size;
    return;
  }
  rows.bought[row] += bought;
  rows.sold[row] += size - bought;
}

function judged(rows: Rows): VolumeProfile {
  const volumes = rows.bought.map((bought, row) => bought + rows.sold[row] + rows.unknown[row]);
  const control = controlOf(volumes);
  return { ...rows, control, ...valueArea(volumes, control) };
}

/** The fullest row; of several the one nearest the middle of the range. */
function controlOf(volumes: Float64Array): number {
  const middle = (volumes.length - 1) / 2;
  let best = 0;
  for (let row = 1; row < volumes.length; row++) {
    const isNearer = Math.abs(row - middle) < Math.abs(best - middle);
    if (volumes[row] > volumes[best] || (volumes[row] === volumes[best] && isNearer)) best = row;
  }
  return best;
}

/**
 * From the point of control outwards: of the two rows above and the two below, those with more volume are added, the upper ones where
 * both have as much, until the area has 70 % of all.
 *
 * @param volumes of the rows, the lowest first; some of them more than nought
 * @see J. F. Dalton, E. T. Jones, R. B. Dalton, Mind over Markets, 1990, appendix 1
 */
export function valueArea(
  volumes: Float64Array,
  control: number,
): { readonly low: number; readonly high: number; readonly share: number } {
  const last = volumes.length - 1;
  const sum = (from: number, to: number) => volumes.subarray(Math.max(0, from), to + 1).reduce((a, b) => a + b, 0);
  const total = sum(0, last);
  let [low, high, inside] = [control, control, volumes[control]];
  while (inside < VALUE * total * (1 - 1e-12) && (low > 0 || high < last)) {
    const [above, below] = [sum(high + 1, Math.min(last, high + 2)), sum(low - 2, low - 1)];
    if (high < last && (above >= below || low === 0)) high = Math.min(last, high + 2);
    else low = Math.max(0, low - 2);
    inside = sum(low, high);
  }
  return { low, high, share: inside / total };
}
