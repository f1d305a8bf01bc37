import { BOOK, coinbaseReader, follows, HEARTBEATS, TRADES } from './coinbase-parse.ts';
import { coinbaseRest } from './coinbase-rest.ts';
import type { Venue } from './venue.ts';

/** Coinbase Advanced Trade, spot: everything over one socket, named `channel:product`. */
export const coinbase: Venue = {
  name: 'coinbase',
  routes: {
    main: {
      path: '',
      // 8 messages a second and address, also while an old socket and a new one both speak.
      spacingMs: 250,
      batch: 100,
      maxTopics: 2_000,
      silentMs: 15_000,
      // Channels without news are closed after a minute unless this one runs; it beats every second.
      always: [HEARTBEATS],
      framesWithinMs: 6_000,
    },
  },
  listing: 'first',
  topics(channel, symbol, markets) {
    const market = markets.get(symbol);
    if (!market || channel === 'facts') return [];
    return [{ route: 'main', name: `${channel === 'book' ? BOOK : TRADES}:${market.wire}` }];
  },
  requests: {
    message: (type, names) =>
      JSON.stringify(
        names[0] === HEARTBEATS
          ? { type, channel: HEARTBEATS }
          : { type, product_ids: names.map(productOf), channel: channelOf(names[0]) },
      ),
    group: channelOf,
    oneAtATime: true,
  },
  reader: coinbaseReader,
  // About 10 a second and address; answers are a second old unless one asks for fresh ones.
  restRules: { spacingMs: 150, headers: { 'cache-control': 'no-cache' } },
  rest: coinbaseRest,
  book: { snapshot: 'stream', follows },
};

/** `level2:BTC-USD` -> `level2`. */
function channelOf(name: string): string {
  return name.split(':', 1)[0];
}

function productOf(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
