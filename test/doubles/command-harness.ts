import { createSearches } from '../../app/backtests/searches.ts';
import { createBarWriter } from '../../app/bar-writer.ts';
import { type ChatWishes, createChatWishes } from '../../app/chat-wishes.ts';
import { type ComposePorts, createChatContexts, createComposer } from '../../app/compose.ts';
import { createFiringWriter } from '../../app/firing-writer.ts';
import { createHooks, type Hooks } from '../../app/hooks.ts';
import { createListings, type Listings } from '../../app/listings.ts';
import { createMarketHost, type MarketHost } from '../../app/market-host.ts';
import { gatherPast } from '../../app/preflight/past.ts';
import { watchRuleMessages } from '../../app/rule-messages.ts';
import { createRulesHost, type RulesHost } from '../../app/rules-host.ts';
import { createSignalFeeds, type SignalFeedsHost } from '../../app/signal-feeds.ts';
import { createSignalMessages } from '../../app/signal-messages.ts';
import { storedTrades } from '../../app/stored-trades.ts';
import { createTradeWriter } from '../../app/trade-writer.ts';
import type { FigureRequest } from '../../charts/figures/request.ts';
import type { ChartRequest } from '../../charts/request.ts';
import { createButtonCodec } from '../../commands/button-codec.ts';
import type { CommandContext } from '../../commands/command.ts';
import { createContexts } from '../../commands/context.ts';
import { createCommandService } from '../../commands/create-service.ts';
import { type Button, type Message, plainText } from '../../commands/message.ts';
import type { CommandPorts, PartStatus } from '../../commands/ports.ts';
import { COMMANDS } from '../../commands/registry.ts';
import { type Asker, type CommandService, chatKey, type PressOutcome } from '../../commands/service.ts';
import type { SearchPort } from '../../commands/strategy-ports.ts';
import { createAuditStore } from '../../db/audit.ts';
import { createBarStore } from '../../db/bars.ts';
import { createBlockStore } from '../../db/blocks.ts';
import { createChatStore } from '../../db/chats.ts';
import { createDefinitionStore } from '../../db/definitions.ts';
import { createFactStore } from '../../db/facts.ts';
import { createFiringStore } from '../../db/firings.ts';
import { createLedgerStore } from '../../db/ledger.ts';
import { createMarketStore } from '../../db/markets.ts';
import { createMetaStore } from '../../db/meta.ts';
import { createMuteStore } from '../../db/mutes.ts';
import { createOutboxStore, type OutboxStore } from '../../db/outbox.ts';
import { createPingStore } from '../../db/pings.ts';
import { createProposalStore } from '../../db/proposals.ts';
import { createRuleStore } from '../../db/rules.ts';
import { createSignalFeedStore, type SignalFeedStore } from '../../db/signal-feeds.ts';
import { createStrategyStore } from '../../db/strategies.ts';
import { createTempDatabase } from '../../db/temp-database.ts';
import { createTradeStore } from '../../db/trades.ts';
import { createUserStore } from '../../db/users.ts';
import { createViewStore } from '../../db/views.ts';
import { createWebhookStore } from '../../db/webhooks.ts';
import { Engine } from '../../engine/engine.ts';
import { UserError } from '../../engine/errors.ts';
import type { FactEvent } from '../../engine/market/events.ts';
import type { InstrumentInfo } from '../../engine/market/instrument.ts';
import { analyse } from '../../engine/quant/analyses.ts';
import { backtest } from '../../engine/strategies/backtest.ts';
import { planBacktest } from '../../engine/strategies/backtest-plan.ts';
import { reportOf } from '../../engine/strategies/report.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createScriptedFeed, type Script, type ScriptedFeed } from './scripted-feed.ts';

/** 2026-01-15T12:00:00Z, a Thursday. */
export const HARNESS_NOW = Date.UTC(2026, 0, 15, 12);
/** A full turn of a scripted price, in ms. */
export const SWING_MS = 4 * 3_600_000;

/** A price that swings by 1 % around `base` once in four hours; at HARNESS_NOW it is `base` and rises. */
export const swing =
  (base: number): Script =>
  (ts) =>
    Math.round(base * (1 + 0.01 * Math.sin((2 * Math.PI * (ts - HARNESS_NOW)) / SWING_MS)) * 100) / 100;

const info = (base: string, quote: string, kind: InstrumentInfo['kind']): InstrumentInfo => {
  const symbol = kind === 'stock' ? base : `${base}${quote}`;
  return { instrument: `sim:${symbol}`, venue: 'sim', symbol, base, quote, kind, tick: 0.01, lot: 0.001, active: true };
};

export const SCRIPTS: Readonly<Record<string, Script>> = {
  btcusdt: swing(60_000),
  ethusdt: swing(3_000),
  solusdt: swing(150),
  aapl: swing(200),
};

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly details: Record<string, unknown>;
  readonly message: string;
}

/** All commands over a database, an engine and a venue of the test's own making. */
export interface CommandHarness {
  readonly service: CommandService;
  readonly ports: CommandPorts;
  readonly market: MarketHost;
  readonly rules: RulesHost;
  readonly feeds: SignalFeedsHost;
  readonly feedStore: SignalFeedStore;
  readonly outbox: OutboxStore;
  readonly wishes: ChatWishes;
  /** What messages are composed with. */
  readonly messages: ComposePorts;
  readonly listings: Listings;
  readonly venue: ScriptedFeed;
  readonly time: ManualClock;
  /** What was to be drawn. */
  readonly drawn: readonly ChartRequest[];
  readonly figures: readonly FigureRequest[];
  readonly log: readonly LogEntry[];
  /** `/alert btc > 70k` as somebody types it. */
  say(line: string, asker?: Asker): Promise<Message>;
  press(button: Button | string, asker?: Asker): Promise<PressOutcome>;
  context(asker?: Asker): Promise<CommandContext>;
  /** A trade now, of 1 unit; what it fires is stored when this resolves. */
  trade(symbol: string, price: number): Promise<void>;
  /** What posting to a webhook does. */
  readonly hooks: Hooks;
  /** Facts that came of that. */
  readonly told: readonly FactEvent[];
  /** The messages that are owed to a chat and were not asked for before, as they would be sent now. */
  owed(asker?: Asker, kind?: string): Promise<readonly (Message | undefined)[]>;
  drop(): Promise<void>;
}

/** Somebody in a private chat; `over` says what is different. */
export function someone(over: Partial<Asker> = {}): Asker {
  return {
    address: { platform: 'telegram', chat: '100' },
    chatTitle: 'Ada',
    chatKind: 'private',
    userId: 'telegram:100',
    userName: 'Ada',
    isChatAdmin: true,
    locale: 'en',
    ...over,
  };
}

/** A member of a group, by default without any rights. */
export function member(user: number, over: Partial<Asker> = {}): Asker {
  return someone({
    address: { platform: 'telegram', chat: '-1001234567890' },
    chatTitle: 'Traders',
    chatKind: 'group',
    userId: `telegram:${user}`,
    userName: `user ${user}`,
    isChatAdmin: false,
    ...over,
  });
}

/** The button with a label. @throws RangeError where there is none */
export function buttonOf(message: Message | undefined, label: string): Button {
  const all = (message?.buttons ?? []).flat();
  const found = all.find((button) => button.label === label);
  if (found === undefined) throw new RangeError(`no button ${label} among ${all.map((button) => button.label)}`);
  return found;
}

/** The labels of its buttons, row by row. */
export const labelsOf = (message: Pick<Message, 'buttons'> | undefined): readonly string[] =>
  (message?.buttons ?? []).flat().map(({ label }) => label);

/** Presses one button after the other, each on what the one before led to. @throws Error where one leads to nothing */
export async function lead(
  harness: Pick<CommandHarness, 'press'>,
  start: Message,
  ...path: readonly string[]
): Promise<Message> {
  let message = start;
  for (const label of path) {
    const { toast, edit } = await harness.press(buttonOf(message, label));
    if (toast !== undefined || edit === undefined) throw new Error(`${label} led to nothing: ${toast}`);
    message = edit;
  }
  return message;
}

export const textOf = (message: Message | undefined): string => (message === undefined ? '' : plainText(message.text));

export async function createCommandHarness(over: Partial<CommandPorts> = {}): Promise<CommandHarness> {
  const time = createManualClock(HARNESS_NOW);
  const { clock } = time;
  const temp = await createTempDatabase(time.now);
  const { database } = temp;
  const log: LogEntry[] = [];
  const note = (level: LogEntry['level']) => (details: object, message: string) =>
    void log.push({ level, details: details as Record<string, unknown>, message });
  const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const listed = [
    info('btc', 'usdt', 'spot'),
    info('eth', 'usdt', 'spot'),
    info('sol', 'usdt', 'spot'),
    info('aapl', 'usd', 'stock'),
  ];
  const venue = createScriptedFeed('sim', listed, SCRIPTS);

  const told: FactEvent[] = [];
  const engine = new Engine();
  const bars = createBarStore(database);
  const facts = createFactStore(database);
  const ledger = createLedgerStore(database);
  const firings = createFiringStore(database, ledger);
  const outbox = createOutboxStore(database);
  const barWriter = createBarWriter(bars, clock, logger);
  const market = createMarketHost({
    engine,
    feeds: [venue.feed],
    bars,
    facts,
    writer: barWriter,
    clock,
    random: () => 1,
    log: logger,
  });
  const tradeStore = createTradeStore(database);
  const trades = createTradeWriter(tradeStore, clock, logger);
  market.onEvent((event) => {
    if (event.type === 'trade') trades.add(event);
  });
  const wishes = await createChatWishes(createChatStore(database), createMuteStore(database));
  const writer = createFiringWriter(firings, clock, logger, () => undefined);
  const rules = createRulesHost({
    ...{ engine, market, rules: createRuleStore(database), firings, outbox, writer, clock },
    log: logger,
  });
  const feedStore = createSignalFeedStore(database);
  const feeds = createSignalFeeds({
    ...{ engine, market, store: feedStore, ledger, writer, clock },
    log: logger,
  });
  const { chats } = wishes;
  watchRuleMessages({ market, writer, clock, stored: rules.stored, resolves: wishes.resolves });
  const hooks = createHooks({
    ...{ store: createWebhookStore(database), outbox, chats, market, clock, wake: () => undefined },
    feed: { tell: (fact) => void told.push(fact) },
  });
  const markets = createMarketStore(database);
  const listings = createListings({
    ...{ market, rules, markets, meta: createMetaStore(database), writer, clock },
    ...{ random: () => 0.5, log: logger },
  });
  const drawn: ChartRequest[] = [];
  const figures: FigureRequest[] = [];
  let references = 0;
  const searches = createSearches({
    ...{ range: market.history.range, facts: market.facts, clock, log: logger, threads: 1 },
  });
  // Few sets on few bars, so that each takes a moment.
  const fewSearches: SearchPort = {
    start: (chat, ownerId, { candidates, from, to }) =>
      searches.start(chat, ownerId, {
        candidates: candidates.map(({ strategy, sets }) => ({ strategy, sets: sets.slice(0, 12) })),
        ...{ from: Math.max(from, to - 960 * candidates[0].strategy.interval), to },
      }),
    ownerOf: searches.ownerOf,
    cancel: searches.cancel,
  };
  const ports: CommandPorts = {
    market,
    rules,
    chats,
    users: createUserStore(database),
    definitions: createDefinitionStore(database),
    blocks: createBlockStore(database),
    proposals: createProposalStore(database),
    audit: createAuditStore(database),
    ledger,
    views: createViewStore(database),
    mutes: wishes.mutes,
    pings: createPingStore(database),
    async reconsider(key) {
      await outbox.releaseHeld(key, time.now());
    },
    webhooks: hooks,
    strategies: createStrategyStore(database),
    feeds,
    async place(named, { address: { platform } }) {
      const isAnnouncement = named === '#news';
      if (platform === 'discord' && named.startsWith('#'))
        return { address: { platform, chat: named.slice(1) }, title: named, kind: 'group', isAnnouncement };
      throw new UserError('place-none', `no ${named} here`);
    },
    backtests: {
      async run(strategy, from, to) {
        const plan = planBacktest(strategy, from, to);
        const past = gatherPast(market.history.range, plan.needs);
        await past.whole;
        const done = backtest(strategy, plan, past.sofar());
        return done === undefined ? { kind: 'short', few: undefined } : { kind: 'done', report: reportOf(done) };
      },
    },
    searches: fewSearches,
    desk: { warm: () => undefined, analyse: async (name, input) => analyse(name, input) },
    charts: {
      async render(request) {
        if ('kind' in request) figures.push(request);
        else drawn.push(request);
        return new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
      },
    },
    archive: {
      trades: (instrument, from, to, limit) => storedTrades({ trades, tradeStore }, instrument, { from, to, limit }),
      bars: market.history.range,
    },
    platforms: (): readonly PartStatus[] => [{ name: 'telegram', state: 'live', ageMs: 1_500, detail: undefined }],
    listedLast: markets.listedLast,
    outbox: () => outbox.counts(clock.now() - 86_400_000),
    clock,
    log: logger,
    secret: 'a secret of the test',
    reference: () => `r${++references}`,
    admins: new Set(['telegram:999']),
    defaults: { venue: undefined, interval: 300_000, quote: 'usdt', timeZone: 'UTC', locale: 'en' },
    demonstration: true,
    ...over,
  };
  const service = createCommandService(ports);
  const contextOf = createContexts(ports, COMMANDS, createButtonCodec(ports.secret));
  // No chat moves in these tests.
  const messages: ComposePorts = { ...ports, rules, moves: { settled: async () => undefined } };
  const signals = createSignalMessages({ ...messages, rows: outbox }, createChatContexts(messages));
  const compose = createComposer(messages, signals);
  let traded = 0;
  await market.start();
  listings.start();
  await listings.settled();

  return {
    ...{
      service,
      ports,
      market,
      rules,
      feeds,
      feedStore,
      outbox,
      wishes,
      messages,
      listings,
      venue,
      time,
      drawn,
      figures,
      log,
      hooks,
      told,
    },
    say(line, asker = someone()) {
      const [, command, text] = /^\/(\S+)\s*([\s\S]*)$/.exec(line)!;
      return service.run({ asker, command, text });
    },
    press: (button, asker = someone()) =>
      service.press({ asker, data: typeof button === 'string' ? button : button.data }),
    context: (asker = someone()) => contextOf(asker),
    async trade(symbol, price) {
      const base = { type: 'trade', side: 'buy', size: 1, ts: time.now() } as const;
      venue.sink()({ ...base, instrument: `sim:${symbol}`, price, id: String(++traded) });
      await writer.settled();
    },
    async owed(asker = someone(), kind = 'alert') {
      const { free: due } = await outbox.peekWith({ id: '0', chatKey: chatKey(asker.address), kind }, time.now(), 100);
      const messages = await Promise.all(due.map(compose));
      for (const { id } of due) await outbox.markSent(id, `m${id}`, time.now());
      return messages;
    },
    async drop() {
      listings.stop();
      await listings.settled();
      await searches.close();
      await market.stop();
      await writer.stop();
      await barWriter.stop();
      await trades.stop();
      await temp.drop();
    },
  };
}
