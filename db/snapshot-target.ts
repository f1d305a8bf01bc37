import { open, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client';
import { ConfigError } from '../engine/errors.ts';
import { isOneFile, realPath } from './real-path.ts';

/** What a database file has beside it, its journal and its lock among them. */
const PARTS = ['', '-wal', '-shm', '-journal', '.journal', '.lock', '.pid'] as const;
const HEADER = 'SQLite format 3\0';

/**
 * A snapshot takes the place of an older one, and of nothing else.
 * @param file the real path of the database
 * @throws ConfigError where the target, or what is written before it gets that name, is in use for something else
 */
export async function checkTarget(file: string, target: string, half: string): Promise<void> {
  for (const path of [target, half]) {
    const part = await partOf(file, path);
    if (part === undefined) continue;
    const what = part === '' ? 'is the database itself' : `belongs to the database ${file}`;
    throw new ConfigError(`${path} ${what}: name another file for the snapshot`);
  }
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory()) throw new ConfigError(`${target} is a folder: name a file in it for the snapshot`);
  if (await isThere(`${realPath(target)}.lock`)) {
    throw new ConfigError(`${target} is the database of a Bellwether: name another file for the snapshot`);
  }
  if (found.isFile() && (await isOurs(target))) return;
  throw new ConfigError(`${target} is there already and is no snapshot of ours: name another file for this one`);
}

/** Which part of the database a path is, by whatever name. */
async function partOf(file: string, path: string): Promise<string | undefined> {
  const real = realPath(path);
  for (const part of PARTS) {
    if (real === `${file}${part}` || (await isOneFile(path, `${file}${part}`))) return part;
  }
  return undefined;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Whether it is a database that the program's migrations have made. */
async function isOurs(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  const { buffer } = await handle.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0).finally(() => handle.close());
  if (buffer.toString('latin1') !== HEADER) return false;
  const client = createClient({ url: pathToFileURL(path).href });
  try {
    const { rows } = await client.execute("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'");
    return rows.length > 0;
  } catch {
    return false;
  } finally {
    client.close();
  }
}
