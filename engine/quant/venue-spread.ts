import { median } from './sample.ts';

/** One venue's best prices, in the quote currency. */
export interface VenueQuote {
  readonly bid: number;
  readonly ask: number;
  /** What a taker pays there, as a share of the amount; undefined where it is not known. */
  readonly fee: number | undefined;
}

/** Buying at one venue what is sold at another at the same time; the venues by their places among the quotes. */
export interface CrossVenueTrade {
  readonly buyAt: number;
  readonly sellAt: number;
  /** Sold over bought, less one, in basis points. */
  readonly gross: number;
  /** The same after both takers' fees; undefined where one is not known. */
  readonly net: number | undefined;
}

export interface VenueSpreads {
  /** Median of the middles, in the quote currency. */
  readonly middle: number;
  /** For each quote: its own spread and how far its middle lies from the median, in basis points. */
  readonly venues: readonly { readonly spread: number; readonly off: number }[];
  /** The trade that pays best after fees, where all are known, else before; undefined of one venue. */
  readonly best: CrossVenueTrade | undefined;
}

const BPS = 10_000;

/**
 * The same thing at several venues. A round trip buys at an ask and sells at another venue's bid at the same moment: its return is
 * bid·(1 - fee) / (ask·(1 + fee)) - 1.
 *
 * @param quotes with 0 < bid < ask
 * @throws RangeError where there is none, or one is no quote
 */
export function venueSpreads(quotes: readonly VenueQuote[]): VenueSpreads {
  if (quotes.length === 0) throw new RangeError('spreads are of one venue at least');
  for (const { bid, ask } of quotes) if (!(bid > 0 && ask > bid)) throw new RangeError(`${bid} / ${ask} is no quote`);
  const middles = quotes.map(({ bid, ask }) => (bid + ask) / 2);
  const middle = median(Float64Array.from(middles));
  return {
    middle,
    venues: quotes.map(({ bid, ask }, i) => ({
      spread: ((ask - bid) / middles[i]) * BPS,
      off: (middles[i] / middle - 1) * BPS,
    })),
    best: bestTrade(quotes),
  };
}

function bestTrade(quotes: readonly VenueQuote[]): CrossVenueTrade | undefined {
  let best: CrossVenueTrade | undefined;
  for (const [buyAt, from] of quotes.entries()) {
    for (const [sellAt, to] of quotes.entries()) {
      if (buyAt === sellAt) continue;
      const isKnown = from.fee !== undefined && to.fee !== undefined;
      const gross = (to.bid / from.ask - 1) * BPS;
      const net = isKnown ? ((to.bid * (1 - to.fee!)) / (from.ask * (1 + from.fee!)) - 1) * BPS : undefined;
      if (best === undefined || (net ?? gross) > (best.net ?? best.gross)) best = { buyAt, sellAt, gross, net };
    }
  }
  return best;
}
