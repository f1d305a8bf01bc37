import type { InStatement } from '@libsql/client';
import { and, desc, inArray, isNull, ne } from 'drizzle-orm';
import { guarded } from './errors.ts';
import { insertRows } from './insert-rows.ts';
import type { Database } from './open.ts';
import { outages } from './schema.ts';

/** A time in which a chat's alerts were blind, or in which the program did not run. */
export interface Outage {
  /** Empty where it is of all chats. */
  readonly chatKey: string;
  /** A venue, or `program`. */
  readonly cause: string;
  /** Alerts of the chat that were blind. */
  readonly alerts: number;
  /** Feeds of signals to the chat that were blind. */
  readonly feeds: number;
  readonly startedAt: number;
  /** Undefined while it lasts. */
  readonly endedAt: number | undefined;
  /** Alerts that fired within it and were told late. */
  readonly fired: number;
  /** Alerts that fired within it and were found too late to be told by themselves. */
  readonly missed: number;
  /** Signals of its feeds that were raised within it. */
  readonly signals: number;
}

export interface OutageStore {
  /** Takes an outage as it is known by now: the same chat, cause and start are the same outage. */
  put(items: readonly Outage[]): Promise<void>;
  /** Those of chats that last. */
  open(): Promise<readonly Outage[]>;
  /** The newest of a chat or of all chats, newest first. */
  last(chatKey: string, limit: number): Promise<readonly Outage[]>;
  /** Drops up to `limit` that ended before `olderThan`. @returns how many */
  prune(olderThan: number, limit: number): Promise<number>;
}

const INTO = 'outages (chat_key, cause, alerts, feeds, started_at, ended_at, fired, missed, signals)';
const KNOWN = `ON CONFLICT (chat_key, cause, started_at) DO UPDATE SET
  alerts = excluded.alerts, feeds = excluded.feeds, ended_at = excluded.ended_at, fired = excluded.fired,
  missed = excluded.missed, signals = excluded.signals`;

/** One row an outage, however often it is told. */
export function outageStatements(items: readonly Outage[]): readonly InStatement[] {
  const rows = items.map((each) => {
    const { chatKey, cause, alerts, feeds, startedAt, endedAt, fired, missed, signals } = each;
    return [chatKey, cause, alerts, feeds, startedAt, endedAt ?? null, fired, missed, signals];
  });
  return insertRows(INTO, rows, KNOWN);
}

function toOutage({ id: _, endedAt, ...rest }: typeof outages.$inferSelect): Outage {
  return { ...rest, endedAt: endedAt ?? undefined };
}

export function createOutageStore({ client, orm }: Database): OutageStore {
  return {
    put: (items) =>
      guarded('storing outages', async () => {
        if (items.length > 0) await client.batch([...outageStatements(items)], 'write');
      }),
    open: () =>
      guarded('reading outages', async () => {
        const lasting = and(isNull(outages.endedAt), ne(outages.chatKey, ''));
        return (await orm.select().from(outages).where(lasting)).map(toOutage);
      }),
    last: (chatKey, limit) =>
      guarded('reading outages', async () => {
        const mine = inArray(outages.chatKey, [chatKey, '']);
        const rows = orm.select().from(outages).where(mine).orderBy(desc(outages.startedAt), desc(outages.id));
        return (await rows.limit(limit)).map(toOutage);
      }),
    prune: (olderThan, limit) =>
      guarded('pruning outages', async () => {
        const sql = 'DELETE FROM outages WHERE id IN (SELECT id FROM outages WHERE ended_at < ? LIMIT ?)';
        return (await client.execute({ sql, args: [olderThan, limit] })).rowsAffected;
      }),
  };
}
