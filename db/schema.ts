import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { NamedValue, RuleState, SavedRule } from '../engine/rules/rule.ts';

/** Times are ms since the epoch. Ids of chats and users are the platforms' own, as text. */

export const users = sqliteTable('users', {
  /** `telegram:123`. */
  id: text().primaryKey(),
  name: text().notNull(),
  /** What others write behind an `@` to mean them, lower case; unknown where the platform tells none. */
  handle: text(),
  locale: text(),
  createdAt: integer('created_at').notNull(),
});

export const chats = sqliteTable('chats', {
  /** `telegram:-100123/45`. */
  key: text().primaryKey(),
  title: text().notNull(),
  kind: text().$type<'private' | 'group' | 'channel'>().notNull(),
  venue: text(),
  /** Length of a bar where a rule or chart names none, in ms. */
  interval: integer().notNull(),
  quote: text().notNull(),
  timeZone: text('time_zone').notNull(),
  locale: text().notNull(),
  /** `22:00-07:00` of the zone's clock: alerts wait for its end. */
  quiet: text(),
  /** Whether the message of an alert says when it is over. */
  resolve: integer({ mode: 'boolean' }).notNull().default(false),
  active: integer({ mode: 'boolean' }).notNull().default(true),
  inactiveReason: text('inactive_reason'),
  /** Who may set alerts: `everyone`, `admins`, or `vote 3` of the other members. */
  rulePolicy: text('rule_policy').notNull().default('everyone'),
  /** When it is told how things stand: `daily 09:00`, `hourly`; never where it is missing. */
  heartbeat: text(),
  /** Up to when it was told so, in ms. */
  heartbeatAt: integer('heartbeat_at'),
  createdAt: integer('created_at').notNull(),
});

export const rules = sqliteTable(
  'rules',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    /** What the chat calls it: the lowest that was free. */
    number: integer().notNull(),
    chatKey: text('chat_key')
      .notNull()
      .references(() => chats.key),
    ownerId: text('owner_id').notNull(),
    /** Canonical text. */
    text: text().notNull(),
    instrument: text().notNull(),
    state: text().$type<RuleState>().notNull(),
    saved: text({ mode: 'json' }).$type<SavedRule>().notNull(),
    /** Names of the chat's definitions that it was written with; its text says what they meant then. */
    definitions: text({ mode: 'json' }).$type<readonly string[]>(),
    createdAt: integer('created_at').notNull(),
    deletedAt: integer('deleted_at'),
  },
  (t) => [
    uniqueIndex('rules_number').on(t.chatKey, t.number).where(sql`deleted_at IS NULL`),
    index('rules_owner').on(t.ownerId).where(sql`deleted_at IS NULL`),
    index('rules_removed').on(t.chatKey, t.deletedAt).where(sql`deleted_at IS NOT NULL`),
  ],
);

export const ruleChanges = sqliteTable(
  'rule_changes',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    ruleId: text('rule_id').notNull(),
    ts: integer().notNull(),
    from: text('from_state').notNull(),
    to: text('to_state').notNull(),
    cause: text().notNull(),
  },
  (t) => [index('rule_changes_rule').on(t.ruleId, t.id)],
);

// No foreign keys here and on deliveries: a rule or chat that went away meanwhile must not undo a whole batch.
export const firings = sqliteTable(
  'firings',
  {
    /** `ruleId.n`. */
    id: text().primaryKey(),
    ruleId: text('rule_id').notNull(),
    ts: integer().notNull(),
    instrument: text().notNull(),
    price: real(),
    values: text({ mode: 'json' }).$type<readonly NamedValue[]>().notNull(),
    tradeId: text('trade_id'),
    suppressed: integer().notNull(),
  },
  (t) => [
    index('firings_rule').on(t.ruleId, t.ts),
    index('firings_instrument').on(t.instrument, t.ts),
    index('firings_ts').on(t.ts),
  ],
);

export type DeliveryState = 'pending' | 'claimed' | 'sent' | 'merged' | 'expired' | 'failed';

/** The outbox: one row is one message that is owed to one chat. */
export const deliveries = sqliteTable(
  'deliveries',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    dedupeKey: text('dedupe_key').notNull().unique(),
    chatKey: text('chat_key').notNull(),
    firingId: text('firing_id'),
    kind: text().notNull(),
    payload: text({ mode: 'json' }).$type<unknown>().notNull(),
    /** Lower goes first. */
    priority: integer().notNull(),
    state: text().$type<DeliveryState>().notNull().default('pending'),
    /** When it was first due: its place in the queue, which a retry does not cost it. */
    queuedAt: integer('queued_at').notNull(),
    dueAt: integer('due_at').notNull(),
    claimedAt: integer('claimed_at'),
    attempts: integer().notNull().default(0),
    messageId: text('message_id'),
    /** The row in whose message this one is told: set before that is tried, so that every try tells the same. */
    carrierId: integer('carrier_id'),
    /** Why it was made to wait: see `held-words.ts` of the commands. */
    held: text(),
    error: text(),
    createdAt: integer('created_at').notNull(),
    finishedAt: integer('finished_at'),
  },
  (t) => [
    index('deliveries_queue').on(t.priority, t.queuedAt, t.id, t.dueAt, t.chatKey).where(sql`state = 'pending'`),
    index('deliveries_due').on(t.dueAt, t.createdAt).where(sql`state = 'pending'`),
    index('deliveries_chat').on(t.chatKey, t.dueAt).where(sql`state = 'pending'`),
    index('deliveries_state').on(t.state, t.finishedAt),
    index('deliveries_firing').on(t.firingId).where(sql`firing_id IS NOT NULL`),
    index('deliveries_carrier').on(t.carrierId).where(sql`carrier_id IS NOT NULL`),
    index('deliveries_signals').on(t.chatKey, t.finishedAt).where(sql`kind = 'signal'`),
  ],
);

// WITHOUT ROWID, which drizzle cannot say: added by hand in the first migration.
export const bars = sqliteTable(
  'bars',
  {
    interval: integer().notNull(),
    instrument: text().notNull(),
    start: integer().notNull(),
    open: real().notNull(),
    high: real().notNull(),
    low: real().notNull(),
    close: real().notNull(),
    volume: real().notNull(),
    trades: integer().notNull(),
    /** Part of the volume that takers bought; unknown where a venue does not tell. */
    bought: real(),
  },
  (t) => [primaryKey({ columns: [t.interval, t.instrument, t.start] })],
);

// WITHOUT ROWID, which drizzle cannot say: added by hand in its migration.
/** What was told besides trades, in one row for each minute in which something was. */
export const facts = sqliteTable(
  'facts',
  {
    name: text().notNull(),
    /** Empty where it belongs to none. */
    instrument: text().notNull(),
    /** When the first value of the row became known; of one minute there are several rows after a restart. */
    slot: integer().notNull(),
    /** When the newest value became known, and the time that it speaks of. */
    at: integer().notNull(),
    ts: integer().notNull(),
    /** The newest value, or the sum of what was counted. */
    value: real().notNull(),
  },
  (t) => [primaryKey({ columns: [t.name, t.instrument, t.slot] })],
);

/** Trades by the chunk: see `trade-chunk.ts` for what `data` holds. */
export const trades = sqliteTable(
  'trades',
  {
    id: integer().primaryKey(),
    instrument: text().notNull(),
    /** Times of its first and last trade. */
    first: integer().notNull(),
    last: integer().notNull(),
    count: integer().notNull(),
    data: blob({ mode: 'buffer' }).notNull(),
  },
  (t) => [
    index('trades_first').on(t.instrument, t.first),
    index('trades_newest').on(t.instrument, t.last),
    index('trades_last').on(t.last),
  ],
);

// WITHOUT ROWID, which drizzle cannot say: added by hand in its migration.
/** What each venue lists, as far as it was ever looked at. */
export const markets = sqliteTable('markets', {
  instrument: text().primaryKey(),
  /** When it was seen listed, and delisted; listed again it has no `delistedAt`. */
  listedAt: integer('listed_at').notNull(),
  delistedAt: integer('delisted_at'),
  /** When it was last seen not to be listed: the look before; unknown where it was there at the first look. */
  absentAt: integer('absent_at'),
  /** Whether the rules on new markets were told of it. */
  told: integer({ mode: 'boolean' }).notNull(),
});

/** Times in which alerts were blind: those that a chat was told of, and those in which the program did not run. */
export const outages = sqliteTable(
  'outages',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    /** Empty where it is of all chats. */
    chatKey: text('chat_key').notNull(),
    /** A venue, or `program`. */
    cause: text().notNull(),
    /** Alerts of the chat that were blind. */
    alerts: integer().notNull(),
    /** Feeds of signals to it that were blind. */
    feeds: integer().notNull().default(0),
    startedAt: integer('started_at').notNull(),
    /** Missing while it lasts. */
    endedAt: integer('ended_at'),
    /** What was found when the data were back: alerts that were told late, and those too old for it. */
    fired: integer().notNull().default(0),
    missed: integer().notNull().default(0),
    /** Signals that were raised within it. */
    signals: integer().notNull().default(0),
  },
  (t) => [
    uniqueIndex('outages_start').on(t.chatKey, t.cause, t.startedAt),
    index('outages_open').on(t.chatKey).where(sql`ended_at IS NULL`),
    index('outages_ended').on(t.endedAt),
  ],
);

/** What an interactive message shows, for the buttons under it. */
export const views = sqliteTable(
  'views',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    chatKey: text('chat_key').notNull(),
    state: text({ mode: 'json' }).$type<unknown>().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [index('views_created').on(t.createdAt)],
);

/** What a chat calls its own series and conditions: each row is one version of one name. */
export const definitions = sqliteTable(
  'definitions',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    chatKey: text('chat_key').notNull(),
    /** Lower case. */
    name: text().notNull(),
    /** As it was written. */
    text: text().notNull(),
    /** Who defined the name first, and who wrote this version. */
    ownerId: text('owner_id').notNull(),
    authorId: text('author_id').notNull(),
    createdAt: integer('created_at').notNull(),
    /** Set once it was replaced or deleted. */
    endedAt: integer('ended_at'),
  },
  (t) => [
    uniqueIndex('definitions_name').on(t.chatKey, t.name).where(sql`ended_at IS NULL`),
    index('definitions_history').on(t.chatKey, t.name, t.id),
  ],
);

/** Addresses that put what is posted to them into a chat. */
export const webhooks = sqliteTable(
  'webhooks',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    /** SHA-256 of the token, in hex: who reads the database cannot post. */
    tokenHash: text('token_hash').notNull().unique(),
    chatKey: text('chat_key').notNull(),
    /** What the message is made of; the body as it came where it is missing. */
    template: text(),
    ownerId: text('owner_id').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [index('webhooks_chat').on(t.chatKey, t.id)],
);

/** Symbols of which a chat wants to hear nothing for a time. */
export const mutes = sqliteTable(
  'mutes',
  {
    chatKey: text('chat_key').notNull(),
    /** `btcusdt`, on whatever venue; empty for all of them. */
    symbol: text().notNull(),
    until: integer().notNull(),
    userId: text('user_id').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.chatKey, t.symbol] })],
);

/** Who wants to be called by an alert that is somebody else's. */
export const pings = sqliteTable(
  'pings',
  {
    ruleId: text('rule_id').notNull(),
    userId: text('user_id').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.ruleId, t.userId] })],
);

export const meta = sqliteTable('meta', { key: text().primaryKey(), value: text().notNull() });
