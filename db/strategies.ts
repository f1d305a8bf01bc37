import { and, count, desc, eq, isNotNull, isNull } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { rowId } from './row-id.ts';
import { strategies } from './schema-strategies.ts';

/** One version of a chat's strategy. */
export interface StoredStrategy {
  /** Decimal digits; each version has its own. */
  readonly id: string;
  readonly chatKey: string;
  /** Lower case. */
  readonly name: string;
  /** From 1; goes on counting after a removal. */
  readonly version: number;
  /** Canonical. */
  readonly text: string;
  /** Who made it: `telegram:123`; who wrote this version. */
  readonly ownerId: string;
  readonly authorId: string;
  readonly createdAt: number;
  /** When it was replaced or removed, in ms; undefined while it holds. */
  readonly endedAt: number | undefined;
  /** Since when every chat may take it, in ms; undefined where none may. */
  readonly publishedAt: number | undefined;
}

export type NewStrategy = Pick<StoredStrategy, 'chatKey' | 'name' | 'text' | 'authorId'>;

export interface StrategyStore {
  /** What holds in a chat, by name. */
  list(chatKey: string): Promise<readonly StoredStrategy[]>;
  find(chatKey: string, name: string): Promise<StoredStrategy | undefined>;
  /** Also one that holds no longer. */
  get(id: string): Promise<StoredStrategy | undefined>;
  /** Every version that a name has had, newest first. */
  history(chatKey: string, name: string, limit: number): Promise<readonly StoredStrategy[]>;
  /** What every chat may take, newest first. */
  published(limit: number): Promise<readonly StoredStrategy[]>;
  /** Lets every chat take what holds, or none any more. @returns false where it holds no longer */
  publish(id: string, on: boolean): Promise<boolean>;
  /** How many versions a name has had. */
  versions(chatKey: string, name: string): Promise<number>;
  /** Gives a name its next version, or its first. The owner of one that holds stays its owner. */
  save(strategy: NewStrategy): Promise<StoredStrategy>;
  /** Ends a version that holds. @returns false where it holds no longer */
  remove(id: string): Promise<boolean>;
}

type Row = typeof strategies.$inferSelect;

const toStrategy = (row: Row): StoredStrategy => ({
  ...row,
  id: String(row.id),
  endedAt: row.endedAt ?? undefined,
  publishedAt: row.publishedAt ?? undefined,
});

/** A name is one strategy at a time: the next version comes in as ended, ends the one before, and then holds. */
const SAVE = [
  `INSERT INTO strategies (chat_key, name, text, author_id, created_at, ended_at, version, owner_id, published_at)
   VALUES (:chatKey, :name, :text, :authorId, :at, :at,
     1 + coalesce((SELECT max(version) FROM strategies WHERE chat_key = :chatKey AND name = :name), 0), coalesce((
     SELECT owner_id FROM strategies WHERE chat_key = :chatKey AND name = :name AND ended_at IS NULL), :authorId), (
     SELECT published_at FROM strategies WHERE chat_key = :chatKey AND name = :name AND ended_at IS NULL))`,
  'UPDATE strategies SET ended_at = :at WHERE chat_key = :chatKey AND name = :name AND ended_at IS NULL',
  `UPDATE strategies SET ended_at = NULL
   WHERE id = (SELECT max(id) FROM strategies WHERE chat_key = :chatKey AND name = :name)`,
];

export function createStrategyStore({ client, orm, now }: Database): StrategyStore {
  const holds = isNull(strategies.endedAt);
  const named = (chatKey: string, name: string) => and(eq(strategies.chatKey, chatKey), eq(strategies.name, name));

  async function find(chatKey: string, name: string): Promise<StoredStrategy | undefined> {
    const rows = await orm
      .select()
      .from(strategies)
      .where(and(named(chatKey, name), holds))
      .limit(1);
    return rows.map(toStrategy)[0];
  }

  async function save({ chatKey, name, text, authorId }: NewStrategy): Promise<StoredStrategy> {
    const mine = { chatKey, name };
    const at = now();
    const args = [{ ...mine, text, authorId, at }, { ...mine, at }, mine];
    await client.batch(
      SAVE.map((sql, i) => ({ sql, args: args[i] })),
      'write',
    );
    const rows = await orm.select().from(strategies).where(named(chatKey, name)).orderBy(desc(strategies.id)).limit(1);
    return toStrategy(rows[0]);
  }

  return {
    list: (chatKey) =>
      guarded('reading strategies', async () => {
        const mine = and(eq(strategies.chatKey, chatKey), holds);
        return (await orm.select().from(strategies).where(mine).orderBy(strategies.name)).map(toStrategy);
      }),
    find: (chatKey, name) => guarded('reading a strategy', () => find(chatKey, name)),
    get: (id) =>
      guarded('reading a strategy', async () => {
        const rows = await orm
          .select()
          .from(strategies)
          .where(eq(strategies.id, rowId(id)))
          .limit(1);
        return rows.map(toStrategy)[0];
      }),
    history: (chatKey, name, limit) =>
      guarded('reading versions', async () => {
        const all = orm.select().from(strategies).where(named(chatKey, name));
        return (await all.orderBy(desc(strategies.id)).limit(limit)).map(toStrategy);
      }),
    published: (limit) =>
      guarded('reading public strategies', async () => {
        const all = orm
          .select()
          .from(strategies)
          .where(and(isNotNull(strategies.publishedAt), holds));
        return (await all.orderBy(desc(strategies.publishedAt), desc(strategies.id)).limit(limit)).map(toStrategy);
      }),
    publish: (id, on) =>
      guarded('publishing a strategy', async () => {
        const mine = and(eq(strategies.id, rowId(id)), holds);
        const set = { publishedAt: on ? now() : null };
        return (await orm.update(strategies).set(set).where(mine).returning({ id: strategies.id })).length > 0;
      }),
    versions: (chatKey, name) =>
      guarded('counting versions', async () => {
        const [row] = await orm.select({ n: count() }).from(strategies).where(named(chatKey, name));
        return row.n;
      }),
    save: (strategy) => guarded('saving a strategy', () => save(strategy)),
    remove: (id) =>
      guarded('removing a strategy', async () => {
        const mine = and(eq(strategies.id, rowId(id)), holds);
        const set = { endedAt: now() };
        return (await orm.update(strategies).set(set).where(mine).returning({ id: strategies.id })).length > 0;
      }),
  };
}
