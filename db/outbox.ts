import type { InArgs, Row } from '@libsql/client';
import {
  type Delivery,
  type DeliveryRecord,
  deliveryStatements,
  type NewDelivery,
  toDelivery,
  toRecord,
} from './delivery-rows.ts';
import { guarded } from './errors.ts';
import { createJoinedWrites } from './joined-writes.ts';
import type { Database } from './open.ts';
import { byPlace, type CarriedRows, createCarriedRows } from './outbox-carried.ts';
import { rowId } from './row-id.ts';
import type { DeliveryState } from './schema.ts';

/**
 * Messages that are owed. A row is pending, then claimed by the one who sends it, then sent, merged, expired or failed for
 * ever. A chat's threads count as that chat wherever chats are excluded, so that its rows go out one after another.
 */
export interface OutboxStore extends CarriedRows {
  /** Owes messages that no firing came with; those of a firing go with its commit. */
  enqueue(deliveries: readonly NewDelivery[]): Promise<void>;
  /**
   * Claims due rows, at most one a chat: its next by priority, then place in the queue, then id; the rows of the answer come
   * in this order. A retry keeps its place.
   * @param excludeChats keys of chats without their threads
   * @param platform only chats of this platform
   */
  claimDue(
    now: number,
    limit: number,
    excludeChats: readonly string[],
    platform?: string,
  ): Promise<readonly Delivery[]>;
  /** What it carries went out in the same message: all in one batch. */
  markSent(id: string, messageId: string, at: number): Promise<void>;
  /** Back to pending, due at `dueAt`, with what it carries. */
  retryAt(id: string, dueAt: number, error: string): Promise<void>;
  markFailed(id: string, error: string, at: number): Promise<void>;
  markExpired(id: string, reason: string, at: number): Promise<void>;
  /** What is pending in the chat and its threads is due at `until` or later. */
  deferChat(chatKey: string, until: number): Promise<void>;
  /** What is pending or claimed in exactly this chat has failed. @returns how many */
  failChat(chatKey: string, error: string, at: number): Promise<number>;
  /** What is pending of a kind and was never tried is due at `now` at the latest. */
  bringForward(kind: string, now: number): Promise<void>;
  /** What is owed of a kind and was due at `now`, for firings before `firedBefore`. */
  owedOf(kind: string, firedBefore: number, now: number): Promise<readonly OwedFiring[]>;
  /** These rows are of another kind from now on, due at `dueAt`; `payload` is for those that have none. */
  turnInto(kind: string, ids: readonly string[], payload: unknown, dueAt: number): Promise<void>;
  /** Pending rows made before `madeBefore` have expired. @returns how many */
  expireOld(madeBefore: number, at: number): Promise<number>;
  /** After a crash: what was claimed before `claimedBefore`, but for the ids in `except`, is pending again. @returns how many */
  releaseClaimed(claimedBefore?: number, except?: readonly string[]): Promise<number>;
  /** Rows by state; finished ones since `since` only. */
  counts(since?: number): Promise<Readonly<Record<DeliveryState, number>>>;
  /** When the oldest pending row was made, in ms. */
  oldestPending(): Promise<number | undefined>;
  /** When the next row falls due after `after`. */
  nextDueAt(after: number): Promise<number | undefined>;
  /** Chats in which a row that was tried waits for its next try, and until when: nothing may overtake it. */
  waitingChats(now: number): Promise<readonly { readonly chatKey: string; readonly until: number }[]>;
  get(id: string): Promise<DeliveryRecord | undefined>;
  byFiring(firingId: string): Promise<readonly DeliveryRecord[]>;
  /** Whether the message of a signal went out in a chat with `from <= at < before`, in ms. */
  signalSentBetween(chatKey: string, from: number, before: number): Promise<boolean>;
  /** Drops up to `limit` finished rows that ended before `olderThan`. @returns how many */
  prune(olderThan: number, limit: number): Promise<number>;
}

/** A delivery that is owed, and the firing that it tells of. */
export interface OwedFiring {
  readonly id: string;
  readonly ruleId: string;
  /** When it fired, in ms. */
  readonly ts: number;
}

/** Rows that are looked at for one claim, more of them where more are wanted: one chat may own them all, then the look goes on without it. */
const lookFor = (limit: number): number => Math.min(256, 16 + 4 * limit);

// Conditions on the state are written out and indexes named: SQLite uses a partial index only where it sees the same words, and
// without statistics it prefers the wrong one.
const CANDIDATES = `SELECT id, chat_key FROM deliveries INDEXED BY deliveries_queue
  WHERE state = 'pending' AND due_at <= :now AND carrier_id IS NULL
    AND substr(chat_key, 1, instr(chat_key || '/', '/') - 1) NOT IN (SELECT value FROM json_each(:excluded))
    AND chat_key >= :low AND chat_key < :high
  ORDER BY priority, queued_at, id LIMIT :look`;
// With a plus the state is no reason to look at all that is pending instead of the few ids.
const CLAIM = `UPDATE deliveries SET state = 'claimed', claimed_at = :now, attempts = attempts + 1
  WHERE +state = 'pending' AND id IN (SELECT value FROM json_each(:ids)) RETURNING *`;
const OPEN = "state IN ('pending', 'claimed')";
/** What is carried ends as its carrier does. */
const FINISH = `UPDATE deliveries SET state = :state, error = :error, finished_at = :at
  WHERE (id = :id OR carrier_id = :id) AND ${OPEN}`;
/** Nobody carries what is told in a message that will never be tried. */
const FREE_OF_OLD = `UPDATE deliveries INDEXED BY deliveries_carrier SET carrier_id = NULL
  WHERE carrier_id IS NOT NULL AND state = 'pending' AND carrier_id IN (
  SELECT id FROM deliveries INDEXED BY deliveries_due WHERE state = 'pending' AND created_at < ?)`;

/** The chat without its thread. */
const chatOf = (key: string): string => key.split('/', 1)[0];

export function createOutboxStore(database: Database): OutboxStore {
  const { client } = database;
  const writeJoined = createJoinedWrites({ batch: (...args) => client.batch(...args) });
  const rowsOf = async (sql: string, args: InArgs): Promise<readonly Row[]> =>
    (await client.execute({ sql, args })).rows;
  const changed = async (sql: string, args: InArgs): Promise<number> =>
    (await client.execute({ sql, args })).rowsAffected;

  async function claim(ids: readonly number[], now: number): Promise<readonly Delivery[]> {
    if (ids.length === 0) return [];
    const rows = await rowsOf(CLAIM, { now, ids: JSON.stringify(ids) });
    return [...rows].sort(byPlace).map(toDelivery);
  }

  async function claimDue(now: number, limit: number, excludeChats: readonly string[], platform?: string) {
    const busy = new Set(excludeChats);
    const ids: number[] = [];
    // `;` follows `:`, so this is the range of keys that begin with the platform.
    const [low, high] = platform === undefined ? ['', '\u{10FFFF}'] : [`${platform}:`, `${platform};`];
    while (ids.length < limit) {
      const look = lookFor(limit - ids.length);
      const rows = await rowsOf(CANDIDATES, { now, low, high, look, excluded: JSON.stringify([...busy]) });
      for (const row of rows) {
        const chat = chatOf(String(row.chat_key));
        if (busy.has(chat) || ids.length >= limit) continue;
        busy.add(chat);
        ids.push(Number(row.id));
      }
      if (rows.length < look) break;
    }
    return await claim(ids, now);
  }

  async function markSent(id: string, messageId: string, at: number): Promise<void> {
    const set = 'UPDATE deliveries SET message_id = ?, finished_at = ?, error = NULL, state =';
    const args = [messageId, at, rowId(id)];
    await writeJoined([
      { sql: `${set} 'sent' WHERE id = ?`, args },
      { sql: `${set} 'merged' WHERE carrier_id = ? AND ${OPEN}`, args },
    ]);
  }

  async function counts(since: number): Promise<Readonly<Record<DeliveryState, number>>> {
    const all: Record<DeliveryState, number> = { pending: 0, claimed: 0, sent: 0, merged: 0, expired: 0, failed: 0 };
    for (const state of Object.keys(all) as DeliveryState[]) {
      const finished = state === 'pending' || state === 'claimed' ? '' : 'AND finished_at >= :since';
      const sql = `SELECT count(*) AS n FROM deliveries WHERE state = :state ${finished}`;
      all[state] = Number((await rowsOf(sql, finished === '' ? { state } : { state, since }))[0].n);
    }
    return all;
  }

  async function earliest(sql: string, args: InArgs): Promise<number | undefined> {
    const { at } = (await rowsOf(sql, args))[0];
    return at === null ? undefined : Number(at);
  }

  return {
    ...createCarriedRows(database),
    enqueue: (deliveries) =>
      guarded('storing deliveries', async () => {
        if (deliveries.length > 0) await client.batch([...deliveryStatements(deliveries)], 'write');
      }),
    claimDue: (now, limit, exclude, platform) =>
      guarded('claiming deliveries', () => claimDue(now, limit, exclude, platform)),
    markSent: (id, messageId, at) => guarded('marking a delivery', () => markSent(id, messageId, at)),
    retryAt: (id, dueAt, error) =>
      guarded('marking a delivery', async () => {
        const sql = `UPDATE deliveries SET state = 'pending', due_at = ?1, error = ?2, claimed_at = NULL
          WHERE (id = ?3 OR carrier_id = ?3) AND ${OPEN}`;
        await changed(sql, [dueAt, error, rowId(id)]);
      }),
    markFailed: (id, error, at) =>
      guarded('marking a delivery', async () => {
        await changed(FINISH, { state: 'failed', error, at, id: rowId(id) });
      }),
    markExpired: (id, error, at) =>
      guarded('marking a delivery', async () => {
        await changed(FINISH, { state: 'expired', error, at, id: rowId(id) });
      }),
    deferChat: (chatKey, until) =>
      guarded('deferring a chat', async () => {
        const set =
          "UPDATE deliveries INDEXED BY deliveries_chat SET due_at = ? WHERE state = 'pending' AND due_at < ?";
        // `0` follows `/`.
        const args = (...keys: string[]) => [until, until, ...keys];
        await client.batch(
          [
            { sql: `${set} AND chat_key = ?`, args: args(chatKey) },
            { sql: `${set} AND chat_key > ? AND chat_key < ?`, args: args(`${chatKey}/`, `${chatKey}0`) },
          ],
          'write',
        );
      }),
    failChat: (chatKey, error, at) =>
      guarded('failing the deliveries of a chat', async () => {
        const set = "UPDATE deliveries SET state = 'failed', error = ?, finished_at = ? WHERE chat_key = ? AND state =";
        const args = [error, at, chatKey];
        const done = await client.batch(
          [
            { sql: `${set} 'pending'`, args },
            { sql: `${set} 'claimed'`, args },
          ],
          'write',
        );
        return done[0].rowsAffected + done[1].rowsAffected;
      }),
    bringForward: (kind, now) =>
      guarded('bringing deliveries forward', async () => {
        const set = 'UPDATE deliveries INDEXED BY deliveries_due SET due_at = :now, queued_at = :now';
        await changed(`${set} WHERE state = 'pending' AND due_at > :now AND kind = :kind AND attempts = 0`, {
          now,
          kind,
        });
      }),
    owedOf: (kind, firedBefore, now) =>
      guarded('reading the outbox', async () => {
        const sql = `SELECT d.id, f.rule_id, f.ts FROM deliveries d JOIN firings f ON f.id = d.firing_id
          WHERE d.state IN ('pending', 'claimed') AND d.kind = :kind AND f.ts < :firedBefore AND d.due_at <= :now`;
        const rows = await rowsOf(sql, { kind, firedBefore, now });
        return rows.map((row) => ({ id: String(row.id), ruleId: String(row.rule_id), ts: Number(row.ts) }));
      }),
    turnInto: (kind, ids, payload, dueAt) =>
      guarded('marking deliveries', async () => {
        const set = 'UPDATE deliveries SET kind = ?, due_at = ?, payload = iif(payload = ?, ?, payload)';
        const args = [kind, dueAt, 'null', JSON.stringify(payload ?? null), JSON.stringify(ids.map(rowId))];
        await changed(`${set} WHERE id IN (SELECT value FROM json_each(?))`, args);
      }),
    expireOld: (madeBefore, at) =>
      guarded('expiring deliveries', async () => {
        const set = "UPDATE deliveries SET state = 'expired', error = 'too old', finished_at = ?";
        const done = await client.batch(
          [
            { sql: FREE_OF_OLD, args: [madeBefore] },
            { sql: `${set} WHERE state = 'pending' AND created_at < ?`, args: [at, madeBefore] },
          ],
          'write',
        );
        return done[1].rowsAffected;
      }),
    releaseClaimed: (claimedBefore = Number.MAX_SAFE_INTEGER, except = []) =>
      guarded('releasing deliveries', () => {
        const set = "UPDATE deliveries SET state = 'pending', claimed_at = NULL WHERE state = 'claimed'";
        const which = 'AND claimed_at < ? AND id NOT IN (SELECT value FROM json_each(?))';
        return changed(`${set} ${which}`, [claimedBefore, JSON.stringify(except.map(rowId))]);
      }),
    counts: (since = 0) => guarded('counting deliveries', () => counts(since)),
    oldestPending: () =>
      guarded('reading the outbox', () =>
        earliest("SELECT min(created_at) AS at FROM deliveries INDEXED BY deliveries_due WHERE state = 'pending'", []),
      ),
    nextDueAt: (after) =>
      guarded('reading the outbox', () =>
        earliest(
          "SELECT min(due_at) AS at FROM deliveries INDEXED BY deliveries_due WHERE state = 'pending' AND due_at > ?",
          [after],
        ),
      ),
    waitingChats: (now) =>
      guarded('reading the outbox', async () => {
        const sql = `SELECT chat_key, max(due_at) AS until FROM deliveries INDEXED BY deliveries_due
          WHERE state = 'pending' AND due_at > ? AND error IS NOT NULL GROUP BY chat_key`;
        return (await rowsOf(sql, [now])).map((row) => ({ chatKey: String(row.chat_key), until: Number(row.until) }));
      }),
    get: (id) =>
      guarded('reading a delivery', async () => {
        const row = (await rowsOf('SELECT * FROM deliveries WHERE id = ?', [rowId(id)]))[0];
        return row && toRecord(row);
      }),
    byFiring: (firingId) =>
      guarded('reading deliveries', async () =>
        (await rowsOf('SELECT * FROM deliveries WHERE firing_id = ? ORDER BY id', [firingId])).map(toRecord),
      ),
    signalSentBetween: (chatKey, from, before) =>
      guarded('reading deliveries', async () => {
        const sql = `SELECT 1 FROM deliveries INDEXED BY deliveries_signals WHERE kind = 'signal' AND chat_key = ?
          AND finished_at >= ? AND finished_at < ? AND state = 'sent' LIMIT 1`;
        return (await rowsOf(sql, [chatKey, from, before])).length > 0;
      }),
    prune: (olderThan, limit) =>
      guarded('pruning deliveries', async () => {
        const ended = "state IN ('sent', 'merged', 'expired', 'failed') AND finished_at < ?";
        const sql = `DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE ${ended} LIMIT ?)`;
        return await changed(sql, [olderThan, limit]);
      }),
  };
}
