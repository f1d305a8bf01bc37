import { constants, copyFile, link, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient, LibsqlError } from '@libsql/client';
import { ConfigError } from '../engine/errors.ts';
import { rootCause } from './errors.ts';
import { databaseFile, describeFault } from './faults.ts';
import { makeFolder } from './folder.ts';
import { checkWhole } from './integrity.ts';
import { lockDatabase } from './lock.ts';
import { pendingSteps } from './migrate.ts';
import { isOneFile, realPath } from './real-path.ts';
import { flush } from './snapshot.ts';

/** What belongs to a database file, and must not be read together with another one. */
const BESIDE = ['-wal', '-shm', '.journal'] as const;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** Copies a snapshot, with what a copy of a running database has beside it, and makes one good file of it. @throws ConfigError */
async function stage(from: string, staged: string): Promise<void> {
  await rm(staged, { force: true });
  await copyFile(from, staged);
  for (const beside of ['-wal', '-shm']) await rm(`${staged}${beside}`, { force: true });
  if (await exists(`${from}-wal`)) await copyFile(`${from}-wal`, `${staged}-wal`);
  const client = createClient({ url: pathToFileURL(staged).href });
  try {
    await checkWhole(client);
    const { empty } = await pendingSteps(client, from);
    if (empty) throw new ConfigError(`${from} is empty`);
    await client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    await client.execute('PRAGMA journal_mode = DELETE');
  } finally {
    client.close();
  }
  await flush(staged);
}

/** The file gets a second name: it is never away from its own. */
async function keepAside(file: string, aside: string): Promise<void> {
  try {
    await link(file, aside);
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') {
      throw new ConfigError(`nothing was restored: ${aside} is there already, of a restore just now; try again`);
    }
    // Not every file system knows two names of one file.
    await copyFile(file, aside, constants.COPYFILE_EXCL);
  }
}

/** What a restore did. */
export interface Restored {
  readonly file: string;
  /** Where that is which was there before; undefined where nothing was. */
  readonly aside: string | undefined;
}

/**
 * Puts a snapshot in the place of the database that `url` names. What was there is kept beside it, with the journal of firings that it
 * had not taken: they belong to another story than the snapshot tells.
 * @param now in ms
 * @throws ConfigError where the program runs, or the snapshot is not good; nothing is changed then
 */
export async function restoreSnapshot(url: string, named: string, now: number): Promise<Restored> {
  const place = databaseFile(url);
  if (place === undefined)
    throw new ConfigError('DATABASE_URL names no file: a server’s database is restored on the server');
  // A link stays one: what it leads to is replaced.
  const [file, from] = [realPath(place), realPath(named)];
  if (!(await exists(from))) throw new ConfigError(`${named} is not there`);
  if (await isOneFile(file, from)) throw new ConfigError(`${named} is the database itself: name a snapshot`);
  const staged = `${file}.restoring`;
  // It would be removed before it is read.
  if (await isOneFile(staged, from))
    throw new ConfigError(`${named} is what a restore has left that was cut off: name a snapshot`);
  await makeFolder(dirname(file));
  const lock = await lockDatabase(url);
  try {
    await stage(from, staged);
    const aside = (await exists(file)) ? `${file}.replaced-${stamp(now)}` : undefined;
    if (aside !== undefined) await keepAside(file, aside);
    for (const beside of BESIDE) {
      if (!(await exists(`${file}${beside}`))) continue;
      if (aside === undefined) await rm(`${file}${beside}`);
      else await rename(`${file}${beside}`, `${aside}${beside}`);
    }
    await rename(staged, file);
    await flush(dirname(file));
    return { file, aside };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const cause = rootCause(error);
    const isDamaged = cause instanceof LibsqlError && /CORRUPT|NOTADB/.test(cause.code);
    const what = isDamaged ? `${from} is damaged, or no database: take another one` : describeFault(cause, file);
    throw new ConfigError(`nothing was restored: ${what ?? String(cause)}`, { cause });
  } finally {
    for (const rest of ['', '-wal', '-shm', '-journal']) await rm(`${staged}${rest}`, { force: true });
    await lock.release();
  }
}

const stamp = (now: number): string => new Date(now).toISOString().slice(0, 19).replaceAll(':', '-');
