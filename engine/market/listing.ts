/** The fact that a venue lists new markets: how many it listed at once, and 0 again at once. */
export const LISTING = 'listing';

/** Whose new markets somebody wants to hear of. */
export interface ListingScope {
  readonly venue: string;
  /** Lower case; undefined: whatever they are quoted in. */
  readonly quote: string | undefined;
}

/** What the fact is told of, in place of an instrument: `binance:*`, or `binance:*usdt` for the markets quoted in usdt alone. */
export function listingInstrument({ venue, quote }: ListingScope): string {
  return `${venue}:*${quote ?? ''}`;
}

/** The scope that `listingInstrument` was made from; undefined for what is an instrument. */
export function listingOf(instrument: string): ListingScope | undefined {
  const at = instrument.indexOf(':*');
  if (at < 0) return undefined;
  const quote = instrument.slice(at + 2);
  return { venue: instrument.slice(0, at), quote: quote === '' ? undefined : quote };
}

/** Whether it trades: what stands for all markets of a venue has no prices. */
export const isMarket = (instrument: string): boolean => listingOf(instrument) === undefined;
