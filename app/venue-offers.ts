import type { VenueOffer } from '../commands/ports.ts';
import { ADDRESSES } from '../feeds/addresses.ts';
import { KNOWN_FEEDS } from '../feeds/registry.ts';

/** Tells what a kind of feeds could be named as in FEEDS. */
export type OfferSource = () => readonly VenueOffer[];

const OTHERS: Readonly<Record<string, string>> = {
  sim: 'a simulated market',
  'tape:<file>': 'replays a recording',
};

/** The feeds that the registry knows, one line each. */
export const knownFeeds: OfferSource = () =>
  KNOWN_FEEDS.map((name) => {
    const title = Object.entries(ADDRESSES).find(([venue]) => venue === name)?.[1].title;
    return { name, about: title ?? OTHERS[name] ?? 'a feed' };
  });

/** What FEEDS could name. Another kind of feeds adds its own list: `{ name: 'ccxt:<id>', about, members: ['ccxt:kucoin', …] }`. */
export function venueOffers(...sources: readonly OfferSource[]): OfferSource {
  return () => sources.flatMap((source) => source());
}
