import type { InValue } from '@libsql/client';
import { DataError } from '../engine/errors.ts';
import type { Bar } from '../engine/market/events.ts';
import { breathe } from './breathe.ts';
import { guarded } from './errors.ts';
import { insertRows } from './insert-rows.ts';
import type { Database } from './open.ts';

/** Closed bars. `interval` in ms. */
export interface BarStore {
  /** Adds bars or replaces those with the same start, in batches between which the event loop turns. @throws DataError on NaN */
  put(instrument: string, interval: number, bars: readonly Bar[]): Promise<void>;
  /** The same for many instruments: at the end of a minute each has a bar or two, and a batch for each would wait for the disk each. */
  putMany(items: readonly BarsOf[]): Promise<void>;
  /** Up to `limit` bars with `from <= start < to`, oldest first: the oldest ones where there are more. */
  range(instrument: string, interval: number, from: number, to: number, limit: number): Promise<readonly Bar[]>;
  /** The newest `n`, oldest first. */
  last(instrument: string, interval: number, n: number): Promise<readonly Bar[]>;
  newestStart(instrument: string, interval: number): Promise<number | undefined>;
  /** Drops up to `limit` bars of all instruments that start before `olderThan`. @returns how many */
  prune(interval: number, olderThan: number, limit: number): Promise<number>;
}

/** Bars of one instrument and length. */
export interface BarsOf {
  readonly instrument: string;
  readonly interval: number;
  readonly bars: readonly Bar[];
}

/** Rows in one call, so that none holds up the thread for more than a few ms. */
const WRITE = 500;
const READ = 1000;
const OLDEST = Number.MIN_SAFE_INTEGER;

const COLUMNS = 'start, open, high, low, close, volume, trades, bought';
const ON_CONFLICT = `ON CONFLICT (interval, instrument, start) DO UPDATE SET open = excluded.open, high = excluded.high,
  low = excluded.low, close = excluded.close, volume = excluded.volume, trades = excluded.trades, bought = excluded.bought`;
/** One instrument after another by a jump in the primary key, not by a look at every bar. */
const INSTRUMENTS = `
  WITH RECURSIVE name(instrument) AS (
    SELECT min(instrument) FROM bars WHERE interval = ?1
    UNION ALL
    SELECT (SELECT min(instrument) FROM bars WHERE interval = ?1 AND instrument > name.instrument) FROM name
    WHERE name.instrument IS NOT NULL
  ) SELECT instrument FROM name WHERE instrument IS NOT NULL`;
const PRUNE = `DELETE FROM bars WHERE interval = ?1 AND instrument = ?2 AND start IN (
  SELECT start FROM bars WHERE interval = ?1 AND instrument = ?2 AND start < ?3 ORDER BY start LIMIT ?4)`;

/**
 * A page of bars as one JSON text: a third of the time that the client takes to make objects of the cells. Seventeen digits are what a
 * number needs to come back as it was.
 */
const packed = (order: 'ASC' | 'DESC'): string => `
  SELECT group_concat(printf('[%d,%!.17g,%!.17g,%!.17g,%!.17g,%!.17g,%d,%s]', start, open, high, low, close, volume, trades,
    iif(bought IS NULL, 'null', printf('%!.17g', bought)))) AS page
  FROM (SELECT ${COLUMNS} FROM bars WHERE interval = ? AND instrument = ? AND start >= ? AND start < ?
    ORDER BY start ${order} LIMIT ?)`;
type PackedBar = readonly [
  ...[start: number, open: number, high: number, low: number, close: number],
  ...[volume: number, trades: number, bought: number | null],
];

function toBar([start, open, high, low, close, volume, trades, bought]: PackedBar): Bar {
  return { start, open, high, low, close, volume, trades, bought: bought ?? undefined };
}

export function createBarStore({ client }: Database): BarStore {
  /** Page by page from the oldest on, or from the newest back. */
  async function pages(instrument: string, interval: number, from: number, to: number, limit: number, newest: boolean) {
    const found: Bar[] = [];
    let [low, high] = [from, to];
    for (;;) {
      const size = Math.min(READ, limit - found.length);
      if (size <= 0) return found;
      const sql = packed(newest ? 'DESC' : 'ASC');
      const { rows } = await client.execute({ sql, args: [interval, instrument, low, high, size] });
      const page = JSON.parse(`[${rows[0].page ?? ''}]`) as readonly PackedBar[];
      for (const bar of page) found.push(toBar(bar));
      if (page.length < size) return found;
      const end = found[found.length - 1].start;
      if (newest) high = end;
      else low = end + 1;
      if (found.length < limit) await breathe();
    }
  }

  function toRow({ instrument, interval }: BarsOf, b: Bar): InValue[] {
    const numbers = [b.start, b.open, b.high, b.low, b.close, b.volume, b.trades];
    if (!numbers.every(Number.isFinite)) throw new DataError('a bar with a value that is no number is not stored');
    const isKnown = b.bought !== undefined && Number.isFinite(b.bought);
    return [interval, instrument, ...numbers, isKnown ? b.bought! : null];
  }

  async function put(items: readonly BarsOf[]): Promise<void> {
    const all = items.flatMap((item) => item.bars.map((bar) => [item, bar] as const));
    for (let i = 0; i < all.length; i += WRITE) {
      if (i > 0) await breathe();
      const rows = all.slice(i, i + WRITE).map(([item, bar]) => toRow(item, bar));
      await client.batch([...insertRows(`bars (interval, instrument, ${COLUMNS})`, rows, ON_CONFLICT)], 'write');
    }
  }

  async function prune(interval: number, olderThan: number, limit: number): Promise<number> {
    const names = await client.execute({ sql: INSTRUMENTS, args: [interval] });
    let dropped = 0;
    for (const row of names.rows) {
      for (let size = WRITE; size === WRITE && dropped < limit; ) {
        const most = Math.min(WRITE, limit - dropped);
        const result = await client.execute({ sql: PRUNE, args: [interval, row.instrument, olderThan, most] });
        size = result.rowsAffected;
        dropped += size;
        await breathe();
      }
      if (dropped >= limit) break;
    }
    return dropped;
  }

  return {
    put: (instrument, interval, bars) => guarded('storing bars', () => put([{ instrument, interval, bars }])),
    putMany: (items) => guarded('storing bars', () => put(items)),
    range: (instrument, interval, from, to, limit) =>
      guarded('reading bars', () => pages(instrument, interval, from, to, limit, false)),
    last: (instrument, interval, n) =>
      guarded('reading bars', async () =>
        (await pages(instrument, interval, OLDEST, Number.MAX_SAFE_INTEGER, n, true)).reverse(),
      ),
    newestStart: (instrument, interval) =>
      guarded('reading bars', async () => {
        const sql = 'SELECT max(start) AS start FROM bars WHERE interval = ? AND instrument = ?';
        const start = (await client.execute({ sql, args: [interval, instrument] })).rows[0].start;
        return start === null ? undefined : Number(start);
      }),
    prune: (interval, olderThan, limit) => guarded('pruning bars', () => prune(interval, olderThan, limit)),
  };
}
