import { parseFrame } from './binance-usdm-parse.ts';
import { binanceUsdmRest } from './binance-usdm-rest.ts';
import { names, parseTradeFast } from './binance-usdm-trades.ts';
import type { BookMessage, Route, Venue } from './venue.ts';

const SOCKET = {
  // The venue cuts a client that sends more than 10 messages in a second.
  spacingMs: 130,
  batch: 100,
  maxTopics: 1024,
  // The venue pings only every 3 minutes; our own pings come every 30 s.
  silentMs: 60_000,
  // The venue cuts a socket after 24 h.
  lifeMs: 23.5 * 3_600_000,
} as const satisfies Partial<Route>;

/** Perpetual contracts of Binance USD-M. A stream that is asked for on the wrong one of its two sockets is confirmed, and silent. */
export const binanceUsdm: Venue = {
  name: 'binance-usdm',
  routes: {
    // Mark prices come every second, so that a longer silence is a dead socket, however it answers pings.
    market: { ...SOCKET, path: '/market/stream', framesWithinMs: 30_000 },
    public: { ...SOCKET, path: '/public/stream' },
  },
  // A name that the venue does not know is confirmed all the same; contracts that end on a day are not for us.
  listing: 'first',
  topics(channel, symbol) {
    // So that the fast way of reading knows the symbol from its first trade on.
    names.of(symbol);
    const onMarket = (what: string) => ({ route: 'market', name: `${symbol}@${what}` });
    if (channel === 'trades') return [onMarket('aggTrade')];
    if (channel === 'facts') return [onMarket('markPrice@1s'), onMarket('forceOrder')];
    return [{ route: 'public', name: `${symbol}@depth@100ms` }];
  },
  requests: {
    message: (method, params, id) => JSON.stringify({ method: method.toUpperCase(), params, id }),
  },
  reader: () => ({ read: parseFrame, readTrade: parseTradeFast }),
  restRules: { budget: { weight: 2400, perMs: 60_000 }, usedHeader: 'x-mbx-used-weight-1m' },
  rest: binanceUsdmRest,
  book: { snapshot: 'rest', follows },
  quietMs: { facts: 15_000 },
};

/**
 * Each change says which one it follows. Numbers are shared by all contracts, so there may be none between two changes: the first one
 * after a snapshot follows where nothing lies between its predecessor and the snapshot.
 */
function follows(last: number, change: BookMessage, fresh: boolean): 'next' | 'old' | 'gap' {
  const { previous = Number.NaN, last: end = Number.NaN } = change;
  if (fresh ? end < last : end <= last) return 'old';
  return previous === last || (fresh && previous < last) ? 'next' : 'gap';
}
