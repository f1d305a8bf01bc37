import type { InStatement, Row } from '@libsql/client';
import type { NamedValue } from '../engine/rules/rule.ts';
import type { OpenSignal, SavedStrategy } from '../engine/strategies/signal.ts';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { rowId } from './row-id.ts';

/** How the messages of a feed are posted, where the platform has such. */
export interface FeedLook {
  /** Under the name of its strategy. */
  readonly byWebhook: boolean;
  /** Strong signals are handed on to those who follow the channel. */
  readonly publishes: boolean;
}

/** A strategy that runs live for a chat. */
export interface SignalFeed extends FeedLook {
  /** Decimal digits. */
  readonly id: string;
  /** Where it is managed. */
  readonly chatKey: string;
  /** What it is called there. */
  readonly number: number;
  /** Where its signals go. */
  readonly targetKey: string;
  /** `telegram:123`. */
  readonly ownerId: string;
  /** Of the strategy or template. */
  readonly name: string;
  /** Canonical, with the feed's symbols. */
  readonly text: string;
  /** Of what the strategy says, as the ledger of the target chat counts it. */
  readonly version: number;
  readonly createdAt: number;
}

export type NewSignalFeed = Omit<SignalFeed, 'id' | 'number' | 'createdAt'>;

/** A feed with where its strategy stood when that was last stored; undefined for one that has not run yet. */
export interface StoredSignalFeed {
  readonly feed: SignalFeed;
  readonly saved: SavedStrategy | undefined;
}

/** What is stored of a feed's life, in the batch of what it told meanwhile. */
export interface SignalFeedChange {
  readonly id: string;
  readonly saved: SavedStrategy | undefined;
  /** When it was removed, in ms; undefined while it runs. */
  readonly endedAt: number | undefined;
}

export interface SignalFeedStore {
  /** Under the lowest number that is free in its chat. */
  insert(feed: NewSignalFeed): Promise<SignalFeed>;
  /** All that run, oldest first. */
  active(): Promise<readonly StoredSignalFeed[]>;
  /** Its messages are posted so from now on. */
  dress(id: string, look: FeedLook): Promise<void>;
  /** Every text that a name was ever carried into a chat with, and how it is counted. */
  versions(targetKey: string, name: string): Promise<readonly Pick<SignalFeed, 'text' | 'version'>[]>;
}

const INSERT = `INSERT INTO signal_feeds (chat_key, number, target_key, owner_id, name, text, version, by_webhook, publishes, created_at)
  SELECT :chatKey, min(n), :targetKey, :ownerId, :name, :text, :version, :byWebhook, :publishes, :at
  FROM (SELECT 1 AS n UNION SELECT number + 1 FROM signal_feeds WHERE chat_key = :chatKey AND ended_at IS NULL)
  WHERE n NOT IN (SELECT number FROM signal_feeds WHERE chat_key = :chatKey AND ended_at IS NULL) RETURNING *`;

type StoredValue = { readonly [K in keyof NamedValue]?: NamedValue[K] | null };

/** JSON has no NaN: it comes back as null. */
const toValue = ({ series, value, before, threshold }: StoredValue): NamedValue => ({
  series: series ?? '',
  value: value ?? Number.NaN,
  before: before === null ? Number.NaN : before,
  threshold: threshold === null ? Number.NaN : threshold,
});

function toSaved(text: unknown): SavedStrategy | undefined {
  if (typeof text !== 'string') return undefined;
  const saved = JSON.parse(text) as SavedStrategy;
  const open = saved.open.map(({ signal, filled, leaving, leavingAt }): OpenSignal => {
    return {
      signal: { ...signal, stop: signal.stop, target: signal.target, values: signal.values.map(toValue) },
      filled,
      leaving: leaving?.map(toValue),
      leavingAt,
    };
  });
  return { ...saved, open };
}

function toFeed(row: Row): SignalFeed {
  return {
    id: String(row.id),
    chatKey: String(row.chat_key),
    number: Number(row.number),
    targetKey: String(row.target_key),
    ownerId: String(row.owner_id),
    name: String(row.name),
    text: String(row.text),
    version: Number(row.version),
    byWebhook: Number(row.by_webhook) === 1,
    publishes: Number(row.publishes) === 1,
    createdAt: Number(row.created_at),
  };
}

/** Statements that store what became of feeds. One that is over stays so. */
export function signalFeedStatements(changes: readonly SignalFeedChange[]): readonly InStatement[] {
  const last = new Map(changes.map((change) => [change.id, change]));
  return [...last.values()].map(({ id, saved, endedAt }) => ({
    sql: 'UPDATE signal_feeds SET saved = ?, ended_at = coalesce(ended_at, ?) WHERE id = ?',
    args: [saved === undefined ? null : JSON.stringify(saved), endedAt ?? null, rowId(id)],
  }));
}

export function createSignalFeedStore({ client, now }: Pick<Database, 'client' | 'now'>): SignalFeedStore {
  return {
    insert: (feed) =>
      guarded('storing a feed of signals', async () => {
        const args = { ...feed, at: now() };
        return toFeed((await client.execute({ sql: INSERT, args })).rows[0]);
      }),
    active: () =>
      guarded('reading feeds of signals', async () => {
        const { rows } = await client.execute('SELECT * FROM signal_feeds WHERE ended_at IS NULL ORDER BY id');
        return rows.map((row) => ({ feed: toFeed(row), saved: toSaved(row.saved) }));
      }),
    dress: (id, { byWebhook, publishes }) =>
      guarded('changing a feed of signals', async () => {
        const sql = 'UPDATE signal_feeds SET by_webhook = ?, publishes = ? WHERE id = ?';
        await client.execute({ sql, args: [byWebhook, publishes, rowId(id)] });
      }),
    versions: (targetKey, name) =>
      guarded('reading feeds of signals', async () => {
        const sql = 'SELECT DISTINCT text, version FROM signal_feeds WHERE target_key = ? AND name = ?';
        const { rows } = await client.execute({ sql, args: [targetKey, name] });
        return rows.map(({ text, version }) => ({ text: String(text), version: Number(version) }));
      }),
  };
}
