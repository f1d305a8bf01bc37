import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { SavedStrategy } from '../engine/strategies/signal.ts';

/** The strategies of a chat: each row is one version of one name. */
export const strategies = sqliteTable(
  'strategies',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    chatKey: text('chat_key').notNull(),
    /** Lower case. */
    name: text().notNull(),
    /** From 1. */
    version: integer().notNull(),
    /** Canonical. */
    text: text().notNull(),
    /** Who made it, and who wrote this version. */
    ownerId: text('owner_id').notNull(),
    authorId: text('author_id').notNull(),
    createdAt: integer('created_at').notNull(),
    /** Set once it was replaced or removed. */
    endedAt: integer('ended_at'),
    /** Since when every chat may take it; goes on with the next version. */
    publishedAt: integer('published_at'),
  },
  (t) => [
    uniqueIndex('strategies_name').on(t.chatKey, t.name).where(sql`ended_at IS NULL`),
    index('strategies_history').on(t.chatKey, t.name, t.id),
    index('strategies_public').on(t.publishedAt).where(sql`published_at IS NOT NULL AND ended_at IS NULL`),
  ],
);

/** What runs live: a strategy as it was when the feed was made, on the feed's symbols, and the chat that its signals go to. */
export const signalFeeds = sqliteTable(
  'signal_feeds',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    /** Where it is managed, and what it is called there: the lowest number that was free. */
    chatKey: text('chat_key').notNull(),
    number: integer().notNull(),
    /** Where its signals go. */
    targetKey: text('target_key').notNull(),
    ownerId: text('owner_id').notNull(),
    /** Of the strategy or template. */
    name: text().notNull(),
    /** Canonical, with the feed's symbols. */
    text: text().notNull(),
    /** As the ledger counts the texts of that name in the target chat, from 1. */
    version: integer().notNull(),
    /** Whether its messages stand under the strategy's name, and whether strong signals are published: where the platform can. */
    byWebhook: integer('by_webhook', { mode: 'boolean' }).notNull().default(false),
    publishes: integer({ mode: 'boolean' }).notNull().default(false),
    saved: text({ mode: 'json' }).$type<SavedStrategy>(),
    createdAt: integer('created_at').notNull(),
    /** Set once it was removed or replaced. */
    endedAt: integer('ended_at'),
  },
  (t) => [
    uniqueIndex('signal_feeds_number').on(t.chatKey, t.number).where(sql`ended_at IS NULL`),
    index('signal_feeds_target').on(t.targetKey, t.name),
  ],
);
