import type { InValue, Row } from '@libsql/client';
import type {
  LedgerHead,
  SignalBody,
  SignalEventBody,
  SignalOpenedBody,
  SignalRecord,
  SignalStory,
} from '../engine/ledger/rows.ts';
import { MOVED } from './audit.ts';
import { guarded } from './errors.ts';
import { createLedgerAppender, type LedgerAppender } from './ledger-append.ts';
import { exportLedger, type LedgerFile } from './ledger-export.ts';
import { ledgerRows, verifyLedger } from './ledger-rows.ts';
import type { KnownHead, LedgerReport } from './ledger-verify.ts';
import type { Database } from './open.ts';

/** Which signals; all where nothing is said. */
export interface SignalQuery {
  /** With what the chat was called before it moved, and the chats that its feeds go to. */
  readonly chatKey?: string;
  readonly strategy?: string;
  /** Raised at or after this, in ms. */
  readonly since?: number;
}

/** The record of what strategies did. It is written by `append`, with what caused it, and never changed. */
export interface LedgerStore extends LedgerAppender {
  /** The newest row; undefined where there is none. */
  head(): Promise<LedgerHead | undefined>;
  /** Newest first. */
  signals(query: SignalQuery, limit: number): Promise<readonly SignalRecord[]>;
  /** One signal; undefined where there is none of that id. */
  story(id: string): Promise<SignalStory | undefined>;
  /** Active chats that signals were raised for at or after `since` (ms), by the keys that they have now. */
  chats(since: number): Promise<readonly string[]>;
  /** As NDJSON, its newest rows where it is too long. @param chatKey whose rows are whole, of others only the hashes; undefined: all are */
  export(chatKey: string | undefined, mostBytes: number): Promise<LedgerFile>;
  /** Computes the whole chain anew, in small steps. @param heads that somebody has kept */
  verify(heads: readonly KnownHead[]): Promise<LedgerReport>;
}

const KEYS = `WITH RECURSIVE keys (key) AS (
    SELECT :chat UNION
    SELECT target_key FROM signal_feeds WHERE chat_key = :chat UNION
    SELECT audit.old FROM audit JOIN keys ON audit.chat_key = keys.key AND audit.what = '${MOVED}'
  )`;
/** What ends a signal has its id in its key. */
const END = `SELECT e.body FROM ledger AS e
  WHERE e.key >= 'event ' || (s.body ->> 'id') || ' ' AND e.key < 'event ' || (s.body ->> 'id') || '!'
    AND e.body ->> 'signal' = s.body ->> 'id' AND e.body ->> 'what' <> 'opened' ORDER BY e.seq DESC LIMIT 1`;
const OPENED = `SELECT e.body FROM ledger AS e WHERE e.key = 'event ' || (s.body ->> 'id') || ' opened'`;
const CHATS = `WITH RECURSIVE keys (key) AS (
    SELECT DISTINCT body ->> 'chat' FROM ledger WHERE kind = 'signal' AND ts >= ? UNION
    SELECT audit.chat_key FROM audit JOIN keys ON audit.old = keys.key AND audit.what = '${MOVED}'
  )
  SELECT key FROM chats WHERE active AND key IN (SELECT key FROM keys) ORDER BY key`;

function signalsSql({ chatKey, strategy, since }: SignalQuery): string {
  const where = [
    "s.kind = 'signal'",
    ...(chatKey === undefined ? [] : ["s.body ->> 'chat' IN (SELECT key FROM keys)"]),
    ...(strategy === undefined ? [] : ["s.body ->> 'strategy' = :strategy"]),
    ...(since === undefined ? [] : ['s.ts >= :since']),
  ];
  const select = `SELECT s.body AS body, (${OPENED}) AS opened, (${END}) AS end FROM ledger AS s WHERE ${where.join(' AND ')} ORDER BY s.seq DESC LIMIT :limit`;
  return chatKey === undefined ? select : `${KEYS} ${select}`;
}

function toRecord({ body, opened, end }: Row): SignalRecord {
  return {
    signal: JSON.parse(String(body)) as SignalBody,
    opened: opened === null ? undefined : (JSON.parse(String(opened)) as SignalOpenedBody),
    end: end === null ? undefined : (JSON.parse(String(end)) as SignalEventBody),
  };
}

/** A signal's own row and those of its events, in their order. */
const STORY = `SELECT kind, body FROM ledger WHERE key = 'signal ' || :id UNION ALL
  SELECT kind, body FROM (SELECT kind, body FROM ledger
    WHERE key >= 'event ' || :id || ' ' AND key < 'event ' || :id || '!' AND body ->> 'signal' = :id ORDER BY seq)`;

function toStory(rows: readonly Row[]): SignalStory | undefined {
  const [first] = rows;
  if (first?.kind !== 'signal') return undefined;
  const events = rows.slice(1).map(({ body }) => JSON.parse(String(body)) as SignalOpenedBody | SignalEventBody);
  return {
    signal: JSON.parse(String(first.body)) as SignalBody,
    opened: events.find((event) => event.what === 'opened'),
    end: events.find((event) => event.what !== 'opened'),
  };
}

export function createLedgerStore({ client }: Pick<Database, 'client'>): LedgerStore {
  /** Keys that a chat has and had. */
  async function keysOf(chatKey: string): Promise<readonly string[]> {
    const { rows } = await client.execute({ sql: `${KEYS} SELECT key FROM keys`, args: { chat: chatKey } });
    return rows.map(({ key }) => String(key));
  }

  return {
    ...createLedgerAppender(client),
    head: () =>
      guarded('reading the ledger', async () => {
        const { rows } = await client.execute('SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1');
        return rows.length === 0 ? undefined : { seq: Number(rows[0].seq), hash: String(rows[0].hash) };
      }),
    signals: (query, limit) =>
      guarded('reading the ledger', async () => {
        const { chatKey, strategy, since } = query;
        const args: Record<string, InValue> = {
          ...(chatKey === undefined ? {} : { chat: chatKey }),
          ...(strategy === undefined ? {} : { strategy }),
          ...(since === undefined ? {} : { since }),
          limit,
        };
        return (await client.execute({ sql: signalsSql(query), args })).rows.map(toRecord);
      }),
    story: (id) =>
      guarded('reading the ledger', async () => toStory((await client.execute({ sql: STORY, args: { id } })).rows)),
    chats: (since) =>
      guarded('reading the ledger', async () =>
        (await client.execute({ sql: CHATS, args: [since] })).rows.map(({ key }) => String(key)),
      ),
    export: (chatKey, mostBytes) =>
      guarded('reading the ledger', async () =>
        exportLedger(ledgerRows(client), chatKey === undefined ? undefined : await keysOf(chatKey), mostBytes),
      ),
    verify: (heads) => guarded('verifying the ledger', () => verifyLedger(client, heads)),
  };
}
