import type { StorageFault } from '../db/health.ts';
import type { Database } from '../db/open.ts';
import type { Clock } from '../engine/clock.ts';
import type { FiringWriter } from './firing-writer.ts';

/** How often it is looked, in ms. */
const LOOK_MS = 1_000;
/** What is over sooner is nobody's business, in ms. */
const WORTH_TELLING_MS = 3_000;

/** How the database is doing. */
export interface StorageState extends Partial<StorageFault> {
  /** Firings that wait for it. */
  readonly kept: number;
  /** Firings that could be kept nowhere, since the start. */
  readonly dropped: number;
}

/** What the operator is told. Times in ms. */
export type StorageNews =
  | { readonly type: 'began'; readonly fault: StorageFault }
  | { readonly type: 'over'; readonly lastedMs: number; readonly kept: number; readonly dropped: number };

export interface StorageWatch {
  /** `since` and `reason` are there while something cannot be stored. */
  state(): StorageState;
  start(): void;
  stop(): void;
}

export interface StorageWatchOptions {
  readonly database: Pick<Database, 'fault' | 'probe'>;
  readonly writer: Pick<FiringWriter, 'fault' | 'kept' | 'dropped'>;
  readonly clock: Clock;
  /** Told once when a fault has lasted for a while, and once when it is over. */
  readonly tell: (news: StorageNews) => void;
}

/** Watches whether the database can be written, and tries while it cannot: nobody else might. */
export function createStorageWatch({ database, writer, clock, tell }: StorageWatchOptions): StorageWatch {
  let cancel = (): void => {};
  /** What was told, and the most firings that were seen waiting since. */
  let told: { readonly fault: StorageFault; readonly droppedBefore: number; kept: number } | undefined;

  function fault(): StorageFault | undefined {
    const [own, other] = [database.fault(), writer.fault()];
    if (own === undefined || other === undefined) return own ?? other;
    return { since: Math.min(own.since, other.since), reason: own.reason };
  }

  function look(): void {
    cancel = clock.after(LOOK_MS, look);
    const now = fault();
    if (now !== undefined) void database.probe();
    if (told !== undefined) told.kept = Math.max(told.kept, writer.kept());
    if (now !== undefined && told === undefined && clock.now() - now.since >= WORTH_TELLING_MS) {
      told = { fault: now, droppedBefore: writer.dropped(), kept: writer.kept() };
      tell({ type: 'began', fault: now });
    } else if (now === undefined && told !== undefined) {
      const { since } = told.fault;
      const dropped = writer.dropped() - told.droppedBefore;
      tell({ type: 'over', lastedMs: clock.now() - since, kept: told.kept, dropped });
      told = undefined;
    }
  }

  return {
    state: () => ({ ...fault(), kept: writer.kept(), dropped: writer.dropped() }),
    start: look,
    stop: () => cancel(),
  };
}
