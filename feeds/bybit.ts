import { BOOK_LEVELS, bybitReader } from './bybit-parse.ts';
import { bybitRest, refusalOf } from './bybit-rest.ts';
import type { BookMessage, Route, Venue } from './venue.ts';

const ROUTE: Omit<Route, 'path' | 'batch'> = {
  // The venue names no limit of messages a second; it only wants them few.
  spacingMs: 100,
  // The names on a socket must not have more than 21,000 characters together; the longest have 34, with quotes and comma 37.
  maxTopics: 560,
  maxChars: 20_000,
  ping: { text: JSON.stringify({ op: 'ping' }), everyMs: 20_000 },
  // Two pings without an answer, be it of the protocol or of the venue's own.
  silentMs: 45_000,
  framesWithinMs: 45_000,
};
/** A change with a number so far below that of the book is of another count. */
const MAX_REPEATED = 1000;

/** Bybit: spot markets, and linear perpetuals, whose symbols end in `.p`. Each has a socket, on which topics have the same names. */
export const bybit: Venue = {
  name: 'bybit',
  routes: {
    spot: { ...ROUTE, path: '/spot', batch: 10 },
    linear: { ...ROUTE, path: '/linear', batch: 200 },
  },
  // A perpetual in USDC is called BTCPERP there.
  listing: 'first',
  topics(channel, symbol, markets) {
    const market = markets.get(symbol);
    if (market?.route === undefined) return [];
    const { route, wire } = market;
    if (channel === 'trades') return [{ route, name: `publicTrade.${wire}` }];
    if (channel === 'book') return [{ route, name: `orderbook.${BOOK_LEVELS}.${wire}` }];
    if (route === 'spot') return [];
    return [
      { route, name: `tickers.${wire}` },
      { route, name: `allLiquidation.${wire}` },
    ];
  },
  requests: {
    message: (op, args, id) => JSON.stringify({ req_id: String(id), op, args }),
    // Some refusals come without the id of what they refuse.
    oneAtATime: true,
  },
  reader: bybitReader,
  restRules: {
    // 600 in any 5 s: half of it in each, as two windows may meet.
    budget: { weight: 300, perMs: 5_000 },
    // Over the limit of the address the venue answers 403 for ten minutes.
    pauses: { 403: 600_000 },
    refusal: refusalOf,
  },
  rest: bybitRest,
  book: { depth: BOOK_LEVELS, snapshot: 'stream', follows },
};

function follows(last: number, { last: number = Number.NaN }: BookMessage): 'next' | 'old' | 'gap' {
  if (number === last + 1) return 'next';
  return number <= last && last - number < MAX_REPEATED ? 'old' : 'gap';
}
