import type { Config } from '../config.ts';
import { openDatabase } from '../db/open.ts';
import type { Clock } from '../engine/clock.ts';
import { atMost } from './at-most.ts';
import { feedsOf } from './feeds.ts';
import type { RootLogger } from './part-logger.ts';
import { buildParts, DEFAULTS, type Parts } from './parts.ts';
import type { Terminal } from './platforms.ts';
import { schedule } from './schedule.ts';
import { createStores, type Stores } from './stores.ts';
import { watchFromTheStart } from './watching.ts';

export interface AppOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: RootLogger;
  /** Told as soon as the HTTP side listens, before anything is sent or shown. */
  readonly opened?: (port: number) => void;
  /** The terminal to open the console in; undefined where there is none. */
  readonly terminal?: Terminal;
}

export interface App {
  /** Where the HTTP side listens. */
  readonly port: number;
  stop(): Promise<void>;
}

/** How long the start waits for what the venues list before it goes on without it, in ms. */
const LIST_PATIENCE_MS = 5_000;

/** Wires all parts, starts them in an order in which nothing is lost, and gives back how to stop them. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, clock, log } = options;
  const database = await openDatabase({
    url: config.DATABASE_URL,
    ...(config.DATABASE_AUTH_TOKEN === undefined ? {} : { authToken: config.DATABASE_AUTH_TOKEN }),
    log: log.part('db'),
    now: clock.now,
  });
  const stores = createStores(database);
  const parts = await buildParts({ ...options, stores, feeds: feedsOf(config, clock, log) });
  const { port } = await parts.web.start().catch(async (error: unknown) => {
    await Promise.allSettled([parts.charts.close(), database.close()]);
    throw error;
  });
  options.opened?.(port);
  const jobs = await startParts(options, parts, stores);
  return {
    port,
    async stop() {
      jobs.stop();
      await parts.market.stop();
      await parts.firings.stop();
      // What is owed goes out while the platforms still can.
      await parts.dispatcher.stop();
      await Promise.allSettled(parts.platforms.map((platform) => platform.stop()));
      await parts.web.stop();
      await parts.bars.stop();
      await parts.charts.close();
      await database.close();
    },
  };
}

/** Prices first, then the rules that need them, then the messages that are owed, then the people. */
async function startParts({ config, clock, log }: AppOptions, parts: Parts, stores: Stores): Promise<{ stop(): void }> {
  const { market, rules, dispatcher, platforms, service } = parts;
  const listed = market.start();
  await atMost(clock, LIST_PATIENCE_MS, listed);
  await rules.load();
  const watched = listed.then(() => watchFromTheStart(config, market, DEFAULTS.quote, log));
  await atMost(clock, LIST_PATIENCE_MS, watched);
  await dispatcher.start();
  for (const platform of platforms) await platform.start(service);
  return schedule({ ...stores, market, clock, log: log.part('jobs'), barsRetention: config.BARS_RETENTION });
}
