import type { FiringStore } from '../db/firings.ts';
import { type Journal, journalPath, openJournal } from '../db/journal.ts';
import type { Logger } from './part-logger.ts';

/**
 * Opens the journal of a database and puts into that what a run before has left there: to be called before anything of it is read.
 * @returns undefined where there is none, or where it cannot be used: firings wait in memory then while the database takes nothing
 * @throws where the database does not take what the journal holds
 */
export async function takeUpJournal(url: string, store: FiringStore, log: Logger): Promise<Journal | undefined> {
  const path = journalPath(url);
  if (path === undefined) return undefined;
  let journal: Journal;
  try {
    journal = await openJournal(path, log);
  } catch (error) {
    log.error(
      { err: error, path },
      'the journal cannot be used: firings are lost if the program ends while the database is down',
    );
    return undefined;
  }
  try {
    const commits = await journal.replay(store);
    if (commits > 0) log.warn({ commits }, 'firings that the database did not take in the last run are in it now');
    return journal;
  } catch (error) {
    await journal.close();
    throw error;
  }
}
