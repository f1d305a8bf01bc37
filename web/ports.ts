import type { CommandService } from '../commands/service.ts';
import type { SignalRecord } from '../engine/ledger/rows.ts';
import type { Bar, Side, Trade } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import type { PairReport } from '../engine/quant/pair-report.ts';
import type { StatsReport } from '../engine/quant/stats-report.ts';

/** pino-shaped. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** How one feed or platform is. */
export interface PartHealth {
  readonly name: string;
  readonly state: 'off' | 'connecting' | 'live' | 'stale' | 'resyncing' | 'down';
  /** Ms since its newest message; undefined before the first. */
  readonly lastMessageAgeMs: number | undefined;
  /** Why it is not live, in one line. */
  readonly detail?: string;
}

/** How a feed is, with its streams. */
export interface FeedHealth extends PartHealth {
  /** Instruments that are watched. */
  readonly symbols: number;
  /** How many streams are in which state, and the few worst; absent where a feed has but one. */
  readonly streams?: Readonly<Record<'connecting' | 'live' | 'stale' | 'resyncing' | 'down', number>> & {
    readonly worst: readonly { readonly name: string; readonly state: string; readonly ageMs: number | undefined }[];
  };
}

export interface ReadinessReport {
  readonly database: { readonly migrated: boolean; readonly detail?: string };
  readonly feeds: readonly FeedHealth[];
  readonly platforms: readonly PartHealth[];
}

/** An instrument that is watched. `price` and `ts` (ms) of its newest trade; undefined before the first. */
export interface SymbolRow extends Pick<InstrumentInfo, 'instrument' | 'symbol' | 'venue' | 'base' | 'quote' | 'kind'> {
  readonly price: number | undefined;
  readonly ts: number | undefined;
  /** State of its data, in the words of the feeds: `live`, `stale`, … */
  readonly state: string;
}

/** A firing as it is shown. `rule` is the canonical text, `late` the ms by which it was told late. */
export interface FiringRow {
  readonly id: string;
  readonly ts: number;
  readonly instrument: string;
  readonly rule: string;
  readonly price: number;
  readonly late?: number;
}

export interface SeriesQuery {
  readonly expr: string;
  readonly symbol: string | undefined;
  /** In ms, as `from` and `to` (`from <= start < to`, as for bars). */
  readonly interval: number;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
}

export interface SeriesAnswer {
  /** Canonical text. */
  readonly expr: string;
  readonly instrument: string;
  readonly interval: number;
  /** Start of a closed bar in ms, as `bars` has it, and the value at that bar's close. */
  readonly points: readonly (readonly [start: number, value: number | null])[];
}

/** What happens in the program, as the stream passes it on. Times and intervals in ms. */
export type StreamEvent =
  | {
      readonly type: 'trade';
      readonly instrument: string;
      readonly ts: number;
      readonly price: number;
      readonly size: number;
      readonly side: Side;
      readonly id: string;
    }
  | ({ readonly type: 'bar'; readonly instrument: string; readonly interval: number } & Bar)
  | ({ readonly type: 'firing' } & FiringRow)
  | {
      readonly type: 'signal';
      readonly id: string;
      readonly ts: number;
      readonly instrument: string;
      readonly side: 'long' | 'short';
      readonly price: number;
      readonly strategy: string;
    }
  /** Something in `health()` or `outbox()` has changed: the server sends the new state to everybody at once. */
  | { readonly type: 'status' };

/** One metric, read at every scrape. Counters give their total so far. */
export interface MetricFamily {
  /** `bellwether_trades_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly values: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

/** What is handed in over HTTP. */
export interface IngestPort {
  /** Takes one item, in any shape. @returns why it is refused; undefined where it is taken */
  post(value: unknown): string | undefined;
  /** Lets others have the thread; resolves when more may be posted. */
  pause(): Promise<void>;
}

/** What came of a call of a webhook. */
export type HookOutcome = 'sent' | 'unknown' | 'too-many' | 'empty';

/** Addresses that put what is posted to them into a chat. */
export interface HookPort {
  /** @param body as it came. @throws TransportError where it cannot be stored */
  call(token: string, body: string): Promise<HookOutcome>;
}

/** Statistics of closed bars, the newest so many. Each throws UserError where the data do not allow it. */
export interface StatisticsPort {
  stats(instrument: string, interval: number, bars: number): Promise<StatsReport>;
  /** `a` is explained by `b`. */
  pair(a: string, b: string, interval: number, bars: number): Promise<PairReport>;
  /** One row for each instrument; NaN where one does not move. */
  correlations(
    instruments: readonly string[],
    interval: number,
    bars: number,
  ): Promise<{
    readonly symbols: string[];
    readonly matrix: readonly (readonly number[])[];
    readonly bars: number;
  }>;
}

/** Everything that the HTTP side needs of the program. */
export interface WebPorts {
  /** The page's console runs the same commands as a chat does. */
  readonly service: CommandService;
  health(): ReadinessReport;
  symbols(): readonly SymbolRow[];
  /** `btcusdt` or `binance:btcusdt` -> the instrument. */
  resolve(symbol: string): string | undefined;
  /** Symbols near a mistyped one, best first. */
  suggest(symbol: string): readonly string[];
  /** The newest `limit` bars with `from <= start < to` (ms), oldest first. */
  bars(
    instrument: string,
    interval: number,
    from: number | undefined,
    to: number | undefined,
    limit: number,
    /** Whoever asks keeps nothing watched. */
    bystander?: boolean,
  ): Promise<readonly Bar[]>;
  /** Stored trades with `from <= ts < to` (ms), oldest first, in portions that are read as they are asked for; with `limit` the newest so many. */
  trades(
    instrument: string,
    from: number | undefined,
    to: number | undefined,
    limit: number | undefined,
  ): AsyncIterable<readonly Trade[]>;
  /** The price of 24 hours ago, by which `/price` measures too, and its time; undefined where it is not known. */
  day(instrument: string): Promise<{ readonly base: number; readonly since: number } | undefined>;
  /** @throws UserError for an expression that cannot be read */
  series(query: SeriesQuery): Promise<SeriesAnswer>;
  readonly statistics: StatisticsPort;
  /** Newest first. */
  firings(limit: number): Promise<readonly FiringRow[]>;
  /** What strategies raised, newest first. */
  signals(
    query: { readonly chatKey?: string; readonly strategy?: string },
    limit: number,
  ): Promise<readonly SignalRecord[]>;
  /** Deliveries by state: `{pending: 2, sent: 140}`. */
  outbox(): Promise<Readonly<Record<string, number>>>;
  /** The listener must be called for every event, in order; it never throws and never waits. */
  subscribe(listener: (event: StreamEvent) => void): () => void;
  /** What a holder needs watched from now on, instead of what it needed before. */
  need(holder: string, instruments: readonly string[]): void;
  metrics(): readonly MetricFamily[];
  readonly ingest: IngestPort;
  readonly hooks: HookPort;
}
