import { normalBelow } from './normal.ts';
import { quantileOfSorted } from './sample.ts';
import type { TradeColumns } from './trade-columns.ts';

/** Trades whose sizes lie between two quantiles. Volumes are in base units. */
export interface SizeClass {
  /** Larger than this, in base units; 0 for the smallest. */
  readonly above: number;
  readonly count: number;
  readonly volume: number;
  /** What takers bought and sold of it; what is left is not known. */
  readonly bought: number;
  readonly sold: number;
}

export interface TradeSizes {
  readonly count: number;
  readonly volume: number;
  readonly median: number;
  readonly mean: number;
  /** The smaller half, up to 90 %, up to 99 %, and the large ones. */
  readonly classes: readonly SizeClass[];
  readonly largest: { readonly ts: number; readonly price: number; readonly size: number; readonly bought: number };
  /** Chance of so uneven a number of large buys and sells if each were as likely; undefined of fewer than 20. */
  readonly leanPValue: number | undefined;
}

/** A trade is large where it is larger than this share of all. */
export const LARGE = 0.99;
const SHARES = [0.5, 0.9, LARGE];
/** Of fewer trades none is one in a hundred. */
export const LEAST_FOR_SIZES = 100;
const LEAST_FOR_LEAN = 20;

/** @returns undefined of fewer than 100 trades */
export function tradeSizes({ ts, price, size, bought }: TradeColumns): TradeSizes | undefined {
  if (size.length < LEAST_FOR_SIZES) return undefined;
  const sorted = Float64Array.from(size).sort();
  const bounds = [0, ...SHARES.map((share) => quantileOfSorted(sorted, share))];
  const classes = bounds.map((above) => ({ above, count: 0, volume: 0, bought: 0, sold: 0 }));
  let largest = 0;
  let [buys, sells] = [0, 0];
  for (let i = 0; i < size.length; i++) {
    if (size[i] > size[largest]) largest = i;
    const at = bounds.findLastIndex((above) => size[i] > above);
    const found = classes[at];
    found.count++;
    found.volume += size[i];
    if (Number.isNaN(bought[i])) continue;
    found.bought += bought[i];
    found.sold += size[i] - bought[i];
    if (at < SHARES.length) continue;
    if (bought[i] > 0) buys++;
    else sells++;
  }
  const volume = classes.reduce((sum, each) => sum + each.volume, 0);
  return {
    count: size.length,
    volume,
    median: bounds[1],
    mean: volume / size.length,
    classes,
    largest: { ts: ts[largest], price: price[largest], size: size[largest], bought: bought[largest] },
    leanPValue: signTest(buys, sells),
  };
}

/** Two-sided, by the normal distribution. */
function signTest(buys: number, sells: number): number | undefined {
  const count = buys + sells;
  return count < LEAST_FOR_LEAN ? undefined : 2 * normalBelow(-Math.abs(buys - sells) / Math.sqrt(count));
}
