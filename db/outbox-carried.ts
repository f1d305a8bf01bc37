import type { InArgs, Row } from '@libsql/client';
import { type Delivery, type DeliveryRecord, toDelivery, toRecord } from './delivery-rows.ts';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { rowId } from './row-id.ts';

/**
 * Rows that are told in the message of another, their carrier, and rows that are made to wait. What is carried is claimed, retried and
 * ended with its carrier; which rows those are is stored before the message is tried.
 */
export interface CarriedRows {
  /**
   * What may go out with a due row, without claiming it: what an earlier try of it carried, else up to `limit` due rows of exactly its
   * chat and kind, in order, up to the first that was tried: that may be in the chat already, is tried again as it was, and is not
   * overtaken.
   */
  peekWith(
    row: Pick<Delivery, 'id' | 'chatKey' | 'kind'>,
    now: number,
    limit: number,
  ): Promise<{ readonly carried: readonly Delivery[]; readonly free: readonly Delivery[] }>;
  /** Claims rows for a carrier that is claimed. @returns those that were still pending, in order */
  carry(carrierId: string, ids: readonly string[], now: number): Promise<readonly Delivery[]>;
  /** Claims what an earlier try gave to this carrier. */
  claimCarried(carrierId: string, now: number): Promise<readonly Delivery[]>;
  /** Nothing of its message reached the chat: it and what it carried may go out by themselves, or with others. */
  dissolve(carrierId: string): Promise<void>;
  /**
   * Rows that were not tried, and what they carry, are pending again and wait for `until`; `held` says why. Without, what goes out with
   * them could not be read: nothing may overtake them.
   */
  defer(ids: readonly string[], until: number, held: string | undefined): Promise<void>;
  /** Whatever was made to wait in exactly this chat is due. @returns how many */
  releaseHeld(chatKey: string, now: number): Promise<number>;
  /** A carrier and what it carried, in order. */
  carriedBy(id: string): Promise<readonly DeliveryRecord[]>;
  /** Whether a row of a kind that was made after `afterId` is pending, for any firing that is told in the message of the carrier. */
  isOwedLater(carrierId: string, kind: string, afterId: string): Promise<boolean>;
}

const UNREAD = 'what goes out with it could not be read';
const ORDER = 'ORDER BY priority, queued_at, id';
const CLAIM = `UPDATE deliveries SET state = 'claimed', claimed_at = :now, attempts = attempts + 1`;

/** The order in which rows of a chat go out. */
export function byPlace(a: Row, b: Row): number {
  return (
    Number(a.priority) - Number(b.priority) || Number(a.queued_at) - Number(b.queued_at) || Number(a.id) - Number(b.id)
  );
}

export function createCarriedRows({ client }: Database): CarriedRows {
  const rowsOf = async (sql: string, args: InArgs): Promise<readonly Row[]> =>
    (await client.execute({ sql, args })).rows;
  const claimed = async (sql: string, args: InArgs): Promise<readonly Delivery[]> =>
    [...(await rowsOf(`${sql} RETURNING *`, args))].sort(byPlace).map(toDelivery);
  const packed = (ids: readonly string[]): string => JSON.stringify(ids.map(rowId));

  return {
    peekWith: ({ id, chatKey, kind }, now, limit) =>
      guarded('reading the outbox', async () => {
        // What is carried is due with its carrier.
        const sql = `SELECT *, attempts > 0
          OR EXISTS (SELECT 1 FROM deliveries AS other WHERE other.carrier_id = deliveries.id) AS was_tried
          FROM deliveries INDEXED BY deliveries_chat WHERE state = 'pending' AND chat_key = :chat
          AND due_at <= :now AND kind = :kind AND id <> :id AND (carrier_id = :id OR carrier_id IS NULL)
          ORDER BY carrier_id IS NULL, priority, queued_at, id LIMIT :limit`;
        const rows = await rowsOf(sql, { id: rowId(id), chat: chatKey, kind, now, limit });
        const carried = rows.filter((row) => row.carrier_id !== null);
        const others = rows.slice(carried.length);
        const tried = others.findIndex((row) => row.was_tried === 1);
        const free = tried < 0 ? others : others.slice(0, tried);
        return { carried: carried.map(toDelivery), free: free.map(toDelivery) };
      }),
    carry: (carrierId, ids, now) =>
      guarded('claiming deliveries', async () => {
        if (ids.length === 0) return [];
        const which = `WHERE +state = 'pending' AND id IN (SELECT value FROM json_each(:ids))`;
        const args = { now, carrier: rowId(carrierId), ids: packed(ids) };
        return await claimed(`${CLAIM}, carrier_id = :carrier ${which}`, args);
      }),
    claimCarried: (carrierId, now) =>
      guarded('claiming deliveries', () =>
        claimed(`${CLAIM} WHERE carrier_id = :carrier AND state = 'pending'`, { now, carrier: rowId(carrierId) }),
      ),
    dissolve: (carrierId) =>
      guarded('marking deliveries', async () => {
        const sql = `UPDATE deliveries SET carrier_id = NULL, attempts = 0
          WHERE (id = :id OR carrier_id = :id) AND state = 'pending'`;
        await client.execute({ sql, args: { id: rowId(carrierId) } });
      }),
    defer: (ids, until, held) =>
      guarded('deferring deliveries', async () => {
        const set = `SET attempts = attempts - (state = 'claimed'), state = 'pending', claimed_at = NULL, due_at = :until,
          held = coalesce(:held, held), error = iif(:held IS NULL, '${UNREAD}', NULL)`;
        // With a plus the state is no reason to look at all that is pending.
        const open = "+state IN ('pending', 'claimed') AND";
        const these = '(SELECT value FROM json_each(:ids))';
        const args = { until, held: held ?? null, ids: packed(ids) };
        await client.batch(
          [
            { sql: `UPDATE deliveries ${set} WHERE ${open} id IN ${these}`, args },
            {
              sql: `UPDATE deliveries INDEXED BY deliveries_carrier ${set}
                WHERE ${open} carrier_id IS NOT NULL AND carrier_id IN ${these}`,
              args,
            },
          ],
          'write',
        );
      }),
    releaseHeld: (chat, now) =>
      guarded('releasing deliveries', async () => {
        const sql = `UPDATE deliveries INDEXED BY deliveries_chat SET due_at = :now
          WHERE state = 'pending' AND chat_key = :chat AND due_at > :now AND held IS NOT NULL AND error IS NULL`;
        return (await client.execute({ sql, args: { chat, now } })).rowsAffected;
      }),
    carriedBy: (id) =>
      guarded('reading deliveries', async () => {
        const rows = await rowsOf(`SELECT * FROM deliveries WHERE id = :id OR carrier_id = :id ${ORDER}`, {
          id: rowId(id),
        });
        return rows.map(toRecord);
      }),
    isOwedLater: (carrierId, kind, afterId) =>
      guarded('reading deliveries', async () => {
        const firings = 'SELECT firing_id FROM deliveries WHERE id = :carrier OR carrier_id = :carrier';
        // With a plus the state is no reason to look at all that is pending instead of the few of those firings.
        const sql = `SELECT 1 FROM deliveries WHERE firing_id IN (${firings})
          AND +state = 'pending' AND kind = :kind AND id > :after LIMIT 1`;
        const rows = await rowsOf(sql, { carrier: rowId(carrierId), kind, after: rowId(afterId) });
        return rows.length > 0;
      }),
  };
}
