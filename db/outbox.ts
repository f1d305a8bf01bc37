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
import { rowId } from './row-id.ts';
import type { DeliveryState } from './schema.ts';

/**
 * Messages that are owed. A row is pending, then claimed by the one who sends it, then sent, merged, expired or failed for
 * ever. A chat's threads count as that chat wherever chats are excluded, so that its rows go out one after another.
 */
export interface OutboxStore {
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
  /** Up to `limit` more due rows of exactly this chat and kind, in order, claimed too: for a digest. */
  claimMore(chatKey: string, kind: string, now: number, limit: number): Promise<readonly Delivery[]>;
  /** How many rows of exactly this chat and kind are due. */
  countDue(chatKey: string, kind: string, now: number): Promise<number>;
  /** `merged` rows went out in the same message. */
  markSent(id: string, messageId: string, at: number, merged?: readonly string[]): Promise<void>;
  /** Back to pending, due at `dueAt`. */
  retryAt(id: string, dueAt: number, error: string): Promise<void>;
  markFailed(id: string, error: string, at: number): Promise<void>;
  markExpired(id: string, reason: string, at: number): Promise<void>;
  /** What is pending in the chat and its threads is due at `until` or later. */
  deferChat(chatKey: string, until: number): Promise<void>;
  /** What is pending or claimed in exactly this chat has failed. @returns how many */
  failChat(chatKey: string, error: string, at: number): Promise<number>;
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
  /** Drops up to `limit` finished rows that ended before `olderThan`. @returns how many */
  prune(olderThan: number, limit: number): Promise<number>;
}

/** Rows that are looked at for one claim: one chat may own them all, then the look goes on without it. */
const LOOK = 256;

// Conditions on the state are written out and indexes named: SQLite uses a partial index only where it sees the same words, and
// without statistics it prefers the wrong one.
const CANDIDATES = `SELECT id, chat_key FROM deliveries INDEXED BY deliveries_queue
  WHERE state = 'pending' AND due_at <= :now
    AND substr(chat_key, 1, instr(chat_key || '/', '/') - 1) NOT IN (SELECT value FROM json_each(:excluded))
    AND chat_key >= :low AND chat_key < :high
  ORDER BY priority, queued_at, id LIMIT ${LOOK}`;
const CLAIM = `UPDATE deliveries SET state = 'claimed', claimed_at = :now, attempts = attempts + 1
  WHERE state = 'pending' AND id IN (SELECT value FROM json_each(:ids)) RETURNING *`;
const SAME = `state = 'pending' AND chat_key = :chat AND kind = :kind AND due_at <= :now`;
const FINISH = `UPDATE deliveries SET state = :state, error = :error, finished_at = :at
  WHERE id = :id AND state IN ('pending', 'claimed')`;

/** The chat without its thread. */
const chatOf = (key: string): string => key.split('/', 1)[0];

function byPlace(a: Row, b: Row): number {
  return (
    Number(a.priority) - Number(b.priority) || Number(a.queued_at) - Number(b.queued_at) || Number(a.id) - Number(b.id)
  );
}

export function createOutboxStore({ client }: Database): OutboxStore {
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
      const rows = await rowsOf(CANDIDATES, { now, low, high, excluded: JSON.stringify([...busy]) });
      for (const row of rows) {
        const chat = chatOf(String(row.chat_key));
        if (busy.has(chat) || ids.length >= limit) continue;
        busy.add(chat);
        ids.push(Number(row.id));
      }
      if (rows.length < LOOK) break;
    }
    return await claim(ids, now);
  }

  async function claimMore(chat: string, kind: string, now: number, limit: number): Promise<readonly Delivery[]> {
    const order = 'ORDER BY priority, queued_at, id LIMIT :limit';
    const rows = await rowsOf(`SELECT id FROM deliveries INDEXED BY deliveries_chat WHERE ${SAME} ${order}`, {
      chat,
      kind,
      now,
      limit,
    });
    return await claim(
      rows.map((row) => Number(row.id)),
      now,
    );
  }

  async function markSent(id: string, messageId: string, at: number, merged: readonly string[]): Promise<void> {
    const sql = `UPDATE deliveries SET state = ?, message_id = ?, error = NULL, finished_at = ? WHERE id = ?`;
    const statements = [{ sql, args: ['sent', messageId, at, rowId(id)] }];
    for (const other of merged) statements.push({ sql, args: ['merged', messageId, at, rowId(other)] });
    await writeJoined(statements);
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
    enqueue: (deliveries) =>
      guarded('storing deliveries', async () => {
        if (deliveries.length > 0) await client.batch([...deliveryStatements(deliveries)], 'write');
      }),
    claimDue: (now, limit, exclude, platform) =>
      guarded('claiming deliveries', () => claimDue(now, limit, exclude, platform)),
    claimMore: (chatKey, kind, now, limit) =>
      guarded('claiming deliveries', () => claimMore(chatKey, kind, now, limit)),
    countDue: (chat, kind, now) =>
      guarded('counting deliveries', async () => {
        return Number(
          (
            await rowsOf(`SELECT count(*) AS n FROM deliveries INDEXED BY deliveries_chat WHERE ${SAME}`, {
              chat,
              kind,
              now,
            })
          )[0].n,
        );
      }),
    markSent: (id, messageId, at, merged = []) =>
      guarded('marking a delivery', () => markSent(id, messageId, at, merged)),
    retryAt: (id, dueAt, error) =>
      guarded('marking a delivery', async () => {
        const sql = `UPDATE deliveries SET state = 'pending', due_at = ?, error = ?, claimed_at = NULL
          WHERE id = ? AND state IN ('pending', 'claimed')`;
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
    expireOld: (madeBefore, at) =>
      guarded('expiring deliveries', () => {
        const set = "UPDATE deliveries SET state = 'expired', error = 'too old', finished_at = ?";
        return changed(`${set} WHERE state = 'pending' AND created_at < ?`, [at, madeBefore]);
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
          WHERE state = 'pending' AND due_at > ? AND attempts > 0 GROUP BY chat_key`;
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
    prune: (olderThan, limit) =>
      guarded('pruning deliveries', async () => {
        const ended = "state IN ('sent', 'merged', 'expired', 'failed') AND finished_at < ?";
        const sql = `DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE ${ended} LIMIT ?)`;
        return await changed(sql, [olderThan, limit]);
      }),
  };
}
