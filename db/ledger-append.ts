import type { Client, InStatement, Row } from '@libsql/client';
import { toJson } from '../engine/ledger/canonical-json.ts';
import { GENESIS, keyOf, type LedgerEntry, type LedgerHead } from '../engine/ledger/rows.ts';
import { insertRows } from './insert-rows.ts';
import { chainBehind, hashOf, type LedgerRow } from './ledger-chain.ts';

/** Key in `meta` of the newest row: what cuts the table short does not cut this. */
const HEAD = 'ledger-head';
const SET_HEAD = 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value';
const INTO = 'ledger (seq, ts, kind, key, body, previous, hash)';

/** The statements that write entries, for the batch of what caused them. */
export interface Appended {
  readonly statements: readonly InStatement[];
  /** To be called when the batch was stored. */
  stored(): void;
}

/** Continues the chain. One of its kind writes at a time. */
export interface LedgerAppender {
  /** What is in the ledger already is skipped, so that a batch that failed is made again as it was. */
  append(entries: readonly LedgerEntry[]): Promise<Appended>;
  /** What was found wrong with the chain's end; undefined while nothing is. */
  fault(): string | undefined;
}

/** A row as the table has it. */
export function toLedgerRow(row: Row): LedgerRow {
  return {
    ...{ seq: Number(row.seq), ts: Number(row.ts), kind: String(row.kind), body: String(row.body) },
    ...{ previous: String(row.previous), hash: String(row.hash) },
  };
}

/** The newest row as it was noted beside the table; undefined where none ever was. */
export async function notedHead(client: Client): Promise<LedgerHead | undefined> {
  const { rows } = await client.execute({ sql: 'SELECT value FROM meta WHERE key = ?', args: [HEAD] });
  const [seq, hash] = String(rows[0]?.value ?? '').split(' ');
  return hash === undefined ? undefined : { seq: Number(seq), hash };
}

/** As the database can hold it. */
const storedKey = (entry: LedgerEntry): string => String(toJson(keyOf(entry)));

const isSame = (a: LedgerHead, b: LedgerHead): boolean => a.seq === b.seq && a.hash === b.hash;

/** Whether rows are what they say, and follow `head` one by one. */
function follows(head: LedgerHead, rows: readonly LedgerRow[]): boolean {
  let last = head;
  return rows.every((row) => {
    const isNext = row.seq === last.seq + 1 && row.previous === last.hash && row.hash === hashOf(row);
    last = row;
    return isNext;
  });
}

export function createLedgerAppender(client: Client): LedgerAppender {
  /** The newest row that this program knows to be right. */
  let known: LedgerHead | undefined;
  let fault: string | undefined;

  /** From the newest that is known to the newest that there is. */
  async function rowsFrom(seq: number): Promise<readonly LedgerRow[]> {
    const { rows } = await client.execute({ sql: 'SELECT * FROM ledger WHERE seq >= ? ORDER BY seq', args: [seq] });
    return rows.map(toLedgerRow);
  }

  /**
   * Where the chain goes on. What somebody did to its end does not move it: the next row then names a row that is not there, and
   * every look at the ledger finds that, however much later. Signals are recorded all the same.
   */
  async function end(): Promise<{ readonly head: LedgerHead; readonly newest: number }> {
    const from = known ?? (await notedHead(client)) ?? GENESIS;
    const rows = await rowsFrom(Math.max(1, from.seq));
    const [first] = rows;
    const isThere = from.seq === 0 || (first !== undefined && isSame(first, from) && first.hash === hashOf(first));
    const behind = from.seq === 0 ? rows : rows.slice(1);
    const newest = rows.at(-1)?.seq ?? (await last());
    // Rows behind it are our own, of a batch whose answer was lost.
    if (isThere && follows(from, behind)) return { head: behind.at(-1) ?? from, newest };
    fault = `row ${isThere ? from.seq + 1 : from.seq} is not what was written`;
    return { head: from, newest };
  }

  async function last(): Promise<number> {
    const { rows } = await client.execute('SELECT coalesce(max(seq), 0) AS seq FROM ledger');
    return Number(rows[0].seq);
  }

  async function unknown(entries: readonly LedgerEntry[]): Promise<readonly LedgerEntry[]> {
    const byKey = new Map(entries.map((entry) => [storedKey(entry), entry]));
    const sql = 'SELECT key FROM ledger WHERE key IN (SELECT value FROM json_each(?))';
    const { rows } = await client.execute({ sql, args: [JSON.stringify([...byKey.keys()])] });
    for (const { key } of rows) byKey.delete(String(key));
    return [...byKey.values()];
  }

  return {
    async append(entries) {
      const fresh = entries.length === 0 ? [] : await unknown(entries);
      if (fresh.length === 0) return { statements: [], stored: () => undefined };
      const { head, newest } = await end();
      // Past a row that somebody else put there, whose number is taken.
      const rows = chainBehind({ seq: Math.max(head.seq, newest), hash: head.hash }, fresh);
      const values = rows.map(({ seq, ts, kind, body, previous, hash }, i) => {
        return [seq, ts, kind, storedKey(fresh[i]), body, previous, hash];
      });
      const reached = rows[rows.length - 1];
      const mark = { sql: SET_HEAD, args: [HEAD, `${reached.seq} ${reached.hash}`] };
      return {
        statements: [...insertRows(INTO, values, ''), mark],
        stored() {
          known = { seq: reached.seq, hash: reached.hash };
        },
      };
    },
    fault: () => fault,
  };
}
