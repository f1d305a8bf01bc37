import { topicName } from './kraken-answers.ts';
import { isRightBook } from './kraken-checksum.ts';
import { krakenReader } from './kraken-parse.ts';
import { krakenRest, refusalOf } from './kraken-rest.ts';
import type { Venue } from './venue.ts';

/** One of 10, 25, 100, 500, 1000: the venue refuses others. */
const DEPTH = 100;

/** Kraken spot over version 2 of its socket. Names are those of version 2 (`BTC/USD`); REST goes by its older ones (`XBTUSD`). */
export const kraken: Venue = {
  name: 'kraken',
  routes: {
    main: {
      path: '',
      spacingMs: 200,
      batch: 50,
      maxTopics: 2000,
      silentMs: 20_000,
      // Once anything is subscribed there is a heartbeat a second.
      framesWithinMs: 5000,
    },
  },
  listing: 'first',
  topics(channel, symbol, markets) {
    const market = markets.get(symbol);
    if (!market || channel === 'facts') return [];
    return [{ route: 'main', name: topicName(channel === 'trades' ? 'trade' : 'book', market.wire) }];
  },
  requests: {
    message(method, names, req_id) {
      const channel = channelOf(names[0]);
      const symbol = names.map((name) => name.slice(channel.length + 1));
      const params = {
        channel,
        symbol,
        ...(channel === 'book' && { depth: DEPTH }),
        ...(method === 'subscribe' && { snapshot: true }),
      };
      return JSON.stringify({ method, params, req_id });
    },
    group: channelOf,
  },
  reader: krakenReader,
  // About one public call in a second.
  restRules: { spacingMs: 1000, refusal: refusalOf },
  rest: krakenRest,
  book: { depth: DEPTH, snapshot: 'stream', follows: () => 'next', verify: isRightBook },
};

function channelOf(name: string): string {
  return name.slice(0, name.indexOf(':'));
}
