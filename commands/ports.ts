import type { PictureRequest } from '../charts/request.ts';
import type { AuditEntry, AuditStore } from '../db/audit.ts';
import type { BlockStore } from '../db/blocks.ts';
import type { Chat, ChatSettings, ChatStore } from '../db/chats.ts';
import type { Definition, DefinitionStore } from '../db/definitions.ts';
import type { LedgerStore } from '../db/ledger.ts';
import type { ListedMarket } from '../db/markets.ts';
import type { Mute, MuteStore } from '../db/mutes.ts';
import type { Outage } from '../db/outages.ts';
import type { Person, PingStore } from '../db/pings.ts';
import type { Proposal, ProposalStore } from '../db/proposals.ts';
import type { RuleChange, StoredRule } from '../db/rules.ts';
import type { StoredStrategy, StrategyStore } from '../db/strategies.ts';
import type { UserStore } from '../db/users.ts';
import type { ViewStore } from '../db/views.ts';
import type { Webhook, WebhookStore } from '../db/webhooks.ts';
import type { Clock } from '../engine/clock.ts';
import type { RuleText } from '../engine/language/ast.ts';
import type { Bar, BookEvent, Trade } from '../engine/market/events.ts';
import type { FactSource } from '../engine/market/facts.ts';
import type { SymbolTable } from '../engine/market/symbols.ts';
import type { Trial } from '../engine/preflight/trial.ts';
import type { Analyses, AnalysisName } from '../engine/quant/analyses.ts';
import type { Firing } from '../engine/rules/rule.ts';
import type { SearchReport } from '../engine/strategies/search/report.ts';
import type { RuleView } from '../engine/views.ts';
import type { Place } from './platform.ts';
import type { QuotaLimits } from './quota.ts';
import type { Asker } from './service.ts';
import type { BacktestPort, SearchPort, SignalFeedsPort } from './strategy-ports.ts';

export type {
  AuditEntry,
  Chat,
  ChatSettings,
  Definition,
  Firing,
  Mute,
  Outage,
  Person,
  Proposal,
  RuleView,
  SearchReport,
  StoredRule,
  StoredStrategy,
};

/** pino-shaped. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface BarsAnswer {
  /** Oldest first. */
  readonly closed: readonly Bar[];
  /** The bar that is still open; undefined before its first trade. */
  readonly open: Bar | undefined;
}

/** How one feed or platform is doing. */
export interface PartStatus {
  readonly name: string;
  readonly state: string;
  /** Ms since it was last heard of. */
  readonly ageMs: number | undefined;
  readonly detail: string | undefined;
}

/** How many streams of a feed are in which state, and the few worst. */
export interface StreamCounts {
  readonly connecting: number;
  readonly live: number;
  readonly stale: number;
  readonly resyncing: number;
  readonly down: number;
  /** `trades btcusdt`, with how long ago its newest message came, in ms. */
  readonly worst: readonly { readonly name: string; readonly state: string; readonly ageMs: number | undefined }[];
}

export interface FeedReport extends PartStatus {
  /** For how long it has been in this state, in ms. */
  readonly sinceMs: number;
  /** Instruments of it that are watched. */
  readonly watched: number;
  /** Absent where a feed has but one stream. */
  readonly streams?: StreamCounts;
}

/** What is known of the markets. */
export interface MarketPort {
  readonly symbols: SymbolTable;
  /** Venues whose list of symbols could not be had yet: that `symbols` has no match proves nothing about them. */
  unlisted(): readonly string[];
  /** Price and time (ms) of the newest trade or bar; undefined before the first. */
  price(instrument: string): { readonly price: number; readonly ts: number } | undefined;
  /**
   * The newest `count` closed bars, or fewer where there are no more, fetched where they are missing. Subscribes to the instrument.
   * @throws TransportError while the venue cannot be asked
   */
  bars(instrument: string, interval: number, count: number): Promise<BarsAnswer>;
  /** What is known of facts by their keys since `from` (ms) and of the time before. */
  facts(keys: readonly string[], from: number): Promise<FactSource>;
  /** Names of the facts that ever came, of whatever instrument. */
  factNames(): readonly string[];
  /** Bars that are held already, without waiting for anything. */
  held(instrument: string, interval: number, count: number): BarsAnswer;
  /** Instruments that are watched, in the order in which they began to be. */
  watched(): readonly string[];
  /** Makes sure that trades of the instrument come in, for an hour from now at least. */
  watch(instrument: string): void;
  /**
   * The newest order book, subscribed to for an hour from now; waits a little for the first one.
   * @throws UserError where the venue has none, or none came in time
   */
  book(instrument: string): Promise<BookEvent>;
  feeds(): readonly FeedReport[];
}

/** The simulator, where it is a feed: things can be had happen. */
export interface SimulatorPort {
  /**
   * @param symbol undefined: all
   * @param size `5%`, `30s`; undefined: the usual one
   * @returns the size: a share of the price, or a length in ms
   * @throws UserError where the size is none
   */
  order(order: {
    readonly what: 'crash' | 'pump' | 'gap' | 'silence' | 'calm';
    readonly symbol: string | undefined;
    readonly size: string | undefined;
  }): number | Promise<number>;
}

/** What was stored, for whoever wants all of it. */
export interface ArchivePort {
  /** Trades with `from <= ts < to` (ms), oldest first, in portions that are read as they are asked for; with `limit` the newest so many. */
  trades(instrument: string, from: number, to: number, limit?: number): AsyncIterable<readonly Trade[]>;
  /** Closed bars with `from <= start < to`, oldest first. @throws TransportError */
  bars(instrument: string, interval: number, from: number, to: number): Promise<readonly Bar[]>;
}

/** How a delivery went. */
export interface DeliveryView {
  readonly id: string;
  /** `alert`, or what else is owed for a firing. */
  readonly kind: string;
  readonly state: string;
  /** When it is tried, in ms. */
  readonly dueAt: number;
  /** Why it was made to wait: see `held-words.ts`. */
  readonly held: string | undefined;
  /** The delivery in whose message it is told. */
  readonly carrierId: string | undefined;
  /** The platform's id of the message that tells it. */
  readonly messageId: string | undefined;
  readonly finishedAt: number | undefined;
  readonly error: string | undefined;
}

/** The rules of all chats, stored and running. */
export interface RulesPort {
  /** Stores a rule and sets it running. */
  create(rule: {
    readonly chatKey: string;
    readonly ownerId: string;
    readonly text: string;
    readonly rule: RuleText;
    /** Names of the chat's definitions that it was written with. */
    readonly definitions?: readonly string[];
  }): Promise<StoredRule>;
  /** Gives a rule another text; it starts anew. */
  replace(id: string, text: string, rule: RuleText): Promise<StoredRule | undefined>;
  get(id: string): Promise<StoredRule | undefined>;
  byNumber(chatKey: string, number: number): Promise<StoredRule | undefined>;
  list(chatKey: string): Promise<readonly StoredRule[]>;
  remove(id: string, cause: string): Promise<boolean>;
  /** Brings a removed one back as it was and sets it running. @returns undefined where it was not removed */
  restore(id: string, cause: string): Promise<StoredRule | undefined>;
  /** Removed ones, the last removed first; with `number` those that had it. */
  removed(chatKey: string, limit: number, number?: number): Promise<readonly StoredRule[]>;
  /** Stops it until it is resumed, or with `until` (ms) for a time. */
  pause(id: string, until?: number): Promise<void>;
  resume(id: string): Promise<void>;
  /** How it stands in the engine; undefined where it is not running. */
  view(id: string): RuleView | undefined;
  /** The rule's text as the engine runs it. */
  running(id: string): RuleText | undefined;
  /** Newest first. */
  firings(id: string, limit: number): Promise<readonly Firing[]>;
  firing(id: string): Promise<Firing | undefined>;
  /** The chat's firings on an instrument with `from <= ts < to` (ms). */
  firingsBetween(instrument: string, from: number, to: number, chatKey: string): Promise<readonly Firing[]>;
  /** How many alerts of a chat fired with `from <= ts < to` (ms). */
  firedBetween(chatKey: string, from: number, to: number): Promise<number>;
  changes(id: string, limit: number): Promise<readonly RuleChange[]>;
  deliveries(firingId: string): Promise<readonly DeliveryView[]>;
  /** What the message of a delivery tells, the first first, by the ids of firings and signals, and the chat that it is owed to. */
  told(deliveryId: string): Promise<ToldTogether | undefined>;
}

export interface ToldTogether {
  readonly chatKey: string;
  readonly ids: readonly string[];
  readonly firings: readonly Firing[];
}

/** What is known of a rule's past. `late`: its history could not be had in time. `short`: there are only `spanMs` of it. `untold`: of these facts
 * no past is known. */
export type PreflightAnswer =
  | { readonly kind: 'untold'; readonly facts: readonly string[] }
  | { readonly kind: 'tried'; readonly trial: Trial }
  | { readonly kind: 'short'; readonly spanMs: number }
  | { readonly kind: 'late' };

/** Tries rules on their past, elsewhere than on this thread. */
export interface PreflightPort {
  /** What the rule would have done. @throws where the replay broke down */
  run(rule: RuleText): Promise<PreflightAnswer>;
}

/** Statistics, computed where they hold up nobody. */
export interface DeskPort {
  /** There will be a question soon. */
  warm(): void;
  /** @throws UserError where the data do not allow it, TransportError where it took too long */
  analyse<K extends AnalysisName>(name: K, input: Analyses[K]['input']): Promise<Analyses[K]['output']>;
}

/** Addresses that put what is posted to them into a chat. */
export interface WebhookPort extends Pick<WebhookStore, 'list' | 'count' | 'remove'> {
  /** The token is told here and never again. */
  create(hook: Pick<Webhook, 'chatKey' | 'template' | 'ownerId'>): Promise<{
    readonly hook: Webhook;
    readonly token: string;
  }>;
}

/** What may still be sent to a chat in a window of time. */
export interface ChatBudget {
  readonly left: number;
  readonly of: number;
  /** Length of the window in ms. */
  readonly ms: number;
}

/** What could be named in FEEDS. */
export interface VenueOffer {
  /** As it is written in FEEDS: `kraken`, `tape:<file>`, `ccxt:<id>`. */
  readonly name: string;
  /** What it is, in a few words. */
  readonly about: string;
  /** Where the name stands for many: each as it is written in FEEDS. */
  readonly members?: readonly string[];
}

/** What reading the settings again came to. */
export interface ReloadReport {
  /** What is in force now. Secrets are never among it. */
  readonly changed: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  /** Names of what counts from the next start on. */
  readonly needRestart: readonly string[];
}

/** Everything that the commands are handed. */
export interface CommandPorts {
  readonly market: MarketPort;
  readonly rules: RulesPort;
  readonly chats: ChatStore;
  readonly users: UserStore;
  readonly definitions: DefinitionStore;
  readonly blocks: BlockStore;
  readonly proposals: ProposalStore;
  readonly audit: AuditStore;
  readonly views: ViewStore;
  readonly mutes: MuteStore;
  readonly pings: PingStore;
  /** What waits in a chat for a reason that may be over is looked at again. */
  readonly reconsider: (chatKey: string) => Promise<void>;
  readonly charts: { render(request: PictureRequest): Promise<Uint8Array> };
  /** Where it is missing, nothing is said of what a rule would have done. */
  readonly preflight?: PreflightPort;
  readonly backtests: BacktestPort;
  readonly searches: SearchPort;
  readonly strategies: StrategyStore;
  readonly feeds: SignalFeedsPort;
  /** Another chat of the asker's platform, where both they and the bot may post. @throws UserError where there is none */
  place(named: string, asker: Asker, isOwner: boolean): Promise<Place>;
  readonly desk: DeskPort;
  /** Missing where nothing listens for what is posted. */
  readonly webhooks?: WebhookPort;
  readonly archive: ArchivePort;
  /** What strategies did, and what came of it. */
  readonly ledger: Pick<LedgerStore, 'signals' | 'story' | 'verify' | 'export' | 'fault'>;
  /** Missing where the simulator is no feed. */
  readonly simulator?: SimulatorPort;
  readonly platforms: () => readonly PartStatus[];
  /** What a venue listed anew when its list was looked at last up to `ts` (ms); undefined where nobody looks. */
  readonly listedLast?: (venue: string, ts: number) => Promise<readonly ListedMarket[]>;
  /** What FEEDS could name, configured or not; nothing is told of it where it is missing. */
  readonly venues?: () => Promise<readonly VenueOffer[]>;
  /** Deliveries by state. */
  readonly outbox: () => Promise<Readonly<Record<string, number>>>;
  /** Why nothing can be stored just now, and what waits for it; undefined, or missing, while all is well. */
  readonly storage?: () => { readonly reason: string; readonly waiting: number } | undefined;
  /** Reads the settings again; missing where they cannot change. @throws ConfigError where something is wrong with them */
  readonly reload?: () => ReloadReport | Promise<ReloadReport>;
  /** Outages of a chat's alerts and stops of the program, the newest first; nothing is told of them where it is missing. */
  readonly outages?: (chatKey: string, limit: number) => Promise<readonly Outage[]>;
  /** How many messages a chat may still be sent now, of how many in how long (ms); undefined where nothing limits them. */
  readonly budget?: (chatKey: string) => ChatBudget | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Signs buttons. */
  readonly secret: string;
  /** A short random text that names a failure in the log. */
  readonly reference: () => string;
  /** Users that may do everything: `telegram:123`. */
  readonly admins: ReadonlySet<string>;
  /** How much may be done in which time; the usual where it is missing. */
  readonly quotas?: QuotaLimits;
  readonly defaults: ChatSettings;
  /** Whether it runs on simulated data without any chat platform. */
  readonly demonstration: boolean;
}
