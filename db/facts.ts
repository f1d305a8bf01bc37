import type { Row } from '@libsql/client';
import { DataError } from '../engine/errors.ts';
import type { FactPoint } from '../engine/market/fact-line.ts';
import { breathe } from './breathe.ts';
import { guarded } from './errors.ts';
import { insertRows } from './insert-rows.ts';
import type { Database } from './open.ts';

/** A fact by its name and instrument; `instrument` is undefined where it belongs to none. */
export interface FactName {
  readonly name: string;
  readonly instrument: string | undefined;
}

/** The newest value of a minute, or the sum of what was counted in it. Times in ms. */
export interface FactRow extends FactName, FactPoint {
  /** When the first value that it holds became known. */
  readonly slot: number;
}

/** What became known besides trades and bars. */
export interface FactStore {
  /** Adds rows or replaces those of the same slot, in batches between which the event loop turns. @throws DataError on NaN */
  put(rows: readonly FactRow[]): Promise<void>;
  /** What became known from `from` on, and the one before it, oldest first; the newest `limit` where there are more. */
  since(fact: FactName, from: number, limit: number): Promise<readonly FactPoint[]>;
  /** The newest of every fact. */
  newest(): Promise<readonly FactRow[]>;
  /** Drops up to `limit` rows older than `olderThan`, but never a fact's newest. @returns how many */
  prune(olderThan: number, limit: number): Promise<number>;
}

/** Rows in one call, so that none holds up the thread for more than a few ms. */
const WRITE = 500;
const READ = 1000;
const NO_INSTRUMENT = '';
const ON_CONFLICT = `ON CONFLICT (name, instrument, slot) DO UPDATE SET at = excluded.at, ts = excluded.ts, value = excluded.value`;
/** One fact after another by a jump in the primary key. */
const NEXT = `SELECT name, instrument FROM facts WHERE (name, instrument) > (?, ?) ORDER BY name, instrument LIMIT 1`;
const BACK = `SELECT slot, at, ts, value FROM facts WHERE name = ? AND instrument = ? AND slot < ? ORDER BY slot DESC LIMIT ?`;
const PRUNE = `DELETE FROM facts WHERE name = ?1 AND instrument = ?2 AND slot IN (
  SELECT slot FROM facts WHERE name = ?1 AND instrument = ?2 AND slot < ?3
  AND slot < (SELECT max(slot) FROM facts WHERE name = ?1 AND instrument = ?2) ORDER BY slot LIMIT ?4)`;

const pointOf = (row: Row): FactPoint & { readonly slot: number } => ({
  slot: Number(row.slot),
  at: Number(row.at),
  ts: Number(row.ts),
  value: Number(row.value),
});

export function createFactStore({ client }: Database): FactStore {
  async function put(rows: readonly FactRow[]): Promise<void> {
    for (let i = 0; i < rows.length; i += WRITE) {
      if (i > 0) await breathe();
      const values = rows.slice(i, i + WRITE).map(({ name, instrument = NO_INSTRUMENT, slot, at, ts, value }) => {
        if (![slot, at, ts, value].every(Number.isFinite))
          throw new DataError('a fact that is no number is not stored');
        return [name, instrument, slot, at, ts, value];
      });
      await client.batch(
        [...insertRows('facts (name, instrument, slot, at, ts, value)', values, ON_CONFLICT)],
        'write',
      );
    }
  }

  async function since({ name, instrument = NO_INSTRUMENT }: FactName, from: number, limit: number) {
    const found: FactPoint[] = [];
    let before = Number.MAX_SAFE_INTEGER;
    while (found.length < limit) {
      const size = Math.min(READ, limit - found.length);
      const { rows } = await client.execute({ sql: BACK, args: [name, instrument, before, size] });
      for (const point of rows.map(pointOf)) {
        found.push({ ts: point.ts, at: point.at, value: point.value });
        if (point.at < from) return found.reverse();
        before = point.slot;
      }
      if (rows.length < size) break;
      await breathe();
    }
    return found.reverse();
  }

  async function* names(): AsyncGenerator<readonly [name: string, instrument: string]> {
    let last: readonly [string, string] = ['', ''];
    for (;;) {
      const [row] = (await client.execute({ sql: NEXT, args: [...last] })).rows;
      if (row === undefined) return;
      last = [String(row.name), String(row.instrument)];
      yield last;
    }
  }

  async function newest(): Promise<readonly FactRow[]> {
    const found: FactRow[] = [];
    for await (const [name, instrument] of names()) {
      const { rows } = await client.execute({ sql: BACK, args: [name, instrument, Number.MAX_SAFE_INTEGER, 1] });
      found.push({ name, instrument: instrument === NO_INSTRUMENT ? undefined : instrument, ...pointOf(rows[0]) });
      if (found.length % WRITE === 0) await breathe();
    }
    return found;
  }

  async function prune(olderThan: number, limit: number): Promise<number> {
    let dropped = 0;
    for await (const [name, instrument] of names()) {
      for (let size = WRITE; size === WRITE && dropped < limit; ) {
        const most = Math.min(WRITE, limit - dropped);
        size = (await client.execute({ sql: PRUNE, args: [name, instrument, olderThan, most] })).rowsAffected;
        dropped += size;
        await breathe();
      }
      if (dropped >= limit) break;
    }
    return dropped;
  }

  return {
    put: (rows) => guarded('storing facts', () => put(rows)),
    since: (fact, from, limit) => guarded('reading facts', () => since(fact, from, limit)),
    newest: () => guarded('reading facts', newest),
    prune: (olderThan, limit) => guarded('pruning facts', () => prune(olderThan, limit)),
  };
}
