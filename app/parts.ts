import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Dispatcher } from '../bot/delivery/dispatcher.ts';
import { createCommandService } from '../commands/create-service.ts';
import type { ChatPlatform } from '../commands/platform.ts';
import type { CommandPorts } from '../commands/ports.ts';
import type { Config } from '../config.ts';
import { secretsOf } from '../config-secrets.ts';
import type { Journal } from '../db/journal.ts';
import type { Database } from '../db/open.ts';
import type { Clock } from '../engine/clock.ts';
import { Engine } from '../engine/engine.ts';
import type { Feed } from '../feeds/feed.ts';
import type { IngestFeed } from '../feeds/ingest.ts';
import type { Recorder } from '../feeds/recorder.ts';
import { createPagePlatform } from '../web/page-platform.ts';
import type { IngestPort } from '../web/ports.ts';
import { createWebServer, type WebServer } from '../web/server.ts';
import { createAdminNotices } from './admin-notices.ts';
import { type Backtests, createBacktests } from './backtests/backtests.ts';
import { createSearches, type Searches } from './backtests/searches.ts';
import { type BarWriter, createBarWriter } from './bar-writer.ts';
import { type Charts, chartsOf } from './charts.ts';
import { type ChatMover, createChatMover } from './chat-moves.ts';
import { createChatWishes } from './chat-wishes.ts';
import { type CommandGate, createCommandGate } from './command-gate.ts';
import { commandPorts, DEFAULTS } from './command-ports.ts';
import { createDeliveries } from './deliveries.ts';
import { createDesk, type Desk } from './desk/desk.ts';
import { createFailureTally } from './failure-tally.ts';
import { createFiringWriter, type FiringWriter } from './firing-writer.ts';
import { createHeartbeats, type Heartbeats } from './heartbeats.ts';
import { createHooks, type Hooks } from './hooks.ts';
import { createIngest } from './ingest.ts';
import { createLedgerHeads, type LedgerHeads } from './ledger-heads.ts';
import { createListings, type Listings } from './listings.ts';
import { createMarketHost, type MarketHost } from './market-host.ts';
import { createMissedTime, type MissedTime } from './missed-time.ts';
import type { RootLogger } from './part-logger.ts';
import { chatPlatforms, hasChatToken, openTerminal, type Terminal } from './platforms.ts';
import { createPreflight, type Preflight } from './preflight/preflight.ts';
import { createProposalSweep } from './proposal-sweep.ts';
import { record } from './recording.ts';
import type { LiveSettings } from './reload.ts';
import { watchRuleMessages } from './rule-messages.ts';
import { createRulesHost, type RulesHost } from './rules-host.ts';
import { createValueScrub } from './scrub.ts';
import { scrubbedService } from './scrubbed-service.ts';
import { createSignalFeeds, type SignalFeedsHost } from './signal-feeds.ts';
import { createStorageWatch, type StorageWatch } from './storage-watch.ts';
import type { Stores } from './stores.ts';
import { createTradeWriter, type TradeWriter } from './trade-writer.ts';
import { createWebPorts } from './web-ports.ts';

export interface BuildOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: RootLogger;
  readonly stores: Stores;
  readonly settings: LiveSettings;
  readonly database: Pick<Database, 'fault' | 'probe'>;
  /** Undefined: firings that the database does not take are held in memory. */
  readonly journal: Journal | undefined;
  readonly feeds: readonly Feed[];
  /** The one among the feeds that takes what is handed in. */
  readonly ingest: IngestFeed;
  /** Is told everything that the feeds tell; undefined where nothing is recorded. */
  readonly recorder?: Recorder | undefined;
  /** The terminal to open the console in; undefined where there is none. */
  readonly terminal?: Terminal;
}

/** What runs. */
export interface Parts {
  readonly market: MarketHost;
  readonly rules: RulesHost;
  /** Strategies that run live. */
  readonly feeds: SignalFeedsHost;
  /** What knows of the time in which nobody watched. */
  readonly missed: MissedTime;
  readonly heartbeats: Heartbeats;
  readonly ledgerHeads: LedgerHeads;
  readonly listings: Listings;
  readonly bars: BarWriter;
  readonly trades: TradeWriter;
  readonly recorder: Recorder | undefined;
  readonly firings: FiringWriter;
  readonly storage: StorageWatch;
  readonly charts: Charts;
  readonly preflight: Preflight;
  readonly backtests: Backtests;
  readonly searches: Searches;
  readonly desk: Desk;
  readonly platforms: readonly ChatPlatform[];
  /** Everybody's commands pass here. */
  readonly gate: CommandGate;
  readonly dispatcher: Dispatcher;
  readonly sweep: ReturnType<typeof createProposalSweep>;
  readonly web: WebServer;
}

/** Makes all parts and tells each of those that it needs; none of them runs yet. */
export async function buildParts(options: BuildOptions): Promise<Parts> {
  const { config, clock, log, recorder } = options;
  // First what can fail: nothing has to be taken down then.
  const secret = await options.stores.meta.getOrMake('button-secret', () => randomBytes(32).toString('hex'));
  const release = await version();
  const wishes = await createChatWishes(options.stores.chats, options.stores.mutes);
  const stores = { ...options.stores, chats: wishes.chats, mutes: wishes.mutes };
  const engine = new Engine();
  const bars = createBarWriter(stores.bars, clock, log.part('bars'), () => {
    feeds.store();
    return rules.store();
  });
  const market = createMarketHost({
    ...{ engine, feeds: options.feeds, bars: stores.bars, facts: stores.facts, writer: bars, clock },
    log: log.part('market'),
  });
  const trades = createTradeWriter(stores.trades, clock, log.part('trades'));
  if (config.TRADES_RETENTION > 0) {
    market.onEvent((event) => {
      if (event.type === 'trade') trades.add(event);
    });
  }
  if (recorder !== undefined) record(market, recorder);
  const committed = () => dispatcher.wake();
  const firings = createFiringWriter(stores.firings, clock, log.part('firings'), committed, options.journal);
  const missed = createMissedTime({
    ...{ stores, engine, market, rules: () => rules, feeds: () => feeds, writer: firings, clock, log },
    wake: () => dispatcher.wake(),
  });
  const { lateness } = missed;
  const rules = createRulesHost({
    ...{ ...stores, engine, market, writer: firings, clock, lateness },
    log: log.part('rules'),
  });
  const feeds = createSignalFeeds({
    ...{ engine, market, store: stores.signalFeeds, ledger: stores.ledger, writer: firings, clock },
    log: log.part('feeds'),
  });
  watchRuleMessages({ market, writer: firings, clock, stored: rules.stored, resolves: wishes.resolves });
  const listings = createListings({
    ...{ market, rules, markets: stores.markets, meta: stores.meta, writer: firings, clock, random: Math.random },
    log: log.part('listings'),
  });
  const charts = chartsOf(config, clock, log);
  const preflight = preflightOf(market, clock, log);
  const { backtests, searches } = trialsOf(market, clock, log);
  const desk = createDesk({ clock, log: log.part('desk') });
  const page = createPagePlatform(clock);
  const moves = createChatMover(stores.chats, [rules, feeds], stores.audit);
  const platforms = [...outerPlatforms(options, moves), page];
  const { proposals, audit, outbox } = stores;
  const sweep = createProposalSweep({
    ...{ proposals, audit, outbox, clock, wake: () => dispatcher.wake() },
    log: log.part('proposals'),
  });
  const notices = createAdminNotices({
    platforms,
    admins: () => options.settings.admins,
    clock,
    log: log.part('admins'),
  });
  const storage = createStorageWatch({ ...options, writer: firings, tell: notices.storage });
  const inner = { ...options, stores };
  const hooks = hooksOf(inner, market, () => dispatcher.wake());
  const reconsider = async (chatKey: string): Promise<void> => {
    await stores.outbox.releaseHeld(chatKey, clock.now());
    dispatcher.wake();
  };
  const ports: CommandPorts = {
    ...commandPorts(inner, secret, {
      ...{ reconsider, market, rules, feeds, trades, storage, charts, preflight, backtests, searches, desk, platforms },
      hooks,
    }),
    budget: (chatKey) => dispatcher.budgetOf(chatKey),
  };
  const scrub = createValueScrub(secretsOf(config));
  const gate = createCommandGate(scrubbedService(createCommandService(ports), scrub));
  const failures = createFailureTally(platforms.map((platform) => platform.name));
  const dispatcher = createDeliveries(inner, { rules, missed, moves, wishes, platforms, failures }, ports);
  const heartbeats = createHeartbeats({ ...stores, clock, log: log.part('heartbeats'), wake: dispatcher.wake });
  const ledgerHeads = createLedgerHeads({ ...stores, clock, log: log.part('ledger'), wake: dispatcher.wake });
  const web = createWebServer({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    names: config.HTTP_NAMES,
    ...(config.API_TOKEN === undefined ? {} : { apiToken: config.API_TOKEN }),
    ...(config.INGEST_TOKEN === undefined ? {} : { ingestToken: config.INGEST_TOKEN }),
    version: release,
    ports: createWebPorts({
      ...{
        service: gate.service,
        engine,
        market,
        rules,
        feeds,
        platforms,
        clock,
        writer: firings,
        storage,
        dispatcher,
        failures,
      },
      ...{ firings: stores.firings, ledger: stores.ledger, outbox: stores.outbox, trades, tradeStore: stores.trades },
      ...{ scrub, quote: DEFAULTS.quote, hooks, desk, ingest: ingestOf(options, market, bars) },
    }),
    page,
    clock,
    logger: log.part('web'),
  });
  const sides = { platforms, gate, dispatcher, sweep, web };
  return {
    ...{ market, rules, feeds, missed, heartbeats, ledgerHeads, listings, bars, trades, recorder, firings, storage },
    ...{ charts, preflight, backtests, searches, desk },
    ...sides,
  };
}

function ingestOf({ config, stores, ingest, log }: BuildOptions, market: MarketHost, bars: BarWriter): IngestPort {
  const isTape = config.FEEDS.some((name) => name.startsWith('tape:'));
  return createIngest({ feed: ingest, market, bars, meta: stores.meta, isTape, log: log.part('ingest') });
}

function hooksOf({ stores, ingest, clock }: BuildOptions, market: MarketHost, wake: () => void): Hooks {
  const { webhooks: store, outbox, chats } = stores;
  return createHooks({ ...{ store, outbox, chats, market, feed: ingest }, clock, wake });
}

function preflightOf(market: MarketHost, clock: Clock, log: RootLogger): Preflight {
  const { range } = market.history;
  return createPreflight({ range, facts: market.facts, now: market.now, clock, log: log.part('preflight') });
}

function trialsOf(market: MarketHost, clock: Clock, log: RootLogger): Pick<Parts, 'backtests' | 'searches'> {
  const sources = { range: market.history.range, facts: market.facts, clock };
  return {
    backtests: createBacktests({ ...sources, log: log.part('backtests') }),
    searches: createSearches({ ...sources, log: log.part('searches') }),
  };
}

/** Those whose chats are elsewhere, and the terminal where it has the console. */
function outerPlatforms(
  { config, clock, log, stores, terminal }: BuildOptions,
  moves: ChatMover,
): readonly ChatPlatform[] {
  async function membership(key: string, active: boolean): Promise<void> {
    if (active) await stores.chats.activate(key);
    else await stores.chats.deactivate(key, 'the bot was removed');
  }
  const platforms = chatPlatforms(config, clock, log, {
    onMembership(key, active) {
      membership(key, active).catch((error: unknown) =>
        log.warn({ err: error }, 'a chat’s membership could not be noted'),
      );
    },
    async onMoved(oldKey, newKey) {
      await moves.move(oldKey, newKey);
      // Who is told of it is in the chat, whatever was noted of the old one.
      await stores.chats.activate(newKey);
    },
  });
  return terminal === undefined || hasChatToken(config)
    ? platforms
    : [...platforms, openTerminal(config, clock, terminal)];
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version?: string }).version);
}
