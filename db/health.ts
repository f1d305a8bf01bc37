import { rootCause } from './errors.ts';
import { shortFault } from './faults.ts';

/** Since when the database cannot be written, in ms, and why, in a few words. */
export interface StorageFault {
  readonly since: number;
  readonly reason: string;
}

/** What is known of whether the database can be written, from how its writes fared. */
export interface Health {
  worked(kind: string): void;
  failed(kind: string, error: unknown): void;
  /** Undefined while all is well. */
  fault(): StorageFault | undefined;
}

/** What failed and was not tried again for so long counts no more, in ms: longer than any part waits with its next try. */
const FORGOTTEN_MS = 15_000;

interface Failure {
  readonly since: number;
  readonly at: number;
  readonly reason: string;
}

/**
 * On a full disk small writes go on working while larger ones fail, so each kind of write is well only when its like has worked again. A lock
 * is over for all at once.
 */
export function createHealth(now: () => number): Health {
  const failures = new Map<string, Failure>();

  return {
    worked(kind) {
      if (failures.size === 0) return;
      failures.delete(kind);
      for (const [other, { reason }] of failures) if (reason === LOCKED) failures.delete(other);
    },
    failed(kind, error) {
      const reason = shortFault(rootCause(error));
      if (reason === undefined) return;
      const at = now();
      failures.set(kind, { since: failures.get(kind)?.since ?? at, at, reason });
    },
    fault() {
      for (const [kind, { at }] of failures) if (now() - at > FORGOTTEN_MS) failures.delete(kind);
      if (failures.size === 0) return undefined;
      const all = [...failures.values()];
      const newest = all.reduce((a, b) => (b.at >= a.at ? b : a));
      return { since: Math.min(...all.map(({ since }) => since)), reason: newest.reason };
    },
  };
}

const LOCKED = shortFault({ code: 'SQLITE_BUSY' });
