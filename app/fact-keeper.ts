import type { FactRow, FactStore } from '../db/facts.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent, FactsNeeded, FactTaken, MarketEvent } from '../engine/market/events.ts';
import { type FactPoints, isSummed } from '../engine/market/fact-line.ts';
import { type FactSource, factKey, splitFactKey } from '../engine/market/facts.ts';
import { barStart, MINUTE } from '../engine/market/interval.ts';
import type { Logger } from './part-logger.ts';

const FLUSH_MS = 2_000;
/** Rows that wait at most while the database cannot be written; later ones are dropped. */
const MOST_WAITING = 100_000;
/** Most stored points in one answer. */
const MOST_POINTS = 50_000;

/** Stores what becomes known, and gives it back after a restart. */
export interface FactKeeper {
  /** Stores it in the background, one row a minute. */
  add(event: FactTaken): void;
  /** Gives the engine what is stored of a fact's last time. Never rejects. */
  load(event: FactsNeeded): Promise<void>;
  /** Gives the engine the newest value of every fact. Never rejects. */
  loadNewest(): Promise<void>;
  /** What is known of facts since `from` (ms), stored and held. Never rejects: what cannot be read is not known. */
  read(keys: readonly string[], from: number): Promise<FactSource>;
  stop(): Promise<void>;
}

export interface FactKeeperOptions {
  readonly engine: Engine;
  readonly store: Pick<FactStore, 'put' | 'since' | 'newest'>;
  readonly clock: Clock;
  readonly log: Logger;
  now(): number;
  apply(event: MarketEvent): readonly EngineEvent[];
}

export function createFactKeeper({ engine, store, clock, log, now, apply }: FactKeeperOptions): FactKeeper {
  /** The row of each fact's newest minute. */
  const open = new Map<string, FactRow>();
  let waiting = new Map<string, FactRow>();
  let cancel: (() => void) | undefined;
  let running: Promise<void> | undefined;

  async function write(): Promise<void> {
    const batch = waiting;
    waiting = new Map();
    try {
      await store.put([...batch.values()]);
    } catch (error) {
      log.warn({ err: error, facts: batch.size }, 'facts could not be stored, they wait');
      // What came meanwhile is newer.
      for (const [id, row] of waiting) batch.set(id, row);
      waiting = batch;
    }
  }

  async function flush(): Promise<void> {
    while (running !== undefined) await running;
    if (waiting.size === 0) return;
    running = write().finally(() => {
      running = undefined;
    });
    await running;
  }

  function add({ name, instrument, ts, at, value }: FactTaken): void {
    const key = factKey(name, instrument);
    const last = open.get(key);
    const goesOn = last !== undefined && barStart(last.at, MINUTE) === barStart(at, MINUTE);
    const whole = goesOn && isSummed(name) ? last.value + value : value;
    const row: FactRow = { name, instrument, slot: goesOn ? last.slot : at, at, ts, value: whole };
    open.set(key, row);
    const id = `${key} ${row.slot}`;
    if (waiting.size >= MOST_WAITING && !waiting.has(id)) return;
    waiting.set(id, row);
    cancel ??= clock.after(FLUSH_MS, () => {
      cancel = undefined;
      void flush();
    });
  }

  async function stored(key: string, from: number) {
    try {
      await flush();
      return await store.since(splitFactKey(key), from, MOST_POINTS);
    } catch (error) {
      log.warn({ err: error, fact: key }, 'stored facts could not be read');
      return [];
    }
  }

  /** What is stored of the time before the engine's own, then that. */
  async function pointsOf(key: string, from: number): Promise<FactPoints | undefined> {
    const older = await stored(key, from);
    const held = engine.facts.get(key);
    const first = held === undefined || held.length === 0 ? Number.POSITIVE_INFINITY : held.times[0];
    const before = older.filter(({ at }) => at < first);
    const times = [...before.map(({ at }) => at), ...(held?.times ?? [])];
    return times.length === 0
      ? undefined
      : { times, values: [...before.map(({ value }) => value), ...(held?.values ?? [])] };
  }

  return {
    add,
    async load({ name, instrument, ms }) {
      const points = await stored(factKey(name, instrument), now() - ms);
      if (points.length > 0) apply({ type: 'facts', name, instrument, points });
    },
    async loadNewest() {
      try {
        for (const { name, instrument, ...point } of await store.newest()) {
          apply({ type: 'facts', name, instrument, points: [point] });
        }
      } catch (error) {
        log.warn({ err: error }, 'stored facts could not be read');
      }
    },
    async read(keys, from) {
      const found = new Map<string, FactPoints | undefined>();
      for (const key of keys) found.set(key, await pointsOf(key, from));
      return (key) => found.get(key);
    },
    async stop() {
      cancel?.();
      await flush();
    },
  };
}
