import { createOkxReader } from './okx-parse.ts';
import { okxRest, refusalOf } from './okx-rest.ts';
import type { BookMessage, Channel, Markets, Topic, Venue } from './venue.ts';

/** Of all perpetual swaps at once: the venue has no such channel for one of them. */
const LIQUIDATIONS = 'liquidation-orders';

/** OKX: spot and perpetual swaps over one public socket. Inverse swaps are told in the base too: contracts by their price. */
export const okx: Venue = {
  name: 'okx',
  routes: {
    public: {
      path: '/public',
      spacingMs: 300,
      // The venue takes 480 requests an hour on a socket.
      quota: { burst: 240, everyMs: 15_000 },
      // It takes 64 KB a message, and tells no bound of topics.
      batch: 200,
      maxTopics: 3000,
      // It cuts a socket on which it has said nothing for 30 s.
      ping: { text: 'ping', everyMs: 20_000 },
      silentMs: 50_000,
      // Pongs of the protocol may come from what stands before the venue; those of text come from itself.
      framesWithinMs: 45_000,
    },
  },
  listing: 'first',
  topics,
  requests: {
    message: (op, names) => JSON.stringify({ op, args: names.map(argOf) }),
    oneAtATime: true,
  },
  reader: createOkxReader,
  // 20 requests in 2 s to the strictest of what is asked.
  restRules: { spacingMs: 110, refusal: refusalOf },
  rest: okxRest,
  book: { depth: 400, snapshot: 'stream', follows },
};

function topics(channel: Channel, symbol: string, markets: Markets): readonly Topic[] {
  const market = markets.get(symbol);
  if (!market) return [];
  const { wire } = market;
  const of = (...names: string[]) => names.map((name) => ({ route: 'public', name }));
  if (channel === 'trades') return of(`trades:${wire}`);
  if (channel === 'book') return of(`books:${wire}`);
  if (market.kind === 'spot') return [];
  const own = ['funding-rate', 'mark-price', 'open-interest'].map((name) => `${name}:${wire}`);
  return of(...own, `index-tickers:${wire.replace(/-SWAP$/, '')}`, `${LIQUIDATIONS}:SWAP`);
}

/** `trades:BTC-USDT` -> what the venue calls it. */
function argOf(name: string): Readonly<Record<string, string>> {
  const [channel, what] = name.split(':');
  return channel === LIQUIDATIONS ? { channel, instType: what } : { channel, instId: what };
}

/** Also where the numbers begin anew for maintenance (`seqId < prevSeqId`) and where nothing changed (`seqId = prevSeqId`). */
function follows(last: number, { previous, last: end }: BookMessage): 'next' | 'old' | 'gap' {
  if (previous === undefined || previous === last) return 'next';
  return end === last ? 'old' : 'gap';
}
