import type { InStatement } from '@libsql/client';
import { and, asc, count, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { LedgerEntry } from '../engine/ledger/rows.ts';
import type { Firing, NamedValue } from '../engine/rules/rule.ts';
import { breathe } from './breathe.ts';
import { splitCommit } from './commit-parts.ts';
import { deliveryStatements, type NewDelivery } from './delivery-rows.ts';
import { guarded } from './errors.ts';
import { insertRows } from './insert-rows.ts';
import { createJoinedReads } from './joined-reads.ts';
import { createLedgerAppender, type LedgerAppender } from './ledger-append.ts';
import type { Database } from './open.ts';
import { type Outage, outageStatements } from './outages.ts';
import { type RuleStateChange, ruleChangeStatements } from './rule-changes.ts';
import { firings, rules } from './schema.ts';
import { type SignalFeedChange, signalFeedStatements } from './signal-feeds.ts';

/** What belongs together and is stored before anything is sent. */
export interface FiringCommit {
  readonly firings: readonly Firing[];
  readonly deliveries: readonly NewDelivery[];
  readonly states: readonly RuleStateChange[];
  /** Outages that deliveries tell of. */
  readonly outages?: readonly Outage[];
  /** What strategies did, in its order. */
  readonly ledger?: readonly LedgerEntry[];
  /** Where the strategies stand that did it. */
  readonly feeds?: readonly SignalFeedChange[];
}

export interface FiringStore {
  /**
   * Stores all of it in one batch, which continues the ledger's chain; past 200 firings in several, each firing whole with its deliveries and states. What is
   * stored already is skipped, so a commit that failed is made again as it was.
   * @param mark remembered with the last of it: how far a journal has come
   * @throws TransportError, DataError where it was not stored
   */
  commit(commit: FiringCommit, mark?: string): Promise<void>;
  /** The newest mark. */
  mark(): Promise<string | undefined>;
  get(id: string): Promise<Firing | undefined>;
  /** Newest first. */
  byRule(ruleId: string, limit: number): Promise<readonly Firing[]>;
  last(ruleId: string): Promise<Firing | undefined>;
  /** Of all chats, newest first. */
  recent(limit: number): Promise<readonly Firing[]>;
  /** Of the rules of one chat, newest first. */
  byChat(chatKey: string, limit: number): Promise<readonly Firing[]>;
  /** How many of the rules of one chat have `from <= ts < to`. */
  countByChat(chatKey: string, from: number, to: number): Promise<number>;
  /** Of the rules of one chat with `from <= ts < to`, oldest first: the marks of a chart. */
  byInstrumentBetween(instrument: string, from: number, to: number, chatKey: string): Promise<readonly Firing[]>;
  /** Drops up to `limit` firings from before `olderThan` with their deliveries, but none of which a message is still owed. @returns how many */
  prune(olderThan: number, limit: number): Promise<number>;
}

const OLD = `SELECT id FROM firings INDEXED BY firings_ts WHERE ts < ? AND NOT EXISTS (
  SELECT 1 FROM deliveries WHERE firing_id = firings.id AND state IN ('pending', 'claimed')) ORDER BY ts, id LIMIT ?`;

/** Key in `meta` of how far the journal has come. */
const MARK = 'journal';
const SET_MARK = 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value';

/** JSON has no NaN, and the client refuses it: stored as null. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

type StoredValue = { readonly [K in keyof NamedValue]?: NamedValue[K] | null };

function toValue({ series, value, before, threshold }: StoredValue): NamedValue {
  // A key that is missing was undefined, null was NaN.
  return {
    series: series ?? '',
    value: value ?? Number.NaN,
    before: before === null ? Number.NaN : before,
    threshold: threshold === null ? Number.NaN : threshold,
  };
}

function toFiring(row: typeof firings.$inferSelect): Firing {
  const values = (row.values as readonly StoredValue[]).map(toValue);
  return { ...row, price: row.price ?? Number.NaN, values, tradeId: row.tradeId ?? undefined };
}

function firingStatements(items: readonly Firing[]): readonly InStatement[] {
  const rows = items.map((f) => {
    const values = JSON.stringify(f.values);
    return [f.id, f.ruleId, f.ts, f.instrument, finite(f.price), values, f.tradeId ?? null, f.suppressed];
  });
  const into = 'firings (id, rule_id, ts, instrument, price, "values", trade_id, suppressed)';
  return insertRows(into, rows, 'ON CONFLICT (id) DO NOTHING');
}

/** By hand: every message is composed from one, and the query's builder costs more than the query. */
async function readAll(client: Database['client'], ids: readonly string[]): Promise<ReadonlyMap<string, Firing>> {
  const sql = 'SELECT f.* FROM json_each(?) wanted JOIN firings f ON f.id = wanted.value';
  const { rows } = await client.execute({ sql, args: [JSON.stringify(ids)] });
  return new Map(
    rows.map((row) => {
      const firing = toFiring({
        ...{ id: String(row.id), ruleId: String(row.rule_id), ts: Number(row.ts), instrument: String(row.instrument) },
        ...{ price: row.price === null ? null : Number(row.price), values: JSON.parse(String(row.values)) },
        ...{ tradeId: row.trade_id === null ? null : String(row.trade_id), suppressed: Number(row.suppressed) },
      });
      return [firing.id, firing];
    }),
  );
}

/** @param ledger of which there is one for each database */
export function createFiringStore(
  { client, orm }: Database,
  ledger: Pick<LedgerAppender, 'append'> = createLedgerAppender(client),
): FiringStore {
  /** `rule_id` is text and the id a number: SQLite compares them by number, and so by the primary key. */
  const ofRule = sql`${rules.id} = ${firings.ruleId}`;

  async function find(where: SQL | undefined, limit: number): Promise<readonly Firing[]> {
    const rows = orm.select().from(firings).where(where).orderBy(desc(firings.ts), desc(firings.id)).limit(limit);
    return (await rows).map(toFiring);
  }

  const read = createJoinedReads((ids) => readAll(client, ids));

  async function commit(whole: FiringCommit, mark: string | undefined): Promise<void> {
    const parts = splitCommit(whole);
    for (const [index, part] of parts.entries()) {
      if (index > 0) await breathe();
      const isLast = index === parts.length - 1;
      const written = await ledger.append(part.ledger ?? []);
      const statements: InStatement[] = [
        ...firingStatements(part.firings),
        ...deliveryStatements(part.deliveries),
        ...ruleChangeStatements(part.states),
        ...outageStatements(part.outages ?? []),
        ...signalFeedStatements(part.feeds ?? []),
        ...written.statements,
        ...(isLast && mark !== undefined ? [{ sql: SET_MARK, args: [MARK, mark] }] : []),
      ];
      if (statements.length > 0) await client.batch(statements, 'write');
      written.stored();
    }
  }

  async function prune(olderThan: number, limit: number): Promise<number> {
    const args = [olderThan, limit];
    const dropped = await client.batch(
      [
        { sql: `DELETE FROM deliveries WHERE firing_id IN (${OLD})`, args },
        { sql: `DELETE FROM firings WHERE id IN (${OLD})`, args },
      ],
      'write',
    );
    return dropped[1].rowsAffected;
  }

  return {
    commit: (whole, mark) => guarded('storing firings', () => commit(whole, mark)),
    mark: () =>
      guarded('reading a mark', async () => {
        const { rows } = await client.execute({ sql: 'SELECT value FROM meta WHERE key = ?', args: [MARK] });
        return rows[0] && String(rows[0].value);
      }),
    get: (id) => guarded('reading a firing', () => read(id)),
    byRule: (ruleId, limit) => guarded('reading firings', () => find(eq(firings.ruleId, ruleId), limit)),
    last: (ruleId) => guarded('reading a firing', async () => (await find(eq(firings.ruleId, ruleId), 1))[0]),
    recent: (limit) => guarded('reading firings', () => find(undefined, limit)),
    byChat: (chatKey, limit) =>
      guarded('reading firings', async () => {
        const joined = orm.select({ firing: firings }).from(firings).innerJoin(rules, ofRule);
        const rows = await joined
          .where(eq(rules.chatKey, chatKey))
          .orderBy(desc(firings.ts), desc(firings.id))
          .limit(limit);
        return rows.map((row) => toFiring(row.firing));
      }),
    countByChat: (chatKey, from, to) =>
      guarded('counting firings', async () => {
        const within = and(eq(rules.chatKey, chatKey), gte(firings.ts, from), lt(firings.ts, to));
        const found = await orm.select({ n: count() }).from(firings).innerJoin(rules, ofRule).where(within);
        return found[0].n;
      }),
    byInstrumentBetween: (instrument, from, to, chatKey) =>
      guarded('reading firings', async () => {
        const joined = orm.select({ firing: firings }).from(firings).innerJoin(rules, ofRule);
        const within = and(eq(firings.instrument, instrument), gte(firings.ts, from), lt(firings.ts, to));
        const rows = await joined
          .where(and(within, eq(rules.chatKey, chatKey)))
          .orderBy(asc(firings.ts), asc(firings.id));
        return rows.map((row) => toFiring(row.firing));
      }),
    prune: (olderThan, limit) => guarded('pruning firings', () => prune(olderThan, limit)),
  };
}
