import { reloadWords } from '../commands/audited.ts';
import type { ReloadReport } from '../commands/ports.ts';
import type { Config } from '../config.ts';
import { startFault } from '../db/faults.ts';
import type { Journal } from '../db/journal.ts';
import { lockDatabase } from '../db/lock.ts';
import { type Database, openDatabase } from '../db/open.ts';
import type { Clock } from '../engine/clock.ts';
import { checkAddress } from '../web/address.ts';
import { atMost } from './at-most.ts';
import { DEFAULTS } from './command-ports.ts';
import { feedsOf, recorderOf } from './feeds.ts';
import { missedTrades, rememberedSymbols } from './ingest.ts';
import { takeUpJournal } from './journal.ts';
import { takeFolder } from './own-folder.ts';
import type { RootLogger } from './part-logger.ts';
import { type BuildOptions, buildParts, type Parts } from './parts.ts';
import type { Terminal } from './platforms.ts';
import { createLiveSettings } from './reload.ts';
import { schedule } from './schedule.ts';
import { stopParts } from './stop.ts';
import { createStores } from './stores.ts';
import { watchFromTheStart } from './watching.ts';

export interface AppOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: RootLogger;
  /** Reads the settings as they are now; undefined where they cannot change. */
  readonly reread?: () => Config;
  /** Told as soon as the HTTP side listens, before anything is sent or shown. */
  readonly opened?: (port: number) => void;
  /** The terminal to open the console in; undefined where there is none. */
  readonly terminal?: Terminal;
  /** Told what the operator should mend though the program runs; default: the log. */
  readonly notice?: (line: string) => void;
}

export interface App {
  /** Where the HTTP side listens. */
  readonly port: number;
  /** Reads the settings again. @throws ConfigError where something is wrong with them; nothing is changed then */
  reload(): ReloadReport;
  stop(): Promise<void>;
}

/** How long the start waits for what the venues list before it goes on without it, in ms. */
const LIST_PATIENCE_MS = 5_000;

/**
 * Wires all parts, starts them in an order in which nothing is lost, and gives back how to stop them.
 * @throws ConfigError for what the operator can mend; nothing is left running then
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, clock, log } = options;
  // What can be refused without a trace is refused before anything is made.
  const settings = createLiveSettings({ config, reread: withBackupFolder(options.reread), log });
  takeFolder(config, 'BACKUP_FOLDER');
  const recorder = recorderOf(config, clock, log);
  const { all: feeds, ingest } = feedsOf(config, clock, log, recorder);
  await checkAddress(config.HTTP_HOST, config.HTTP_PORT);
  const lock = await lockDatabase(config.DATABASE_URL);
  let database: Database | undefined;
  let journal: Journal | undefined;
  const close = async (): Promise<void> => {
    await journal?.close();
    await database?.close();
    await lock.release();
  };
  try {
    database = await openDatabase({
      url: config.DATABASE_URL,
      ...(config.DATABASE_AUTH_TOKEN === undefined ? {} : { authToken: config.DATABASE_AUTH_TOKEN }),
      log: log.part('db'),
      now: clock.now,
    });
    const stores = createStores(database);
    journal = await takeUpJournal(config.DATABASE_URL, stores.firings, log.part('db'));
    ingest.remember(await rememberedSymbols(stores.meta), missedTrades(stores));
    return await run({ ...options, feeds, ingest, recorder, stores, settings, database, journal }, close);
  } catch (error) {
    await close();
    throw startFault(error, config.DATABASE_URL);
  }
}

/** A folder that cannot be had is no less wrong when the settings are read again. */
function withBackupFolder(reread: AppOptions['reread']): AppOptions['reread'] {
  if (reread === undefined) return undefined;
  return () => {
    const next = reread();
    takeFolder(next, 'BACKUP_FOLDER');
    return next;
  };
}

/** By a signal: nobody in a chat did it. */
function reloaded({ settings, stores, log }: BuildOptions): ReloadReport {
  const report = settings.reload();
  const who = { chatKey: 'system', userId: 'system', userName: 'SIGHUP' };
  const what = { what: 'config.reload', subject: 'settings', before: undefined, after: reloadWords(report) };
  stores.audit
    .add({ ...who, ...what })
    .catch((error: unknown) => log.error({ err: error }, 'a change of the settings could not be noted'));
  return report;
}

/** @param close closes the database when all else has stopped */
async function run(options: AppOptions & BuildOptions, close: () => Promise<void>): Promise<App> {
  const { clock, log, opened } = options;
  const parts = await buildParts(options);
  // Whoever asks the open port for prices must not have the feeds tell what was missed before the rules are there.
  const release = parts.market.hold();
  let jobs: { stop(): void } | undefined;
  const stop = async (): Promise<void> => {
    jobs?.stop();
    parts.listings.stop();
    parts.sweep.stop();
    parts.storage.stop();
    parts.missed.stop();
    parts.heartbeats.stop();
    parts.ledgerHeads.stop();
    await stopParts({ parts, close, clock, log });
  };
  try {
    const { port } = await parts.web.start();
    opened?.(port);
    jobs = await startParts(options, parts, release);
    // Last: a start that fails must not hear from threads that were cut off at their work.
    parts.charts.warm();
    return { port, reload: () => reloaded(options), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Prices first, then the rules that need them, then the messages that are owed, then the people. */
async function startParts(
  { config, clock, log, stores, settings, notice = (line) => log.warn({}, line) }: AppOptions & BuildOptions,
  parts: Parts,
  rulesLoaded: () => void,
): Promise<{ stop(): void }> {
  const {
    market,
    rules,
    feeds,
    missed,
    heartbeats,
    ledgerHeads,
    listings,
    dispatcher,
    sweep,
    platforms,
    gate,
    storage,
  } = parts;
  storage.start();
  await missed.open();
  await market.recall();
  const listed = market.start();
  const isListed = await atMost(clock, LIST_PATIENCE_MS, listed);
  await rules.load();
  await feeds.load();
  rulesLoaded();
  listings.start();
  await missed.start();
  const watch = () => watchFromTheStart(settings.current(), market, DEFAULTS.quote, notice);
  // A venue that does not answer keeps neither the others nor the people waiting.
  if (isListed) await atMost(clock, LIST_PATIENCE_MS, watch());
  else watch().then(() => listed.then(watch), noteFault);
  settings.onChange((names) => {
    if (names.has('SYMBOLS')) watch().catch(noteFault);
  });
  await dispatcher.start();
  await sweep.start();
  heartbeats.start();
  ledgerHeads.start();
  await Promise.all(platforms.map((platform) => platform.start(gate.service)));
  function noteFault(error: unknown): void {
    log.error({ err: error }, 'what is watched from the start could not be prepared');
  }
  return schedule({ stores, clock, log: log.part('jobs'), url: config.DATABASE_URL, settings });
}
