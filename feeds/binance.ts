import { names, parseFrame, parseTradeFast } from './binance-parse.ts';
import { binanceRest } from './binance-rest.ts';
import type { BookMessage, Venue } from './venue.ts';

/** Binance spot: everything over one combined socket. */
export const binance: Venue = {
  name: 'binance',
  routes: {
    main: {
      path: '/stream',
      // The venue cuts a client that sends more than 5 messages in a second; 4 in the first leave it some air.
      spacingMs: 300,
      batch: 100,
      maxTopics: 1024,
      // The venue pings every 20 s.
      silentMs: 60_000,
      // The venue cuts a socket after 24 h.
      lifeMs: 23.5 * 3_600_000,
    },
  },
  listing: 'later',
  topics(channel, symbol) {
    // So that the fast way of reading knows the symbol from its first trade on.
    names.of(symbol);
    if (channel === 'trades') return [{ route: 'main', name: `${symbol}@trade` }];
    return channel === 'book' ? [{ route: 'main', name: `${symbol}@depth@100ms` }] : [];
  },
  requests: {
    message: (method, params, id) => JSON.stringify({ method: method.toUpperCase(), params, id }),
  },
  reader: () => ({ read: parseFrame, readTrade: parseTradeFast }),
  restRules: { budget: { weight: 6000, perMs: 60_000 }, usedHeader: 'x-mbx-used-weight-1m' },
  rest: binanceRest,
  book: { snapshot: 'rest', follows },
};

/** After a snapshot the first change may begin before it ends; from then on each begins right after the last. */
function follows(last: number, change: BookMessage, fresh: boolean): 'next' | 'old' | 'gap' {
  const { first = Number.NaN, last: end = Number.NaN } = change;
  if (end <= last) return 'old';
  return first === last + 1 || (fresh && first <= last) ? 'next' : 'gap';
}
