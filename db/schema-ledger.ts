import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { LedgerEntry } from '../engine/ledger/rows.ts';

// Triggers refuse every UPDATE and DELETE, which drizzle cannot say: added by hand in its migration.
/** The strategies' record: each row holds the hash of the one before it, so that none can be changed without all behind it. */
export const ledger = sqliteTable(
  'ledger',
  {
    /** From 1, without a hole. */
    seq: integer().primaryKey(),
    ts: integer().notNull(),
    kind: text().$type<LedgerEntry['kind']>().notNull(),
    /** What there can be only one row of: see `keyOf`. It follows from the body. */
    key: text().notNull().unique(),
    /** Canonical JSON. */
    body: text().notNull(),
    /** Of the row before it, and of this one: SHA-256 in hexadecimal. */
    previous: text().notNull(),
    hash: text().notNull(),
  },
  () => [
    index('ledger_signals').on(sql`body ->> 'chat'`, sql`body ->> 'strategy'`, sql`seq`).where(sql`kind = 'signal'`),
  ],
);
