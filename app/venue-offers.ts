import type { VenueOffer } from '../commands/ports.ts';
import { ADDRESSES } from '../feeds/addresses.ts';
import { ccxtVenues } from '../feeds/ccxt/venues.ts';
import { KNOWN_FEEDS } from '../feeds/registry.ts';
import type { Logger } from './part-logger.ts';

/** Tells what a kind of feeds could be named as in FEEDS. */
export type OfferSource = () => Promise<readonly VenueOffer[]> | readonly VenueOffer[];

const OTHERS: Readonly<Record<string, string>> = {
  sim: 'a simulated market',
  'tape:<file>': 'replays a recording',
};
const CCXT = 'ccxt:<id>';

/** The feeds that the registry knows, one line each. */
export const knownFeeds = (): readonly VenueOffer[] =>
  KNOWN_FEEDS.filter((name) => name !== CCXT).map((name) => {
    const title = Object.entries(ADDRESSES).find(([venue]) => venue === name)?.[1].title;
    return { name, about: title ?? OTHERS[name] ?? 'a feed' };
  });

/** The exchanges that ccxt streams: asked once, the first time that somebody wants to know. */
export function ccxtOffers(log: Pick<Logger, 'warn'>, ask: () => Promise<readonly string[]> = ccxtVenues): OfferSource {
  let ids: Promise<readonly string[]> | undefined;
  return async () => {
    ids ??= ask().catch((error: unknown) => {
      ids = undefined;
      log.warn({ err: error }, 'ccxt could not be asked for its exchanges');
      return [];
    });
    const members = (await ids).map((id) => `ccxt:${id}`);
    if (members.length > 0) return [{ name: CCXT, about: `${members.length} exchanges through ccxt`, members }];
    return [{ name: CCXT, about: 'many more exchanges, once ccxt is installed (npm install ccxt)' }];
  };
}

/** What FEEDS could name, from all sources. */
export function venueOffers(...sources: readonly OfferSource[]): () => Promise<readonly VenueOffer[]> {
  return async () => (await Promise.all(sources.map((source) => source()))).flat();
}
