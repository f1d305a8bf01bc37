import type { Client } from '@libsql/client';
import { keyOf, type LedgerEntry } from '../engine/ledger/rows.ts';
import { breathe } from './breathe.ts';
import { notedHead, toLedgerRow } from './ledger-append.ts';
import type { LedgerRow } from './ledger-chain.ts';
import { createLedgerCheck, type KnownHead, type LedgerReport } from './ledger-verify.ts';

/** Rows that are read at once: some 5 ms of the thread. */
const PORTION = 500;

/** A row as the table has it, with the key that stands beside it. */
export interface KeyedRow extends LedgerRow {
  readonly key: string;
}

/** The ledger's rows behind `seq`, in their order, in portions that are read as they are asked for. */
export async function* ledgerRows(client: Client, seq = 0): AsyncGenerator<readonly KeyedRow[]> {
  const sql = 'SELECT * FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?';
  for (let last = seq; ; ) {
    const { rows } = await client.execute({ sql, args: [last, PORTION] });
    if (rows.length === 0) return;
    const portion = rows.map((row) => ({ ...toLedgerRow(row), key: String(row.key) }));
    yield portion;
    last = portion[portion.length - 1].seq;
    await breathe();
  }
}

/** Whether the key is what the body says. A body that cannot be read has no key. */
function keyFits({ kind, body, ts, key }: KeyedRow): boolean {
  try {
    return keyOf({ kind, ts, body: JSON.parse(body) } as LedgerEntry) === key;
  } catch {
    return false;
  }
}

/** Computes the whole chain of a database anew. What was noted of its end counts as known. */
export async function verifyLedger(client: Client, heads: readonly KnownHead[] = []): Promise<LedgerReport> {
  const noted = await notedHead(client);
  const check = createLedgerCheck(noted === undefined ? heads : [noted, ...heads]);
  for await (const portion of ledgerRows(client)) {
    for (const row of portion) check.row(row, keyFits(row));
  }
  const report = check.report();
  return {
    ...report,
    confirmed: report.confirmed.filter(({ hash }) => heads.some((head) => hash.startsWith(head.hash))),
  };
}
