/** What a strategy said at the time: its text in the one language. */
export interface StrategyBody {
  readonly strategy: string;
  /** From 1; another text is another version. */
  readonly version: number;
  readonly text: string;
  readonly chat: string;
}

/** What a strategy raised. Prices in the instrument's quote. */
export interface SignalBody {
  /** The only one of its name in all chats. */
  readonly id: string;
  readonly strategy: string;
  readonly version: number;
  readonly chat: string;
  readonly instrument: string;
  /** Of its bars, in ms. */
  readonly interval: number;
  readonly side: 'long' | 'short';
  /** Of the entry. */
  readonly price: number;
  readonly stop: number | null;
  readonly target: number | null;
  /** 0 to 1; null where too little is known of signals like it. */
  readonly confidence: number | null;
  /** The values that raised it, by the text of their series. */
  readonly reasons: Readonly<Record<string, number | string | null>>;
  /** Ms since the epoch. */
  readonly ts: number;
}

/** A signal was filled. */
export interface SignalOpenedBody {
  /** Its id. */
  readonly signal: string;
  readonly what: 'opened';
  /** Of the fill, before fees and slippage. */
  readonly price: number;
  readonly ts: number;
}

/** How a signal ended. */
export interface SignalEventBody {
  /** Its id. */
  readonly signal: string;
  readonly what: 'stop' | 'target' | 'exit' | 'expired';
  readonly price: number;
  readonly ts: number;
  /** Fraction of the entry, after fees and slippage. */
  readonly result: number;
}

/** What is to be written into the ledger. `ts` is when it came about, in ms. */
export type LedgerEntry =
  | { readonly kind: 'strategy'; readonly ts: number; readonly body: StrategyBody }
  | { readonly kind: 'signal'; readonly ts: number; readonly body: SignalBody }
  | { readonly kind: 'event'; readonly ts: number; readonly body: SignalOpenedBody | SignalEventBody };

/** A row that every later one depends on. */
export interface LedgerHead {
  /** From 1, without a hole. */
  readonly seq: number;
  /** SHA-256 in lower case hexadecimal. */
  readonly hash: string;
}

/** What is there before the first row. */
export const GENESIS: LedgerHead = { seq: 0, hash: '0'.repeat(64) };

/** What there can be only one row of: what is written again is there already. */
export function keyOf({ kind, body }: LedgerEntry): string {
  switch (kind) {
    case 'strategy':
      return `strategy ${body.chat} ${body.strategy} ${body.version}`;
    case 'signal':
      return `signal ${body.id}`;
    case 'event':
      return `event ${body.signal} ${body.what}`;
  }
}

/** A signal with its end; undefined while it runs. */
export interface SignalRecord {
  readonly signal: SignalBody;
  /** Undefined before it was filled. */
  readonly opened?: SignalOpenedBody | undefined;
  readonly end: SignalEventBody | undefined;
}

/** All that is known of one signal. */
export interface SignalStory extends SignalRecord {
  readonly opened: SignalOpenedBody | undefined;
}
