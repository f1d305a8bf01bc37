import type { Bar, Trade } from './events.ts';

/** Part of a bar's volume that takers bought, in base units; NaN where it is not known. */
export function boughtOf({ bought, volume }: Pick<Bar, 'bought' | 'volume'>): number {
  if (volume === 0) return 0;
  return bought ?? Number.NaN;
}

/** The same of two bars put together; undefined where one of them does not know it. */
export function boughtInBoth(
  first: Pick<Bar, 'bought' | 'volume'>,
  second: Pick<Bar, 'bought' | 'volume'>,
): number | undefined {
  return ifKnown(boughtOf(first) + boughtOf(second));
}

/** What a bar of one trade has; undefined where it is not known. */
export const knownBought = (trade: Pick<Trade, 'side' | 'size'>): number | undefined => ifKnown(boughtBy(trade));

const ifKnown = (bought: number): number | undefined => (Number.isNaN(bought) ? undefined : bought);

/** What a trade adds to it; NaN where the venue does not say who took. */
export function boughtBy({ side, size }: Pick<Trade, 'side' | 'size'>): number {
  if (side === 'buy') return size;
  return side === 'sell' || size === 0 ? 0 : Number.NaN;
}
