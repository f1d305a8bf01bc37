import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, type Logger, openDatabase } from './open.ts';

export const quietLog: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export interface TempDatabase {
  readonly database: Database;
  readonly url: string;
  readonly folder: string;
  /** Opens the same file once more, as a restart does. */
  reopen(): Promise<Database>;
  drop(): Promise<void>;
}

/** For tests: a new database in a file of its own. */
export async function createTempDatabase(now: () => number = () => 1_700_000_000_000): Promise<TempDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-db-'));
  const url = `file:${join(folder, 'test.db')}`;
  const open = (): Promise<Database> => openDatabase({ url, log: quietLog, now });
  const opened: Database[] = [await open()];
  return {
    database: opened[0],
    url,
    folder,
    async reopen() {
      opened.push(await open());
      return opened.at(-1)!;
    },
    async drop() {
      for (const database of opened) await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
