import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { breathe } from './breathe.ts';
import { databaseFile } from './faults.ts';
import type { FiringCommit, FiringStore } from './firings.ts';
import { makeFolder } from './folder.ts';
import { openJournalFile } from './journal-file.ts';
import type { Logger } from './open.ts';
import { realPath } from './real-path.ts';

/** What a journal holds at most, in bytes: some 30,000 firings. So much of the disk is taken beforehand. */
const LIMIT = 32 * 1_048_576;
/** Where the journal of a server's database is. */
const DATA = 'data';

/** Firings that are committed, with what belongs to them, while the database takes nothing. */
export interface Journal {
  /** Resolves when it is on the disk. @throws where there is no room, or the disk refuses */
  append(commit: FiringCommit): Promise<void>;
  /** Commits that wait to be put into the database. */
  waiting(): number;
  /**
   * Puts what waits into the database, oldest first, each exactly once however often this is cut off, and is empty then.
   * @returns how many commits
   * @throws what the store throws; what it has taken by then waits no more
   */
  replay(store: Pick<FiringStore, 'commit' | 'mark'>): Promise<number>;
  close(): Promise<void>;
}

/** Where the journal of a database is: beside its file, whatever link it is named by; undefined for memory, which nothing survives. */
export function journalPath(url: string): string | undefined {
  const file = databaseFile(url);
  if (file !== undefined) return `${realPath(file)}.journal`;
  if (!/^(libsql|https?|wss?):/i.test(url)) return undefined;
  return join(DATA, `${createHash('sha256').update(url).digest('hex').slice(0, 12)}.journal`);
}

/** @throws where the file cannot be read or made */
export async function openJournal(path: string, log: Logger, limit = LIMIT): Promise<Journal> {
  await makeFolder(dirname(path));
  const file = await openJournalFile(path, limit, (error) =>
    log.warn({ err: error, bytes: limit }, 'the disk has no room to keep firings beside the database'),
  );
  /** How many records the database has. */
  let done = 0;

  /** The program may have ended before it could clear the file. */
  async function taken(store: Pick<FiringStore, 'mark'>): Promise<number> {
    const [name, count] = ((await store.mark()) ?? '').split(' ');
    return name === file.name ? Number(count) : 0;
  }

  return {
    append: (commit) => file.append(Buffer.from(JSON.stringify(commit))),
    waiting: () => file.count() - done,
    async replay(store) {
      const first = Math.max(done, await taken(store));
      done = first;
      while (done < file.count()) {
        const commit = JSON.parse((await file.read(done)).toString('utf8')) as FiringCommit;
        await store.commit(commit, `${file.name} ${done + 1}`);
        done++;
        await breathe();
      }
      const count = done - first;
      if (done > 0) await file.clear();
      done = 0;
      return count;
    },
    close: file.close,
  };
}
