import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

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
  },
  (t) => [
    uniqueIndex('strategies_name').on(t.chatKey, t.name).where(sql`ended_at IS NULL`),
    index('strategies_history').on(t.chatKey, t.name, t.id),
  ],
);
