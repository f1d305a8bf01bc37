import { chmod, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client';
import { ConfigError } from '../engine/errors.ts';
import { rootCause } from './errors.ts';
import { describeFault } from './faults.ts';
import { makeFolder } from './folder.ts';
import { checkWhole } from './integrity.ts';
import { realPath } from './real-path.ts';
import { checkTarget } from './snapshot-target.ts';

/** Left free on the disk beside a snapshot, in bytes: the program has to go on. */
const SPARE = 64 * 1_048_576;

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => ({ size: 0 }))).size;

async function checkRoom(file: string, folder: string): Promise<void> {
  const needed = (await sizeOf(file)) + (await sizeOf(`${file}-wal`)) + SPARE;
  const { bavail, bsize } = await statfs(folder);
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1_048_576)} MB`;
  if (bavail * bsize >= needed) return;
  throw new ConfigError(
    `${folder} has no room for a snapshot: ${megabytes(needed)} are needed, ${megabytes(bavail * bsize)} are free`,
  );
}

/** Has the disk hold what was written. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Copies the database of that name as it is at one moment, whoever uses it meanwhile, and reads the whole copy: it is there under its name only when it
 * is good. Takes its time on the caller's thread: the program has it done by a process of its own.
 * @throws ConfigError
 */
export async function writeSnapshot(named: string, target: string): Promise<void> {
  const file = realPath(named);
  const half = `${target}.part`;
  if ((await sizeOf(file)) === 0) throw new ConfigError(`${file} is not there: DATABASE_URL names no database`);
  await checkTarget(file, target, half);
  try {
    await makeFolder(dirname(target));
    await checkRoom(file, dirname(target));
    await rm(half, { force: true });
    const source = createClient({ url: pathToFileURL(file).href, timeout: 5_000 });
    try {
      await source.execute({ sql: 'VACUUM INTO ?', args: [half] });
    } finally {
      source.close();
    }
    const copy = createClient({ url: pathToFileURL(half).href });
    try {
      await checkWhole(copy);
    } finally {
      copy.close();
    }
    await chmod(half, 0o600);
    await flush(half);
    await rename(half, target);
  } catch (error) {
    await rm(half, { force: true });
    if (error instanceof ConfigError) throw error;
    const cause = rootCause(error);
    throw new ConfigError(`no snapshot was made: ${describeFault(cause, file) ?? String(cause)}`, { cause });
  }
}
