import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { DataError } from '../engine/errors.ts';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { chats } from './schema.ts';

/** What a chat may choose. */
export interface ChatSettings {
  /** Venue that a bare symbol is looked up in first. */
  readonly venue: string | undefined;
  /** Length of a bar where nothing else is said, in ms. */
  readonly interval: number;
  /** Completes `btc` to `btcusdt`. */
  readonly quote: string;
  /** IANA name. */
  readonly timeZone: string;
  /** BCP 47 tag. */
  readonly locale: string;
  /** Who may set alerts in a group: `everyone` where it is missing, `admins`, or `vote 3` of the other members. */
  readonly rulePolicy?: string | undefined;
  /** When it is told how things stand: `daily 09:00`, `hourly`; undefined: never. */
  readonly heartbeat?: string | undefined;
  /** `22:00-07:00` of the zone's clock, in which alerts wait; undefined: never. */
  readonly quiet?: string | undefined;
  /** Whether the message of an alert says when it is over. */
  readonly resolve?: boolean;
}

export interface Chat extends ChatSettings {
  /** As `chatKey` of commands/service.ts makes it. */
  readonly key: string;
  readonly title: string;
  readonly kind: 'private' | 'group' | 'channel';
  /** False while nothing can be sent there: see `inactiveReason`. */
  readonly active: boolean;
  readonly inactiveReason: string | undefined;
  readonly createdAt: number;
  /** Up to when it was told how things stand, in ms. */
  readonly heartbeatAt?: number | undefined;
}

/** A chat as it first shows up; the settings only count where it is new. */
export type NewChat = Pick<Chat, 'key' | 'title' | 'kind'> & ChatSettings;

export interface ChatStore {
  /** Adds the chat or takes over a new title or kind. A chat that writes to us again is active again. */
  ensure(chat: NewChat): Promise<Chat>;
  get(key: string): Promise<Chat | undefined>;
  /** @throws DataError where there is no such chat */
  updateSettings(key: string, settings: Partial<ChatSettings>): Promise<Chat>;
  /** Nothing can be sent there any more; its rules stay. */
  deactivate(key: string, reason: string): Promise<void>;
  activate(key: string): Promise<void>;
  /** The platform gave the chat another id: settings, rules, proposals, definitions, strategies, feeds, views, mutes, blocks, webhooks and what is still to be sent go with it. */
  move(oldKey: string, newKey: string): Promise<void>;
  list(): Promise<readonly Chat[]>;
  /** Those that are to be told how things stand, and can be. */
  beating(): Promise<readonly Chat[]>;
  /** It was told up to then. */
  beaten(key: string, at: number): Promise<void>;
}

type Row = typeof chats.$inferSelect;

function toChat(row: Row): Chat {
  const rulePolicy = row.rulePolicy === 'everyone' ? undefined : row.rulePolicy;
  const { venue, inactiveReason, heartbeat, heartbeatAt, quiet, ...rest } = row;
  return {
    ...{ ...rest, rulePolicy, venue: venue ?? undefined, inactiveReason: inactiveReason ?? undefined },
    ...(heartbeat === null ? {} : { heartbeat, heartbeatAt: heartbeatAt ?? undefined }),
    quiet: quiet ?? undefined,
  };
}

/** All in one batch; rules that would share a number with one that is there already come after it. */
function moveStatements(oldKey: string, newKey: string) {
  const columns =
    'title, kind, venue, interval, quote, time_zone, locale, quiet, resolve, active, inactive_reason, rule_policy, created_at, heartbeat, heartbeat_at';
  // A chat that is alive under its new key stays so, whatever was noted of the old one.
  const taken = columns
    .split(', ')
    .map((column) =>
      column === 'active' ? 'active = max(active, excluded.active)' : `${column} = excluded.${column}`,
    );
  const last = 'SELECT coalesce(max(number), 0) FROM rules WHERE chat_key = ?1 AND deleted_at IS NULL';
  const args = [newKey, oldKey];
  return [
    {
      sql: `INSERT INTO chats (key, ${columns}) SELECT ?1, ${columns} FROM chats WHERE key = ?2
            ON CONFLICT (key) DO UPDATE SET ${taken.join(', ')}`,
      args,
    },
    { sql: `UPDATE rules SET chat_key = ?1, number = number + (${last}) WHERE chat_key = ?2`, args },
    { sql: `UPDATE deliveries SET chat_key = ?1 WHERE chat_key = ?2 AND state IN ('pending', 'claimed')`, args },
    { sql: 'UPDATE views SET chat_key = ?1 WHERE chat_key = ?2', args },
    { sql: 'UPDATE proposals SET chat_key = ?1 WHERE chat_key = ?2', args },
    { sql: 'UPDATE OR REPLACE blocks SET place = ?1 WHERE place = ?2', args },
    { sql: 'UPDATE OR IGNORE outages SET chat_key = ?1 WHERE chat_key = ?2', args },
    { sql: 'UPDATE OR REPLACE mutes SET chat_key = ?1 WHERE chat_key = ?2', args },
    { sql: 'UPDATE webhooks SET chat_key = ?1 WHERE chat_key = ?2', args },
    // A name that means something there already keeps that meaning.
    {
      sql: `UPDATE definitions SET ended_at = created_at WHERE chat_key = ?2 AND ended_at IS NULL
            AND name IN (SELECT name FROM definitions WHERE chat_key = ?1 AND ended_at IS NULL AND ?1 <> ?2)`,
      args,
    },
    { sql: 'UPDATE definitions SET chat_key = ?1 WHERE chat_key = ?2', args },
    {
      sql: `UPDATE strategies SET ended_at = created_at WHERE chat_key = ?2 AND ended_at IS NULL
            AND name IN (SELECT name FROM strategies WHERE chat_key = ?1 AND ended_at IS NULL AND ?1 <> ?2)`,
      args,
    },
    { sql: 'UPDATE strategies SET chat_key = ?1 WHERE chat_key = ?2', args },
    {
      sql: `UPDATE signal_feeds SET chat_key = ?1, number = number + (SELECT coalesce(max(number), 0) FROM signal_feeds
            WHERE chat_key = ?1 AND ended_at IS NULL) WHERE chat_key = ?2`,
      args,
    },
    { sql: 'UPDATE signal_feeds SET target_key = ?1 WHERE target_key = ?2', args },
    { sql: 'DELETE FROM chats WHERE key = ?1', args: [oldKey] },
  ];
}

export function createChatStore({ client, orm, now }: Database): ChatStore {
  async function get(key: string): Promise<Chat | undefined> {
    const row = (await orm.select().from(chats).where(eq(chats.key, key)))[0];
    return row && toChat(row);
  }

  async function change(key: string, set: Partial<Row>): Promise<Chat | undefined> {
    const row = (await orm.update(chats).set(set).where(eq(chats.key, key)).returning())[0];
    return row && toChat(row);
  }

  return {
    get: (key) => guarded('reading a chat', () => get(key)),
    ensure: (chat) =>
      guarded('saving a chat', async () => {
        const known = await get(chat.key);
        if (known?.active && known.title === chat.title && known.kind === chat.kind) return known;
        const { key, title, kind, venue, interval, quote, timeZone, locale, quiet, resolve = false } = chat;
        const settings = { venue: venue ?? null, interval, quote, timeZone, locale, quiet: quiet ?? null, resolve };
        const rows = await orm
          .insert(chats)
          .values({ key, title, kind, ...settings, createdAt: now() })
          .onConflictDoUpdate({ target: chats.key, set: { title, kind, active: true, inactiveReason: null } })
          .returning();
        return toChat(rows[0]);
      }),
    updateSettings: (key, settings) =>
      guarded('saving the settings of a chat', async () => {
        const { venue, heartbeat, quiet, ...rest } = settings;
        const set = {
          ...rest,
          ...('venue' in settings ? { venue: venue ?? null } : {}),
          ...('quiet' in settings ? { quiet: quiet ?? null } : {}),
          // What was due before it was asked for is not.
          ...('heartbeat' in settings ? { heartbeat: heartbeat ?? null, heartbeatAt: now() } : {}),
        };
        const chat = Object.keys(set).length === 0 ? await get(key) : await change(key, set);
        if (chat === undefined) throw new DataError('there is no such chat');
        return chat;
      }),
    deactivate: (key, reason) =>
      guarded('switching a chat off', async () => {
        await change(key, { active: false, inactiveReason: reason });
      }),
    activate: (key) =>
      guarded('switching a chat on', async () => {
        await change(key, { active: true, inactiveReason: null });
      }),
    move: (oldKey, newKey) =>
      guarded('moving a chat', async () => {
        if (oldKey !== newKey) await client.batch(moveStatements(oldKey, newKey), 'write');
      }),
    beating: () =>
      guarded('reading chats', async () =>
        (
          await orm
            .select()
            .from(chats)
            .where(and(isNotNull(chats.heartbeat), eq(chats.active, true)))
        ).map(toChat),
      ),
    beaten: (key, at) =>
      guarded('saving a chat', async () => {
        await change(key, { heartbeatAt: at });
      }),
    list: () =>
      guarded('listing chats', async () =>
        (await orm.select().from(chats).orderBy(asc(chats.createdAt), asc(chats.key))).map(toChat),
      ),
  };
}
