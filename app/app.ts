import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createTerminal } from '../bot/console/terminal.ts';
import { createDispatcher } from '../bot/delivery/dispatcher.ts';
import { createDiscord } from '../bot/discord/discord.ts';
import { createTelegram } from '../bot/telegram/telegram.ts';
import { createCachedRenderer } from '../charts/cached-renderer.ts';
import { createLocalRenderer } from '../charts/local-renderer.ts';
import { createQuickChartRenderer } from '../charts/quickchart-renderer.ts';
import type { ChartRenderer } from '../charts/request.ts';
import { createCommandService } from '../commands/create-service.ts';
import type { ChatPlatform } from '../commands/platform.ts';
import type { CommandPorts, PartStatus } from '../commands/ports.ts';
import type { Config } from '../config.ts';
import { createBarStore } from '../db/bars.ts';
import { createChatStore } from '../db/chats.ts';
import { createFiringStore } from '../db/firings.ts';
import { createMetaStore } from '../db/meta.ts';
import { databaseFile, openDatabase } from '../db/open.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createRuleStore } from '../db/rules.ts';
import { createUserStore } from '../db/users.ts';
import { createViewStore } from '../db/views.ts';
import type { Clock } from '../engine/clock.ts';
import { Engine } from '../engine/engine.ts';
import { DAY, MINUTE } from '../engine/market/interval.ts';
import { createFeed } from '../feeds/registry.ts';
import { createPagePlatform } from '../web/page-platform.ts';
import { createWebServer } from '../web/server.ts';
import { createBarWriter } from './bar-writer.ts';
import { createComposer } from './compose.ts';
import { createFiringWriter } from './firing-writer.ts';
import { createMarketHost, type MarketHost } from './market-host.ts';
import type { RootLogger } from './part-logger.ts';
import { createRulesHost } from './rules-host.ts';
import { schedule } from './schedule.ts';
import { createWebPorts } from './web-ports.ts';

export interface AppOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: RootLogger;
  /** The terminal to open the console in; undefined where there is none. */
  /** Told as soon as the HTTP side listens, before anything is sent or shown. */
  readonly opened?: (port: number) => void;
  readonly terminal?: {
    readonly input: NodeJS.ReadableStream;
    readonly output: NodeJS.WritableStream;
    readonly ended: () => void;
  };
}

export interface App {
  /** Where the HTTP side listens. */
  readonly port: number;
  stop(): Promise<void>;
}

/** How long the start waits for what the venues list before it goes on without it, in ms. */
const LIST_PATIENCE_MS = 5_000;
const DRAWN_CHARTS = 200;
/** Within one bar the same chart is drawn once in this time, in ms: all who ask at a busy moment get the same picture. */
const CHART_FRESH_MS = 10_000;
/** What a demonstration watches from the start. */
const DEMONSTRATION = ['sim:btcusdt', 'sim:ethusdt', 'sim:solusdt', 'sim:aapl', 'sim:googl', 'sim:tsla', 'sim:msft'];

/** Wires all parts, starts them in an order in which nothing is lost, and gives back how to stop them. */
export async function startApp({ config, clock, log, opened, terminal }: AppOptions): Promise<App> {
  const hasChat = config.TELEGRAM_TOKEN !== undefined || config.DISCORD_TOKEN !== undefined;
  const isSimulated = config.FEEDS.every((name) => name === 'sim');
  const now = () => clock.now();
  const database = await openDatabase({
    url: config.DATABASE_URL,
    ...(config.DATABASE_AUTH_TOKEN === undefined ? {} : { authToken: config.DATABASE_AUTH_TOKEN }),
    log: log.part('db'),
    now,
  });
  const stores = {
    bars: createBarStore(database),
    chats: createChatStore(database),
    users: createUserStore(database),
    rules: createRuleStore(database),
    firings: createFiringStore(database),
    outbox: createOutboxStore(database),
    views: createViewStore(database),
    meta: createMetaStore(database),
  };

  const engine = new Engine();
  const writer = createBarWriter(stores.bars, clock, log.part('bars'));
  const feeds = config.FEEDS.map((name) =>
    createFeed(name, {
      clock,
      random: Math.random,
      log: log.part(name.split(':')[0]),
      endpoints: { binance: { wsUrl: config.BINANCE_WS_URL, restUrl: config.BINANCE_REST_URL } },
      sim: { seed: config.SIM_SEED, tradesPerMinute: config.SIM_RATE },
      tape: { speed: config.TAPE_SPEED },
    }),
  );
  const market = createMarketHost({ engine, feeds, bars: stores.bars, writer, clock, log: log.part('market') });
  const firingWriter = createFiringWriter(stores.firings, clock, log.part('firings'), () => dispatcher.wake());
  const rules = createRulesHost({
    engine,
    market,
    rules: stores.rules,
    firings: stores.firings,
    outbox: stores.outbox,
    writer: firingWriter,
    clock,
    log: log.part('rules'),
  });

  const charts = createCachedRenderer(rendererOf(config, log), {
    entries: DRAWN_CHARTS,
    clock,
    freshMs: CHART_FRESH_MS,
  });
  const page = createPagePlatform(clock);
  const platforms: ChatPlatform[] = [
    ...chatPlatforms(config, clock, log, (key, active) => membership(key, active)),
    page,
  ];
  if (terminal !== undefined && !hasChat) platforms.push(openTerminal(config, terminal));

  const ports: CommandPorts = {
    market,
    rules,
    chats: stores.chats,
    users: stores.users,
    views: stores.views,
    charts,
    platforms: () => platforms.map((platform) => partStatus(platform, now())),
    outbox: () => stores.outbox.counts(now() - DAY),
    clock: { now: market.now, after: clock.after },
    log: log.part('commands'),
    secret: await stores.meta.getOrMake('button-secret', () => randomBytes(32).toString('hex')),
    reference: () => randomBytes(2).toString('hex'),
    admins: new Set(config.ADMINS),
    defaults: { venue: undefined, interval: 5 * MINUTE, quote: 'usdt', timeZone: 'UTC', locale: 'en' },
    demonstration: isSimulated,
  };
  const service = createCommandService(ports);
  const dispatcher = createDispatcher({
    outbox: stores.outbox,
    platforms: new Map(platforms.map((platform) => [platform.name, platform])),
    compose: createComposer({ ...ports, rules }),
    async onBlocked(key, reason) {
      await stores.chats.deactivate(key, reason);
    },
    async onMoved(oldKey, newKey) {
      await stores.chats.move(oldKey, newKey);
      rules.moved(oldKey, newKey);
    },
    clock,
    random: Math.random,
    log: log.part('delivery'),
  });

  async function membership(key: string, active: boolean): Promise<void> {
    if (active) await stores.chats.activate(key);
    else await stores.chats.deactivate(key, 'the bot was removed');
  }

  const web = createWebServer({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    ...(config.API_TOKEN === undefined ? {} : { apiToken: config.API_TOKEN }),
    version: await version(),
    ports: createWebPorts({
      service,
      engine,
      market,
      rules,
      firings: stores.firings,
      outbox: stores.outbox,
      writer: firingWriter,
      platforms,
      clock,
      quote: ports.defaults.quote,
    }),
    page,
    clock,
    logger: log.part('web'),
  });

  const { port } = await web.start().catch(async (error: unknown) => {
    await Promise.allSettled([charts.close(), database.close()]);
    throw error;
  });
  opened?.(port);
  const listed = market.start();
  await atMost(LIST_PATIENCE_MS, listed);
  await rules.load();
  const watched = listed.then(watchFromTheStart);
  await atMost(LIST_PATIENCE_MS, watched);
  await dispatcher.start();
  for (const platform of platforms) await platform.start(service);
  const jobs = schedule({
    market,
    bars: stores.bars,
    outbox: stores.outbox,
    views: stores.views,
    clock,
    log: log.part('jobs'),
    barsRetention: config.BARS_RETENTION,
  });

  async function watchFromTheStart(): Promise<void> {
    await Promise.all(
      namesToWatch(config, market).map(async (name) => {
        const found = market.symbols.resolve(name, { venue: undefined, quote: ports.defaults.quote });
        if (found === undefined) log.warn({ symbol: name }, 'SYMBOLS names a symbol that no feed lists');
        else await market.prepare(found.instrument);
      }),
    );
  }

  async function atMost(ms: number, work: Promise<void>): Promise<void> {
    let cancel = (): void => {};
    const patience = new Promise<void>((resolve) => {
      cancel = clock.after(ms, resolve);
    });
    await Promise.race([work, patience]);
    cancel();
  }

  return {
    port,
    async stop() {
      jobs.stop();
      await market.stop();
      await firingWriter.stop();
      // What is owed goes out while the platforms still can.
      await dispatcher.stop();
      await Promise.allSettled(platforms.map((platform) => platform.stop()));
      await web.stop();
      await writer.stop();
      await charts.close();
      await database.close();
    },
  };
}

/** What SYMBOLS says; else some of the simulator's and everything that is on a tape. */
function namesToWatch(config: Config, market: MarketHost): readonly string[] {
  if (config.SYMBOLS.length > 0) return config.SYMBOLS;
  const simulated = market.venues.includes('sim') ? DEMONSTRATION : [];
  const taped = market.venues.includes('tape') ? market.symbols.all().map((info) => info.instrument) : [];
  return [...new Set([...simulated, ...taped])];
}

function rendererOf(config: Config, log: RootLogger): ChartRenderer {
  if (config.CHART_RENDERER === 'quickchart')
    return createQuickChartRenderer({ url: config.QUICKCHART_URL!, log: log.part('charts') });
  const renderer = createLocalRenderer({ log: log.part('charts') });
  renderer.warm().catch((error: unknown) => log.warn({ err: error }, 'the chart workers did not warm up'));
  return renderer;
}

function chatPlatforms(
  config: Config,
  clock: Clock,
  log: RootLogger,
  onMembership: (key: string, active: boolean) => Promise<void>,
): ChatPlatform[] {
  const platforms: ChatPlatform[] = [];
  if (config.TELEGRAM_TOKEN !== undefined) {
    const apiRoot = config.TELEGRAM_API_ROOT === undefined ? {} : { apiRoot: config.TELEGRAM_API_ROOT };
    const noted = (key: string, active: boolean): void => {
      onMembership(key, active).catch((error: unknown) =>
        log.warn({ err: error }, 'a chat’s membership could not be noted'),
      );
    };
    platforms.push(
      createTelegram({
        token: config.TELEGRAM_TOKEN,
        ...apiRoot,
        clock,
        log: log.part('telegram'),
        random: Math.random,
        onMembership: noted,
      }),
    );
  }
  if (config.DISCORD_TOKEN !== undefined) {
    const apiRoot = config.DISCORD_API_ROOT === undefined ? {} : { apiRoot: config.DISCORD_API_ROOT };
    platforms.push(createDiscord({ token: config.DISCORD_TOKEN, ...apiRoot, clock, log: log.part('discord') }));
  }
  return platforms;
}

/** Pictures of the terminal go beside the database. */
function openTerminal(config: Config, terminal: NonNullable<AppOptions['terminal']>): ChatPlatform {
  const folder = join(dirname(databaseFile(config.DATABASE_URL) ?? 'data/x'), 'charts');
  let count = 0;
  return createTerminal({
    ...terminal,
    colour: true,
    async savePicture(png) {
      await mkdir(folder, { recursive: true });
      const path = join(folder, `chart-${++count}.png`);
      await writeFile(path, png);
      return path;
    },
  });
}

function partStatus(platform: ChatPlatform, now: number): PartStatus {
  const { state, lastSeen, detail } = platform.status();
  return { name: platform.name, state, ageMs: lastSeen === undefined ? undefined : now - lastSeen, detail };
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version?: string }).version);
}
