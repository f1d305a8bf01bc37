import { breathe } from '../db/breathe.ts';
import { sizeOf, splitCommit } from '../db/commit-parts.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import { rootCause } from '../db/errors.ts';
import { shortFault } from '../db/faults.ts';
import type { FiringCommit, FiringStore } from '../db/firings.ts';
import type { StorageFault } from '../db/health.ts';
import type { Journal } from '../db/journal.ts';
import type { Outage } from '../db/outages.ts';
import type { RuleStateChange } from '../db/rule-changes.ts';
import type { SignalFeedChange } from '../db/signal-feeds.ts';
import type { Clock } from '../engine/clock.ts';
import { TransportError } from '../engine/errors.ts';
import type { LedgerEntry } from '../engine/ledger/rows.ts';
import type { Firing } from '../engine/rules/rule.ts';
import { createBacklog } from './backlog.ts';
import { createBriefStates } from './brief-states.ts';
import type { Logger } from './part-logger.ts';

const RETRY_MS = 250;
const LONGEST_RETRY_MS = 2_000;
/** Changes of state that nobody is told of wait for more of their kind, for so long at most, in ms: each batch costs a wait for the disk. */
const GATHER_MS = 50;
/** So many wait for no more. */
const GATHERED = 2_000;

/**
 * Commits firings with their deliveries and the rules' new states: all of one moment in one batch, before anything is sent. What the
 * database does not take is kept in the journal, and put into the database when that works again.
 */
export interface FiringWriter {
  add(item: {
    firings?: readonly Firing[];
    deliveries?: readonly NewDelivery[];
    states?: readonly RuleStateChange[];
    outages?: readonly Outage[];
    ledger?: readonly LedgerEntry[];
    feeds?: readonly FeedTurn[];
  }): void;
  /** A rule is gone, and with it what was still to be written of its being blind. */
  forget(ruleId: string): void;
  /** Resolves when all that was added so far and is not held back is committed: in the database, or in the journal while that takes nothing. */
  settled(): Promise<void>;
  /** Resolves when all of it is in the database. @throws TransportError where that takes nothing just now */
  stored(): Promise<void>;
  /** Resolves with whether all that was added so far outlives the program, in the database or in the journal. */
  tried(): Promise<boolean>;
  /** Firings, deliveries and states that are not in the database yet. */
  waiting(): number;
  /** Firings that wait for the database to work again. */
  kept(): number;
  /** Firings that could be kept nowhere, since the start. */
  dropped(): number;
  /** Since when nothing can be stored, in ms, and why; undefined while all is well. */
  fault(): StorageFault | undefined;
  stop(): Promise<void>;
}

/** Something came of a feed: where its strategy stands is asked when that is written, once for all of it. */
export interface FeedTurn {
  readonly id: string;
  change(): SignalFeedChange;
}

interface Batch extends FiringCommit {
  firings: Firing[];
  deliveries: NewDelivery[];
  states: RuleStateChange[];
  outages: Outage[];
  ledger: LedgerEntry[];
  feeds: SignalFeedChange[];
}

const empty = (): Batch => ({ firings: [], deliveries: [], states: [], outages: [], ledger: [], feeds: [] });

/**
 * @param committed called after each commit to the database that holds deliveries
 * @param journal undefined: what the database does not take is held in memory
 */
export function createFiringWriter(
  store: Pick<FiringStore, 'commit' | 'mark'>,
  clock: Clock,
  log: Logger,
  committed: () => void,
  journal?: Journal,
): FiringWriter {
  const backlog = createBacklog(journal, log);
  const brief = createBriefStates();
  let cancelBrief: (() => void) | undefined;
  let next = empty();
  /** By the feed: however much came of it, it is asked once. */
  let turns = new Map<string, FeedTurn>();
  /** What is being committed. */
  let held = 0;
  let running: Promise<void> | undefined;
  let stopping = false;
  let fault: StorageFault | undefined;
  let tries = 0;
  let retryAt = 0;
  let wake = (): void => undefined;
  const waiters: (() => void)[] = [];

  function noteFault(error: unknown): void {
    const reason = shortFault(rootCause(error)) ?? (error instanceof Error ? error.message : 'unknown');
    fault = { since: fault?.since ?? clock.now(), reason };
    retryAt = clock.now() + Math.min(RETRY_MS * 2 ** Math.min(tries, 6), LONGEST_RETRY_MS);
    tries++;
    log.error({ err: error, tries, waiting: backlog.size() }, 'firings cannot be stored, trying again');
  }

  /** Where something waits already, this waits behind it: nothing overtakes. */
  async function commit(part: FiringCommit): Promise<void> {
    if (backlog.isEmpty()) {
      try {
        await store.commit(part);
        if (part.deliveries.length > 0) committed();
        return;
      } catch (error) {
        noteFault(error);
      }
    }
    await backlog.keep(part);
  }

  /** Whether what was added can wait for more: at a start thousands of rules change their state, a few at a time. */
  function canWait(): boolean {
    const isTold =
      next.firings.length > 0 || next.deliveries.length > 0 || next.outages.length > 0 || next.ledger.length > 0;
    return !isTold && !stopping && waiters.length === 0 && next.states.length < GATHERED;
  }

  async function gather(): Promise<void> {
    const until = clock.now() + GATHER_MS;
    while (canWait() && clock.now() < until) await pause(until);
  }

  const unwritten = (): number => sizeOf(next) + turns.size;

  /** All that was added so far; what the engine did is all in it, so that no strategy runs ahead of its signals. */
  function take(): Batch {
    const batch = next;
    for (const { change } of turns.values()) batch.feeds.push(change());
    next = empty();
    turns = new Map();
    return batch;
  }

  async function commitNext(): Promise<void> {
    while (unwritten() > 0) {
      if (canWait()) await gather();
      const batch = take();
      held = sizeOf(batch);
      for (const part of splitCommit(batch)) {
        await commit(part);
        held -= sizeOf(part);
        // Local calls never let go of the thread by themselves.
        if (held > 0) await breathe();
      }
    }
    for (const told of waiters.splice(0)) told();
  }

  async function storeBacklog(): Promise<void> {
    try {
      await backlog.replay(store);
      log.info({ forMs: clock.now() - (fault?.since ?? clock.now()) }, 'the database takes firings again');
      fault = undefined;
      tries = 0;
      committed();
    } catch (error) {
      noteFault(error);
    }
  }

  /** Until then, or until there is something new. */
  async function pause(until: number): Promise<void> {
    let cancel = (): void => undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      cancel = clock.after(until - clock.now(), resolve);
    });
    cancel();
  }

  async function run(): Promise<void> {
    for (;;) {
      await commitNext();
      if (!backlog.isEmpty() && (stopping || clock.now() >= retryAt)) await storeBacklog();
      if (unwritten() > 0) continue;
      if (backlog.isEmpty() || stopping) break;
      await pause(retryAt);
    }
    running = undefined;
  }

  function begin(): void {
    // Everything that the same event brought about is added before this runs.
    running ??= Promise.resolve().then(run);
    wake();
  }

  /** @param until what was held back by then, in ms; everything where it is missing */
  function release(until?: number): void {
    cancelBrief?.();
    cancelBrief = undefined;
    const states = brief.release(until);
    if (states.length > 0) {
      next.states.push(...states);
      begin();
    }
    awaitBrief();
  }

  /** What is held back is written when its time has come. */
  function awaitBrief(): void {
    const dueAt = brief.dueAt();
    if (dueAt !== undefined && !stopping) cancelBrief ??= clock.after(dueAt - clock.now(), () => release(clock.now()));
  }

  /** Resolves when nothing is left that is not at least kept. */
  async function settled(): Promise<void> {
    if (unwritten() === 0 && held === 0) return;
    await new Promise<void>((resolve) => {
      waiters.push(resolve);
      wake();
    });
  }

  return {
    add({ firings = [], deliveries = [], states = [], outages = [], ledger = [], feeds = [] }) {
      next.firings.push(...firings);
      next.deliveries.push(...deliveries);
      next.states.push(...brief.take(states, clock.now()));
      next.outages.push(...outages);
      next.ledger.push(...ledger);
      for (const turn of feeds) turns.set(turn.id, turn);
      awaitBrief();
      if (unwritten() > 0) begin();
    },
    forget: brief.forget,
    settled,
    async stored() {
      release();
      await settled();
      if (backlog.isEmpty()) return;
      throw new TransportError('database: firings wait to be stored', { retryable: true, reason: 'storage' });
    },
    async tried() {
      release();
      await settled();
      return backlog.isDurable();
    },
    waiting: () => unwritten() + brief.size() + held + backlog.size(),
    kept: backlog.firings,
    dropped: backlog.dropped,
    fault: () => fault,
    async stop() {
      stopping = true;
      release();
      wake();
      await running;
    },
  };
}
