import { dirname } from 'node:path';
import { type Client, createClient } from '@libsql/client';
import { drizzle, type LibSQLDatabase } from 'drizzle-orm/libsql';
import { ConfigError } from '../engine/errors.ts';
import { guarded } from './errors.ts';
import { databaseFile, describeFault } from './faults.ts';
import { makeFolder } from './folder.ts';
import { createHealth, type Health, type StorageFault } from './health.ts';
import { checkPages } from './integrity.ts';
import { bringUpToDate } from './migrate.ts';
import { patientClient } from './patient-client.ts';

export interface Logger {
  debug(obj: object, msg: string): void;
  info(obj: object, msg: string): void;
  warn(obj: object, msg: string): void;
  error(obj: object, msg: string): void;
}

export interface Database {
  readonly client: Client;
  readonly orm: LibSQLDatabase;
  /** Milliseconds since the epoch: when rows are made. */
  readonly now: () => number;
  /** Why it cannot be written just now, as far as writes tell; undefined while all is well. */
  fault(): StorageFault | undefined;
  /** Tries a write that changes nothing. Never rejects: `fault` tells. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** `file:data/bellwether.db`, `:memory:`, `libsql://host`, `http://host:port`. */
  readonly url: string;
  readonly authToken?: string;
  readonly log: Logger;
  readonly now: () => number;
  /** Where the migrations are; the program's own if absent. */
  readonly migrations?: string;
}

/** Another process's lock would freeze our thread for as long as this: the client waits instead, and the thread goes on. */
const LOCK_WAIT_MS = 0;

/** Each connection has its own. What must not be lost is on the disk when a write returns. */
const PRAGMAS = 'PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON';
/** A write that changes nothing. */
const TRY = 'PRAGMA user_version = 0';

function isLocal(url: string): boolean {
  return url === ':memory:' || /^file:/i.test(url);
}

function describe(error: unknown, file: string): string {
  return describeFault(error, file) ?? `${file} cannot be opened or created`;
}

async function connect(options: DatabaseOptions, file: string | undefined, health: Health): Promise<Client> {
  const { url, authToken } = options;
  if (file !== undefined) await makeFolder(dirname(file));
  // SQLite takes an empty path for a database that is gone with the process.
  else if (/^file:[/]*([?#]|$)/i.test(url)) throw new ConfigError('a file URL without a path');
  // One connection: local calls are synchronous anyway, and so every call sees the PRAGMAs.
  const own = createClient({ url, authToken, concurrency: isLocal(url) ? 1 : 20, timeout: LOCK_WAIT_MS });
  const prepare = () => own.executeMultiple(PRAGMAS);
  const client = patientClient(own, health, file === undefined ? undefined : prepare);
  try {
    if (isLocal(url)) {
      await client.execute('PRAGMA journal_mode = WAL');
      await prepare();
      // A write at the start finds out what is read-only before anything depends on it.
      await client.execute(TRY);
      await checkPages(client);
    }
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/**
 * Opens the database and brings its schema up to date.
 * @throws ConfigError naming DATABASE_URL
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const file = databaseFile(options.url);
  const health = createHealth(options.now);
  let client: Client;
  try {
    client = await connect(options, file, health);
  } catch (error) {
    const what = file === undefined ? 'it cannot be used (file:…, libsql://…, http(s)://…)' : describe(error, file);
    throw new ConfigError(`DATABASE_URL: ${what}`, { cause: error });
  }
  const database: Database = {
    client,
    orm: drizzle(client),
    now: options.now,
    fault: health.fault,
    async probe() {
      try {
        await client.execute(TRY);
      } catch (error) {
        options.log.debug({ err: error }, 'the database still cannot be written');
      }
    },
    async close() {
      if (client.closed) return;
      try {
        if (file !== undefined) await client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
      } catch (error) {
        options.log.warn({ err: error }, 'the journal was not folded into the database');
      }
      client.close();
    },
  };
  try {
    await guarded('the first look', () => bringUpToDate(database, file, options.log, options.migrations));
    return database;
  } catch (error) {
    client.close();
    if (error instanceof ConfigError) throw error;
    const cause = error instanceof Error ? error.cause : error;
    const what = file === undefined ? 'the server does not answer, or refuses the token' : describe(cause, file);
    throw new ConfigError(`DATABASE_URL: ${what}`, { cause });
  }
}
