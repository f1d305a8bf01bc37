import type { Market } from '../venue.ts';

/** What the child is started with, as JSON in its first argument. */
export interface WorkerSettings {
  /** URL of the module that speaks ccxt's interface. */
  readonly module: string;
  /** ccxt's id of the exchange; undefined: it only answers which exchanges there are. */
  readonly exchange: string | undefined;
}

export type StreamChannel = 'trades' | 'book';

/** A question of the parent; `symbol` as ccxt writes it: `BTC/USDT:USDT`. Times in ms. */
export type Question =
  | { readonly what: 'venues' }
  | { readonly what: 'markets' }
  | { readonly what: 'volumes' }
  | { readonly what: 'trades'; readonly symbol: string; readonly since: number }
  | { readonly what: 'bars'; readonly symbol: string; readonly frame: string; readonly since: number };

export interface Answers {
  /** Ids of the exchanges whose trades ccxt can stream. */
  readonly venues: readonly string[];
  readonly markets: { readonly markets: readonly Market[]; readonly bad: number };
  /** What was traded in 24 h, in units of the quote; empty where the venue does not say. */
  readonly volumes: { readonly rows: readonly (readonly [wire: string, volume: number])[]; readonly bad: number };
  /** Undefined where the venue has no list of trades. */
  readonly trades: TradeRows | undefined;
  /** `limit`: how many were asked for. */
  readonly bars: { readonly rows: readonly BarRow[]; readonly bad: number; readonly limit: number };
}

/** From the parent. `stream` is a number that it never uses twice. */
export type Order =
  | { readonly do: 'open'; readonly stream: number; readonly channel: StreamChannel; readonly symbol: string }
  | { readonly do: 'close'; readonly stream: number }
  | { readonly do: 'ask'; readonly id: number; readonly question: Question }
  | { readonly do: 'ping'; readonly id: number };

/** ms, price, size in the base, side of the taker, id. */
export type TradeRow = readonly [ts: number, price: number, size: number, side: 'buy' | 'sell' | undefined, id: string];

/** Oldest first. `bad`: how many could not be mapped. */
export interface TradeRows {
  readonly rows: readonly TradeRow[];
  readonly bad: number;
}

/** Start in ms, the four prices, volume in the base. */
export type BarRow = readonly [start: number, open: number, high: number, low: number, close: number, volume: number];

export interface BookRow {
  /** ms; undefined where the venue does not say. */
  readonly ts: number | undefined;
  /** Best first; size in the base. */
  readonly bids: Sides;
  readonly asks: Sides;
}

interface Sides {
  readonly prices: Float64Array;
  readonly sizes: Float64Array;
}

/** Why something failed, in the words of `TransportError`. */
export interface Failure {
  readonly reason: 'rate-limited' | 'refused' | 'unreachable';
  readonly retryable: boolean;
  readonly message: string;
}

/** What the exchange can do. */
export interface Abilities {
  /** The lengths of its bars by ccxt's names: `1m`. */
  readonly frames: readonly string[];
  /** Whether a stream can be ended, and so begun anew, by itself. */
  readonly unwatch: boolean;
  /** Whether it has a list of trades, from which what was missed can be fetched. */
  readonly list: boolean;
}

/** To the parent; several in one message of the channel. */
export type Item =
  | ({ readonly is: 'ready' } & Abilities)
  /** It cannot work at all. */
  | { readonly is: 'broken'; readonly why: string }
  | ({ readonly is: 'trades'; readonly stream: number } & TradeRows)
  | ({ readonly is: 'book'; readonly stream: number } & BookRow)
  /** A book that cannot be mapped. */
  | { readonly is: 'bad'; readonly stream: number; readonly why: string }
  | { readonly is: 'lost'; readonly stream: number; readonly failure: Failure }
  | { readonly is: 'answer'; readonly id: number; readonly value: Answers[keyof Answers] }
  | { readonly is: 'failure'; readonly id: number; readonly failure: Failure }
  /** `busy`: how many questions it works on. */
  | { readonly is: 'pong'; readonly id: number; readonly busy: number };
