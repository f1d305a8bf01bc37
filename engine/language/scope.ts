export interface AbsentSymbol {
  readonly code: 'venue-down' | 'venue-unknown';
  readonly message: string;
  readonly hint: string;
  readonly instead: readonly string[];
}

/** Names of facts, in lower case, as whoever tells them calls them. */
export interface FactNames {
  has(name: string): boolean;
  names(): readonly string[];
}

/** For stored texts: they were checked when they were written, and a fact may not have come since. */
export const ANY_FACT: FactNames = { has: () => true, names: () => [] };

/** A text that somebody types: `70.000` may be seventy thousand there. */
export interface TypedScope {
  /** The last price of an instrument; undefined where there is none yet. */
  price(instrument: string): number | undefined;
  /** Is told how a number was read that could be read otherwise, where it is shown in another way than it was written. */
  onReading?(written: string, value: number): void;
}

/** A parameter as it stands: `5%` is 0.05. */
export interface ParamValue {
  readonly value: number;
  readonly percent: boolean;
}

/** What the language must be told about the chat in which a text is written. */
export interface Scope {
  /** `btc`, `BTC/USDT`, `binance:btcusdt` -> `binance:btcusdt`; undefined where nothing fits. To read stored
   * texts back, let every `venue:symbol` be itself, listed or not. */
  resolve(text: string): string | undefined;
  /** Symbols near `text`, best first, as one would write them. */
  suggest(text: string): readonly string[];
  /** Why nothing can be known of a symbol that was not resolved, and what could be written instead; undefined where it is just unknown. */
  absent?(text: string): AbsentSymbol | undefined;
  /** The venues that there are; absent for stored texts. */
  readonly venues?: readonly string[];
  /** `venue:symbol` that is meant where the text names none. */
  readonly instrument: string | undefined;
  /** What the chat calls its own series and conditions, by name in lower case; absent where there are none. */
  readonly definitions?: ReadonlyMap<string, string>;
  /** The parameters of the strategy that is read, by name in lower case. */
  readonly params?: ReadonlyMap<string, ParamValue>;
  /** Is told of each definition that a text makes use of, through others too. */
  onDefinition?(name: string): void;
  /** Facts that the catalog does not know. To read stored texts back, let every name be one. */
  readonly facts?: FactNames;
  /** Set for what somebody types; in stored texts a point is a point. */
  readonly typed?: TypedScope;
  /** The chat's interval in ms. */
  readonly interval: number;
  /** In ms since the epoch: for `for the next 7d`, and to refuse an `until` that has passed. `-Infinity` for stored texts. */
  readonly now: number;
  /** A time on the wall of the chat's zone in ms since the epoch. `month` is 1 to 12. */
  wallTime(year: number, month: number, day: number, hour: number, minute: number): number;
}
