import type { NewDelivery } from '../db/delivery-rows.ts';
import type { FiringStore } from '../db/firings.ts';
import type { Outage } from '../db/outages.ts';
import type { RuleStateChange } from '../db/rule-changes.ts';
import type { Clock } from '../engine/clock.ts';
import type { Firing } from '../engine/rules/rule.ts';
import type { Logger } from './part-logger.ts';

const RETRY_MS = 250;

/** Stores firings with their deliveries and the rules' new states: all of one moment in one batch, before anything is sent. */
export interface FiringWriter {
  add(item: {
    firings?: readonly Firing[];
    deliveries?: readonly NewDelivery[];
    states?: readonly RuleStateChange[];
    outages?: readonly Outage[];
  }): void;
  /** Resolves when all that was added so far is stored. */
  settled(): Promise<void>;
  /** Resolves with whether all that was added so far is stored: not true as soon as it is known that it cannot be for now. */
  tried(): Promise<boolean>;
  /** What waits to be stored. */
  waiting(): number;
  /** Since when nothing can be stored, in ms, and why; undefined while all is well. */
  fault(): { readonly since: number; readonly reason: string } | undefined;
  stop(): Promise<void>;
}

interface Batch {
  firings: Firing[];
  deliveries: NewDelivery[];
  states: RuleStateChange[];
  outages: Outage[];
}

const empty = (): Batch => ({ firings: [], deliveries: [], states: [], outages: [] });
const sizeOf = ({ firings, deliveries, states, outages }: Batch): number =>
  firings.length + deliveries.length + states.length + outages.length;

/** @param committed called after each batch that holds deliveries */
export function createFiringWriter(
  store: FiringStore,
  clock: Clock,
  log: Logger,
  committed: (firings: readonly Firing[]) => void,
): FiringWriter {
  let next = empty();
  let running: Promise<void> | undefined;
  let stopping = false;
  let fault: { readonly since: number; readonly reason: string } | undefined;
  let held = 0;
  const onFault = new Set<() => void>();

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      clock.after(ms, resolve);
    });
  }

  /** What cannot be stored is tried again as it was: nothing overtakes it. */
  async function storeBatch(batch: Batch): Promise<void> {
    held = sizeOf(batch);
    for (let tries = 1; ; tries++) {
      try {
        await store.commit(batch);
        fault = undefined;
        held = 0;
        if (batch.deliveries.length > 0) committed(batch.firings);
        return;
      } catch (error) {
        fault ??= { since: clock.now(), reason: error instanceof Error ? error.message : 'unknown' };
        for (const tell of onFault) tell();
        log.error({ err: error, tries, firings: batch.firings.length }, 'firings could not be stored, trying again');
        if (stopping && tries >= 3) return;
        await sleep(Math.min(RETRY_MS * 2 ** Math.min(tries, 6), 10_000));
      }
    }
  }

  async function run(): Promise<void> {
    while (sizeOf(next) > 0) {
      const batch = next;
      next = empty();
      await storeBatch(batch);
    }
    running = undefined;
  }

  async function doneOrFault(work: Promise<void>): Promise<void> {
    let tell = (): void => undefined;
    const failed = new Promise<void>((resolve) => {
      tell = resolve;
    });
    onFault.add(tell);
    await Promise.race([work, failed]);
    onFault.delete(tell);
  }

  return {
    add({ firings = [], deliveries = [], states = [], outages = [] }) {
      next.firings.push(...firings);
      next.deliveries.push(...deliveries);
      next.states.push(...states);
      next.outages.push(...outages);
      // Everything that the same event brought about is added before this runs.
      running ??= Promise.resolve().then(run);
    },
    async settled() {
      while (running !== undefined) await running;
    },
    async tried() {
      while (running !== undefined && fault === undefined) await doneOrFault(running);
      return fault === undefined;
    },
    waiting: () => sizeOf(next) + held,
    fault: () => fault,
    async stop() {
      stopping = true;
      while (running !== undefined) await running;
    },
  };
}
