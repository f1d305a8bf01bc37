import type { Bar, Trade } from './events.ts';

/** Part of a bar's volume that takers bought, in base units; NaN where it is not known. */
export function boughtOf({ bought, volume }: Pick<Bar, 'bought' | 'volume'>): number {
  if (volume === 0) return 0;
  return bought ?? Number.NaN;
}

/** What a trade adds to it; NaN where the venue does not say who took. */
export function boughtBy({ side, size }: Pick<Trade, 'side' | 'size'>): number {
  if (side === 'buy') return size;
  return side === 'sell' || size === 0 ? 0 : Number.NaN;
}
