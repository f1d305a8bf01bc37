import type { Bar, FeedEvent } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';

export type FeedState = 'connecting' | 'live' | 'stale' | 'resyncing' | 'down';

/** One stream of a venue: the trades, facts or book of one symbol. */
export interface StreamStatus {
  /** `trades btcusdt`. */
  readonly name: string;
  readonly state: FeedState;
  /** How long ago its newest message came, in ms; undefined before the first. */
  readonly ageMs: number | undefined;
}

/** What a stream carries, how it fares, and why the venue refuses it. */
export interface StreamState extends StreamStatus {
  readonly channel: 'trades' | 'facts' | 'book';
  readonly symbol: string;
  readonly refusal: string | undefined;
}

export interface FeedStatus {
  readonly venue: string;
  readonly state: FeedState;
  /** When the newest message arrived, in ms by our clock; undefined before the first. */
  readonly lastMessageAt: number | undefined;
  /** Since when it is in this state, in ms. */
  readonly since: number;
  /** Failed tries to connect since it was last live. */
  readonly tries: number;
  /** Why it is not live, in one line. */
  readonly detail?: string;
  /** How many streams are in which state, and the few worst; absent where a feed has but one. */
  readonly streams?: Readonly<Record<FeedState, number>> & { readonly worst: readonly StreamStatus[] };
  readonly counters: {
    readonly frames: number;
    readonly trades: number;
    readonly duplicates: number;
    readonly malformed: number;
    readonly unknown: number;
    readonly reconnects: number;
    /** Order books that had to be fetched anew. */
    readonly resyncs?: number;
  };
}

/** Where a feed puts what it receives, in order. Must not throw and must not wait. */
export type FeedSink = (event: FeedEvent) => void;

/** What can be ordered of a market that is made up: see the simulator's incidents. */
export interface MarketOrder {
  readonly what: 'crash' | 'pump' | 'gap' | 'silence' | 'calm';
  /** Undefined: all. */
  readonly symbol: string | undefined;
  /** Of a crash or pump a share of the price (`5%`), of a gap or silence a length (`30s`); undefined: the usual one. */
  readonly size: string | undefined;
}

/**
 * One venue. Never fatal: what is down is retried for ever and shown in `status`. All methods may be called in any state.
 */
export interface Feed {
  readonly venue: string;
  /** Starts to connect and returns at once; events of watched instruments go to `sink` from then on. */
  start(sink: FeedSink): void;
  stop(): Promise<void>;
  /** The venue's instruments. @throws TransportError while the venue cannot be asked */
  instruments(): Promise<readonly InstrumentInfo[]>;
  /** Symbols without the venue: `btcusdt`. Watching what is watched already does nothing. */
  watch(symbols: readonly string[]): void;
  unwatch(symbols: readonly string[]): void;
  /** Order books of these symbols too, as `book` events; absent where the venue has none. Ends with `unwatchBook` alone. */
  watchBook?(symbols: readonly string[]): void;
  unwatchBook?(symbols: readonly string[]): void;
  /**
   * Closed bars with `from <= start < to` (ms), oldest first, without the unfinished one; fewer where the venue has no more.
   * @throws TransportError
   */
  history(symbol: string, interval: number, from: number, to: number): Promise<readonly Bar[]>;
  /**
   * Where a restart took up: the feed fetches what is missing since then before it passes live trades on. Called before
   * `watch` for symbols whose bars were stored. `lastTradeId` is the newest trade applied; undefined where every trade since
   * `from` is wanted: as trades where the venue can tell and they are few, else as 1m bars. A `gap` that is open
   * brackets what is fetched, and is closed when all of it was passed on, also where nothing was missing.
   */
  resume(symbol: string, from: number, lastTradeId: string | undefined): void;
  /** Told of symbols that come up while it runs, which are to be watched then; absent where the list is the venue's. */
  onListed?(listener: (info: InstrumentInfo) => void): void;
  /** Whether nobody uses it, so that its state is no news; absent where somebody asked for the venue. */
  isIdle?(): boolean;
  status(): FeedStatus;
  /**
   * How far all has arrived that the venue said of trades, in ms by our clock; infinite where that is not to be waited for. Where it is
   * short of `wanted` the venue is asked, and later calls know. Absent where trades cannot be held up on their way.
   */
  heardUntil?(wanted: number): number;
  /**
   * Has something happen from now on; the simulator alone can.
   * @returns its size: a share, or a length in ms
   * @throws UserError where the size is none
   */
  order?(order: MarketOrder): number;
  /** Each of its streams; absent where a feed has but one. */
  streams?(): Iterable<StreamState>;
}
