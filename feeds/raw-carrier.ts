import type { Clock } from '../engine/clock.ts';
import type { Carrier } from './carrier.ts';
import { createRouteNames } from './raw-names.ts';
import { createRawRest, NotOnTape, type RawRest } from './raw-rest.ts';
import { createRawRoute, type RawRoute } from './raw-route.ts';
import type { RecentTrades } from './recent-trades.ts';
import type { TradeSource } from './trade-source.ts';
import type { Market, VenueRest } from './venue.ts';

/** Brings a venue's feed what a raw tape tells. */
export interface RawCarrier extends Carrier {
  readonly http: RawRest;
  route: (...args: Parameters<Carrier['route']>) => RawRoute;
  routes: ReadonlyMap<string, RawRoute>;
  list(markets: readonly Market[]): void;
  /** Facts are asked for when the tape says so. */
  poll(): VenueRest['poll'];
}

/** @param patience how long an answer is waited for @param answered somebody was just answered, and is about to go on */
export function createRawCarrier(clock: Clock, patience: Clock, answered: () => void): RawCarrier {
  const http = createRawRest(patience, answered);
  const routes = new Map<string, RawRoute>();
  const nameRoute = createRouteNames();
  let list: readonly Market[] | undefined;
  let poll: VenueRest['poll'];
  let waiting: ((markets: readonly Market[]) => void)[] = [];
  return {
    http,
    routes,
    rest(make) {
      const { poll: own, trades, ...rest } = make(http);
      poll = own;
      const listed = async () => list ?? new Promise<readonly Market[]>((resolve) => waiting.push(resolve));
      return { ...rest, listed, history: async () => [], trades: forgiving(trades) };
    },
    route(key, events) {
      const route = createRawRoute(clock, events);
      routes.set(nameRoute(key), route);
      return route;
    },
    list(markets) {
      list = markets;
      for (const resolve of waiting) resolve(markets);
      waiting = [];
    },
    poll: () => poll,
    abort: http.abort,
  };
}

/** What no tape has will not come: the feed goes on without it, as with a venue that does not know its trades any more. */
function forgiving(trades: VenueRest['trades']): VenueRest['trades'] {
  return trades.kind === 'numbered'
    ? { kind: 'numbered', source: forgivingNumbered(trades.source) }
    : { kind: 'recent', source: forgivingRecent(trades.source) };
}

function forgivingNumbered(source: TradeSource): TradeSource {
  return {
    tradesFrom: (symbol, fromId, since) =>
      orElse(source.tradesFrom(symbol, fromId, since), { trades: [], nextId: fromId, full: false, gone: true }),
    newestId: (symbol) => orElse(source.newestId(symbol), undefined),
    firstIdSince: (symbol, ts) => orElse(source.firstIdSince(symbol, ts), undefined),
    minuteBars: (symbol, from) => orElse(source.minuteBars(symbol, from), []),
  };
}

function forgivingRecent(source: RecentTrades): RecentTrades {
  return {
    ...source,
    recent: (symbol, since) => orElse(source.recent(symbol, since), []),
    minuteBars: (symbol, from) => orElse(source.minuteBars(symbol, from), []),
  };
}

async function orElse<T>(asked: Promise<T>, other: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NotOnTape) return other;
    throw error;
  }
}
