import type { InArgs } from '@libsql/client';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { audit } from './schema-who.ts';

/** One change that somebody made. */
export interface AuditEntry {
  /** Ms since the epoch. */
  readonly ts: number;
  /** `telegram:-100123/45`; empty where it belongs to no chat. */
  readonly chatKey: string;
  /** `telegram:123`, or `system`. */
  readonly userId: string;
  readonly userName: string;
  /** What was done: `rule.create`. */
  readonly what: string;
  /** To what: `alert 3`. */
  readonly subject: string;
  /** What it was before, and is now; undefined where it was or is not. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What was changed by whom: entries are added, and never changed or dropped; the database refuses it. */
export interface AuditStore {
  add(entry: Omit<AuditEntry, 'ts'>): Promise<void>;
  /** Newest first. @param chatKey with what it was called before it moved; undefined: of all chats */
  newest(chatKey: string | undefined, limit: number): Promise<readonly AuditEntry[]>;
}

/** What is noted of a chat that its platform gave another id: the log of the old one is the new one's. */
export const MOVED = 'chat.move';

const OF_ALL = 'SELECT * FROM audit ORDER BY id DESC LIMIT :limit';
const OF_CHAT = `WITH RECURSIVE keys (key) AS (
    SELECT :key UNION
    SELECT audit.old FROM audit JOIN keys ON audit.chat_key = keys.key AND audit.what = '${MOVED}'
  )
  SELECT * FROM audit WHERE chat_key IN (SELECT key FROM keys) ORDER BY id DESC LIMIT :limit`;

export function createAuditStore({ client, orm, now }: Database): AuditStore {
  return {
    add: (entry) =>
      guarded('writing the audit log', async () => {
        await orm.insert(audit).values({ ...entry, ts: now() });
      }),
    newest: (chatKey, limit) =>
      guarded('reading the audit log', async () => {
        const sql = chatKey === undefined ? OF_ALL : OF_CHAT;
        const args: InArgs = chatKey === undefined ? { limit } : { key: chatKey, limit };
        return (await client.execute({ sql, args })).rows.map((row) => ({
          ts: Number(row.ts),
          chatKey: String(row.chat_key),
          userId: String(row.user_id),
          userName: String(row.user_name),
          what: String(row.what),
          subject: String(row.subject),
          before: row.old === null ? undefined : String(row.old),
          after: row.new === null ? undefined : String(row.new),
        }));
      }),
  };
}
