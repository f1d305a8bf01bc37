import { breathe } from '../db/breathe.ts';
import { sizeOf } from '../db/commit-parts.ts';
import type { FiringCommit, FiringStore } from '../db/firings.ts';
import type { Journal } from '../db/journal.ts';
import type { Logger } from './part-logger.ts';

/** Firings, deliveries and states that are held in memory at most where the journal takes nothing either. */
const MOST_HELD = 20_000;

/** Commits that the database has not taken, oldest first: in the journal, and behind it in memory where that is full or broken. */
export interface Backlog {
  isEmpty(): boolean;
  /** Whether all of it outlives the program. */
  isDurable(): boolean;
  /** Firings, deliveries and states. */
  size(): number;
  /** Firings alone. */
  firings(): number;
  /** Firings that found no room, since the start. */
  dropped(): number;
  /** Never rejects: what finds no room is dropped and counted. */
  keep(commit: FiringCommit): Promise<void>;
  /** Puts all of it into the database. @throws what the store throws; what it has taken by then is no longer here */
  replay(store: Pick<FiringStore, 'commit' | 'mark'>): Promise<void>;
}

/** @param journal undefined: there is only memory */
export function createBacklog(journal: Journal | undefined, log: Logger): Backlog {
  /** Of what is in the journal: all, and firings. */
  let journaled: { readonly size: number; readonly firings: number }[] = [];
  let held: FiringCommit[] = [];
  let heldSize = 0;
  let dropped = 0;
  /** Whether something of this backlog found no room. */
  let lacks = false;

  async function write(commit: FiringCommit): Promise<boolean> {
    if (journal === undefined || held.length > 0 || lacks) return false;
    try {
      await journal.append(commit);
      journaled.push({ size: sizeOf(commit), firings: commit.firings.length });
      return true;
    } catch (error) {
      log.error({ err: error }, 'firings cannot be written beside the database either, they are held in memory');
      return false;
    }
  }

  function hold(commit: FiringCommit): void {
    const size = sizeOf(commit);
    if (!lacks && heldSize + size <= MOST_HELD) {
      held.push(commit);
      heldSize += size;
      return;
    }
    if (!lacks) log.error({ held: heldSize }, 'there is no room for firings any more, they are dropped and counted');
    // What comes behind something that is missing would tell another story: it is missing, too.
    lacks = true;
    dropped += commit.firings.length;
  }

  return {
    isEmpty: () => journaled.length === 0 && held.length === 0 && !lacks,
    isDurable: () => held.length === 0 && !lacks,
    size: () => journaled.reduce((sum, { size }) => sum + size, heldSize),
    firings() {
      const inMemory = held.reduce((sum, commit) => sum + commit.firings.length, 0);
      return journaled.reduce((sum, { firings }) => sum + firings, inMemory);
    },
    dropped: () => dropped,
    async keep(commit) {
      if (!(await write(commit))) hold(commit);
    },
    async replay(store) {
      try {
        await journal?.replay(store);
      } finally {
        const left = journal?.waiting() ?? 0;
        journaled = left === 0 ? [] : journaled.slice(-left);
      }
      for (let first = held[0]; first !== undefined; first = held[0]) {
        await store.commit(first);
        held = held.slice(1);
        heldSize -= sizeOf(first);
        await breathe();
      }
      lacks = false;
    },
  };
}
