import type { InValue, Row } from '@libsql/client';
import type { Trade } from '../engine/market/events.ts';
import { breathe } from './breathe.ts';
import { guarded } from './errors.ts';
import { insertRows } from './insert-rows.ts';
import type { Database } from './open.ts';
import { type TradeChunk, unpackTrades } from './trade-chunk.ts';

/** Trades, in chunks of one instrument each. */
export interface TradeStore {
  /** Adds chunks, in few batches between which the event loop turns. */
  put(chunks: readonly TradeChunk[]): Promise<void>;
  /**
   * Trades with `from <= ts < to` (ms), oldest first, in portions that are read as they are asked for; with `limit` the newest so many.
   * @throws TransportError, DataError
   */
  read(instrument: string, from: number, to: number, limit?: number): AsyncGenerator<readonly Trade[]>;
  /** The newest trades that are stored: their time, and the ids of that time; undefined where there are none. */
  newest(instrument: string): Promise<{ readonly ts: number; readonly ids: ReadonlySet<string> } | undefined>;
  /** Drops up to `limit` chunks that end before `olderThan`. @returns how many */
  prune(olderThan: number, limit: number): Promise<number>;
}

/** Chunks in one batch: some hundred kilobytes. */
const WRITE = 8;
const READ = 8;

const COLUMNS = 'instrument, first, last, count, data';
const PAGE = `SELECT id, first, data FROM trades WHERE instrument = ?1 AND last >= ?2 AND first < ?3
  AND (first > ?4 OR (first = ?4 AND id > ?5)) ORDER BY first, id LIMIT ${READ}`;
const BACKWARDS = `SELECT id, first, last, count, data FROM trades WHERE instrument = ?1 AND last >= ?2 AND first < ?3
  AND (first < ?4 OR (first = ?4 AND id < ?5)) ORDER BY first DESC, id DESC LIMIT ${READ}`;
const PRUNE = 'DELETE FROM trades WHERE id IN (SELECT id FROM trades WHERE last < ? ORDER BY last LIMIT ?)';

const bytesOf = (value: Row[string]): Uint8Array => new Uint8Array(value as ArrayBuffer);

export function createTradeStore({ client }: Database): TradeStore {
  async function put(chunks: readonly TradeChunk[]): Promise<void> {
    for (let i = 0; i < chunks.length; i += WRITE) {
      if (i > 0) await breathe();
      const rows = chunks
        .slice(i, i + WRITE)
        .map(({ instrument, first, last, count, data }): InValue[] => [instrument, first, last, count, data]);
      await client.batch([...insertRows(`trades (${COLUMNS})`, rows, '')], 'write');
    }
  }

  /** Chunks may overlap where trades came late: what might still be preceded waits. */
  async function* forwards(instrument: string, from: number, to: number): AsyncGenerator<Trade[]> {
    let waiting: Trade[] = [];
    let place: readonly [number, number] = [Number.MIN_SAFE_INTEGER, 0];
    for (;;) {
      const args = [instrument, from, to, ...place];
      const { rows } = await guarded('reading trades', () => client.execute({ sql: PAGE, args }));
      for (const row of rows) {
        const first = Number(row.first);
        const isReady = waiting.findIndex(({ ts }) => ts >= first);
        const ready = isReady < 0 ? waiting : waiting.slice(0, isReady);
        if (ready.length > 0) yield ready;
        const more = await unpackTrades(instrument, bytesOf(row.data));
        const kept = more.filter(({ ts }) => ts >= from && ts < to);
        const rest = isReady < 0 ? [] : waiting.slice(isReady);
        waiting = rest.length === 0 ? kept : [...rest, ...kept].sort((a, b) => a.ts - b.ts);
        place = [first, Number(row.id)];
      }
      if (rows.length < READ) break;
      await breathe();
    }
    if (waiting.length > 0) yield waiting;
  }

  /** How many trades of a range there are, counted from the newest back until there are enough. */
  async function countBack(instrument: string, from: number, to: number, enough: number) {
    let total = 0;
    let start = to;
    let place: readonly [number, number] = [Number.MAX_SAFE_INTEGER, 0];
    while (total < enough) {
      const args = [instrument, from, to, ...place];
      const { rows } = await guarded('reading trades', () => client.execute({ sql: BACKWARDS, args }));
      for (const row of rows) {
        const isWhole = Number(row.first) >= from && Number(row.last) < to;
        const inside = async () =>
          (await unpackTrades(instrument, bytesOf(row.data))).filter(({ ts }) => ts >= from && ts < to).length;
        total += isWhole ? Number(row.count) : await inside();
        start = Number(row.first);
        place = [start, Number(row.id)];
        if (total >= enough) break;
      }
      if (rows.length < READ) break;
      await breathe();
    }
    return { total, start };
  }

  /** What is counted from the start of the oldest chunk that is needed may be more by what overlaps: the rest is skipped. */
  async function* newestOf(instrument: string, from: number, to: number, limit: number): AsyncGenerator<Trade[]> {
    const { start } = await countBack(instrument, from, to, limit);
    const begin = Math.max(from, start);
    const { total } = await countBack(instrument, begin, to, Number.POSITIVE_INFINITY);
    let skip = Math.max(0, total - limit);
    for await (const trades of forwards(instrument, begin, to)) {
      const kept = trades.slice(skip);
      skip = Math.max(0, skip - trades.length);
      if (kept.length > 0) yield kept;
    }
  }

  async function newest(instrument: string) {
    const sql = 'SELECT last, data FROM trades WHERE instrument = ? ORDER BY last DESC, id DESC LIMIT 1';
    const { rows } = await client.execute({ sql, args: [instrument] });
    if (rows.length === 0) return undefined;
    const ts = Number(rows[0].last);
    const trades = await unpackTrades(instrument, bytesOf(rows[0].data));
    return { ts, ids: new Set(trades.filter((trade) => trade.ts === ts).map(({ id }) => id)) };
  }

  return {
    put: (chunks) => guarded('storing trades', () => put(chunks)),
    read: (instrument, from, to, limit) =>
      limit === undefined ? forwards(instrument, from, to) : newestOf(instrument, from, to, limit),
    newest: (instrument) => guarded('reading trades', () => newest(instrument)),
    prune: (olderThan, limit) =>
      guarded(
        'pruning trades',
        async () => (await client.execute({ sql: PRUNE, args: [olderThan, limit] })).rowsAffected,
      ),
  };
}
