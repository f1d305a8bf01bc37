import { constants } from 'node:fs';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient, LibsqlError } from '@libsql/client';
import { ConfigError } from '../engine/errors.ts';
import { databaseFile, describeFault } from './faults.ts';
import { makeFolder } from './folder.ts';
import { realPath } from './real-path.ts';

export interface DatabaseLock {
  /** Once is enough, more do nothing. */
  release(): Promise<void>;
}

/** Who lets go at this very moment is waited for, in ms. */
const WAIT_MS = 250;

/**
 * Keeps a second program off the database: both would send the same messages. What is held is an open transaction on the empty
 * database `<file>.lock`, so the system itself lets go of it with the process, however that ends. Numbers of processes, which
 * containers share and systems give out again, decide nothing: `<file>.pid` is for people. Servers and memory are not locked.
 * Both files are where the database really is: two names of it are one database.
 * @throws ConfigError naming DATABASE_URL
 */
export async function lockDatabase(url: string): Promise<DatabaseLock> {
  const named = databaseFile(url);
  if (named === undefined) return { async release() {} };
  const file = realPath(named);
  try {
    await makeFolder(dirname(file));
    // The system says why; SQLite would only say that it cannot.
    await access(dirname(file), constants.W_OK);
    const letGo = await hold(`${file}.lock`);
    await writeFile(`${file}.pid`, `${process.pid} ${hostname()}\n`);
    let isHeld = true;
    return {
      async release() {
        if (!isHeld) return;
        isHeld = false;
        await rm(`${file}.pid`, { force: true });
        letGo();
      },
    };
  } catch (error) {
    throw new ConfigError(`DATABASE_URL: ${await reasonOf(error, file)}`, { cause: error });
  }
}

/** @returns what lets go */
async function hold(path: string): Promise<() => void> {
  const client = createClient({ url: pathToFileURL(path).href, timeout: WAIT_MS, concurrency: 1 });
  try {
    // The transaction writes nothing, so it needs no journal beside it.
    await client.execute('PRAGMA journal_mode = MEMORY');
    const held = await client.transaction('write');
    return () => {
      // A connection that is closed inside a transaction may keep its locks until it is collected.
      held.close();
      client.close();
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

async function reasonOf(error: unknown, file: string): Promise<string> {
  if (error instanceof LibsqlError && /BUSY|LOCKED/.test(error.code)) {
    const holder = await holderOf(file);
    return `${file} is in use by another Bellwether (${holder}): stop that one, or give this one a file of its own`;
  }
  return describeFault(error, file) ?? `${file} cannot be opened or created`;
}

/** `process 1234`, with the machine where it is another one, or another container. */
async function holderOf(file: string): Promise<string> {
  const text = await readFile(`${file}.pid`, 'utf8').catch(() => '');
  const [, pid, host] = /^(\d+) (\S+)\n$/.exec(text) ?? [];
  if (pid === undefined) return 'one that is just starting';
  return `process ${pid}${host === hostname() ? '' : ` on ${host}`}`;
}
