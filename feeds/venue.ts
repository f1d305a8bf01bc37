import type { Clock } from '../engine/clock.ts';
import type { OrderBook } from '../engine/market/book.ts';
import type { Bar, FactEvent, Trade } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import type { VenueName } from './addresses.ts';
import type { RecentTrades } from './recent-trades.ts';
import type { Rest, RestRules } from './rest.ts';
import type { TradeSource } from './trade-source.ts';
import type { Volumes } from './volumes.ts';

/**
 * A venue is data and pure functions: what it calls things, how one asks for them, what its frames say. Everything that lives
 * (sockets, acknowledgements, order, holes, books, states) is in `createVenueFeed`, the same for all. See `binance.ts`.
 */
export interface Venue {
  /** Its addresses are in `addresses.ts` under this name. */
  readonly name: VenueName;
  /** The sockets it takes, by a name of your choice. A route is connected while one of its topics is wanted. */
  readonly routes: Readonly<Record<string, Route>>;
  /**
   * `first`: nothing is subscribed before the list of markets was fetched, because names or units come from it; what is not listed
   * is refused. `later`: names follow from the symbol alone.
   */
  readonly listing: 'first' | 'later';
  /** What carries a channel of a symbol; none where the venue has no such thing (facts of a spot market). */
  topics(channel: Channel, symbol: string, markets: Markets): readonly Topic[];
  readonly requests: Requests;
  /** Called once per feed. A venue whose frames say everything ignores `markets`. */
  reader(markets: Markets): Reader;
  readonly restRules: RestRules;
  rest(tools: RestTools): VenueRest;
  /** How its order books hang together; absent: it has none. */
  readonly book?: BookRule;
  /** After so much silence of its own a confirmed stream counts as stale, in ms; absent for a channel: silence says nothing. */
  readonly quietMs?: Readonly<Partial<Record<Channel, number>>>;
}

/** `trades` and `facts` run while a symbol is watched, `book` while somebody asked for it. */
export type Channel = 'trades' | 'facts' | 'book';

/** One thing to subscribe to. */
export interface Topic {
  readonly route: string;
  /** Any text that names it, unique on its route: `btcusdt@trade`, `trades:BTC-USDT`. Requests list it, acks repeat it. */
  readonly name: string;
}

/** One kind of socket and what the venue allows on it. */
export interface Route {
  /** Comes after the venue's address: `/stream`. */
  readonly path: string;
  /** Least time between two messages of ours, pongs included, in ms. */
  readonly spacingMs: number;
  /** Messages that (un)subscribe: so many at once on a new socket, then one every so many ms. Absent: no bound. */
  readonly quota?: { readonly burst: number; readonly everyMs: number };
  /** Most topics in one message, and most characters of their names together. */
  readonly batch: number;
  readonly maxChars?: number;
  /** Most topics on one socket; what is beyond goes to another one. */
  readonly maxTopics: number;
  /** A socket without any sign of life (pongs and pings of the protocol count) for so long is dead; at half of it we ping. */
  readonly silentMs: number;
  /** A text that keeps the socket open, sent every so many ms: `{"op":"ping"}`. Its answer is a frame of kind `alive`. */
  readonly ping?: { readonly text: string; readonly everyMs: number };
  /** Once a topic is confirmed, frames (heartbeats are such) come at least so often, in ms; a longer silence means a dead socket. */
  readonly framesWithinMs?: number;
  /** Topics that every socket of this route carries: a channel of heartbeats. */
  readonly always?: readonly string[];
  /** A socket of this age is replaced, the new one running before the old one is closed; a little under the venue's limit. */
  readonly lifeMs?: number;
}

/** How one asks for topics. Acks come back as frames. */
export interface Requests {
  /** `id` ascends from 1 on each socket. */
  message(method: 'subscribe' | 'unsubscribe', names: readonly string[], id: number): string;
  /** Only topics of the same group go into one message: the channel, where a message can name but one. */
  group?(name: string): string;
  /** The next request waits for the answer to the last, because the venue does not say which one it refuses. */
  readonly oneAtATime?: boolean;
}

/**
 * An answer to requests. `id` is that of the request; `names` are the topics that it answers. With neither it answers the oldest
 * request that waits; with an `id` alone, all of it. A refused request of several topics is repeated topic by topic.
 */
export interface Ack {
  readonly id?: number | undefined;
  readonly names?: readonly string[];
  /** Instead of both: everything that the socket carries now. */
  readonly all?: readonly string[];
  /** Why not, in the venue's words. */
  readonly refusal?: string | undefined;
}

/** What one text frame says. `serial` where the venue numbers the frames of a socket by one: a hole replaces the socket. */
export type Frame = FrameBody & { readonly serial?: number };

type FrameBody =
  /** Oldest first. `snapshot`: they may be old; they count only where they go on from what was passed on. */
  | { readonly kind: 'trades'; readonly trades: readonly Trade[]; readonly snapshot?: boolean }
  | { readonly kind: 'facts'; readonly facts: readonly FactEvent[] }
  | { readonly kind: 'book'; readonly book: BookMessage }
  | { readonly kind: 'acks'; readonly acks: readonly Ack[] }
  /** A heartbeat, or the answer to our ping. */
  | { readonly kind: 'alive' }
  /** The venue is about to cut the socket, or wants it changed. */
  | { readonly kind: 'leave'; readonly reason: string }
  /** Something of ours that cannot be mapped, or no JSON at all. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** Nothing that was asked for. */
  | { readonly kind: 'unknown' }
  /** A frame that holds several things, in order: good trades and a malformed one, a snapshot and an update. */
  | { readonly kind: 'many'; readonly frames: readonly Frame[] };

export interface Reader {
  /** Never throws. `route` is the name of the route on which the text came. */
  read(text: string, route: string): Frame;
  /** The hot path, asked first: the one trade of a frame that is exactly as documented, else undefined. Agrees with `read`. */
  readTrade?(text: string, route: string): Trade | undefined;
}

/** A market as the venue lists it. */
export interface Market extends InstrumentInfo {
  /** As the venue writes it: `BTC-USDT-SWAP`. */
  readonly wire: string;
  /** As its REST interface writes it, where that is something else. */
  readonly restName?: string;
  /** Where the same name means different markets on different routes. */
  readonly route?: string;
  /** How much of the base one unit of the wire's sizes is (contract value); default 1. */
  readonly unit?: number;
  /** Digits after the point with which prices and sizes are written. */
  readonly digits?: { readonly price: number; readonly size: number };
}

/** The markets that are listed; empty until they were fetched. */
export interface Markets {
  get(symbol: string): Market | undefined;
  /** By the venue's own name. */
  named(wire: string, route?: string): Market | undefined;
}

/** What a venue's REST functions are made with. */
export interface RestTools {
  readonly rest: Rest;
  readonly clock: Clock;
  readonly markets: Markets;
  /** Called for each row that cannot be mapped. */
  readonly malformed: (reason: string) => void;
}

/** What is asked of the venue outside its sockets. All throw TransportError. */
export interface VenueRest {
  listed(): Promise<readonly Market[]>;
  /** What was traded of each market in 24 h; absent: the list says it. */
  volumes?(): Promise<Volumes>;
  /** As `Feed.history`; `pages.ts` has what pages, `bars.ts` what merges. */
  history(symbol: string, interval: number, from: number, to: number): Promise<readonly Bar[]>;
  /** `numbered`: ids ascend by one per symbol. `recent`: they do not, or live ids differ from fetched ones in between. */
  readonly trades:
    | { readonly kind: 'numbered'; readonly source: TradeSource }
    | { readonly kind: 'recent'; readonly source: RecentTrades };
  /** The snapshot of a book, where the stream brings none. */
  book?(symbol: string): Promise<BookMessage>;
  /** Facts that no stream brings, fetched for each watched symbol every so many ms. */
  readonly poll?: { readonly everyMs: number; facts(symbol: string): Promise<readonly FactEvent[]> };
}

/** Price and size; size 0 deletes the level. */
export type Level = readonly [price: number, size: number];

/** A book or a change of it. Levels in any order. */
export interface BookMessage {
  readonly instrument: string;
  /** ms by the venue's clock. */
  readonly ts: number;
  readonly snapshot: boolean;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** Number of the (last) change in it, and of its first; `previous`: the last of the message before. As far as the venue says. */
  readonly last?: number;
  readonly first?: number;
  readonly previous?: number;
  readonly checksum?: number;
}

export interface BookRule {
  /** Levels beyond it are dropped after each message; absent: all are kept. */
  readonly depth?: number;
  /** `stream`: a snapshot comes after subscribing. `rest`: it is fetched while changes wait. */
  readonly snapshot: 'stream' | 'rest';
  /**
   * Whether a change follows on the book, whose last number is `last` (NaN where the venue does not number). `fresh`: it is the first
   * after a snapshot. `old` is dropped, `gap` has the book fetched anew.
   */
  follows(last: number, change: BookMessage, fresh: boolean): 'next' | 'old' | 'gap';
  /** Whether the book is right after the message; false has it fetched anew. */
  verify?(book: OrderBook, message: BookMessage, market: Market | undefined): boolean;
}
