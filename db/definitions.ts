import { and, desc, eq, isNull, type SQL } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { rowId } from './row-id.ts';
import { definitions } from './schema.ts';

/** One version of what a chat means by a name. */
export interface Definition {
  /** Decimal digits; each version has its own. */
  readonly id: string;
  readonly chatKey: string;
  /** Lower case. */
  readonly name: string;
  /** As it was written. */
  readonly text: string;
  /** Who defined the name first: `telegram:123`. */
  readonly ownerId: string;
  /** Who wrote this version. */
  readonly authorId: string;
  readonly createdAt: number;
  /** When it was replaced or deleted, in ms; undefined while it holds. */
  readonly endedAt: number | undefined;
}

export type NewDefinition = Pick<Definition, 'chatKey' | 'name' | 'text' | 'authorId'>;

export interface DefinitionStore {
  /** What holds in a chat, by name. */
  list(chatKey: string): Promise<readonly Definition[]>;
  /** Also one that holds no longer. */
  get(id: string): Promise<Definition | undefined>;
  /** The newest `limit` versions of a name, newest first, those before a deletion too. */
  versions(chatKey: string, name: string, limit: number): Promise<readonly Definition[]>;
  /** Gives a name its next version, or its first. The owner of a name that is defined already stays its owner. */
  save(definition: NewDefinition): Promise<Definition>;
  /** Ends a version that holds. @returns false where it holds no longer */
  remove(id: string): Promise<boolean>;
  /** How many alerts of the chat were written with a name and were not deleted. */
  alertsWith(chatKey: string, name: string): Promise<number>;
}

type Row = typeof definitions.$inferSelect;

const toDefinition = (row: Row): Definition => ({ ...row, id: String(row.id), endedAt: row.endedAt ?? undefined });

/** A name means one thing at a time: the next version comes in as ended, ends the one before, and then holds. */
const SAVE = [
  `INSERT INTO definitions (chat_key, name, text, author_id, created_at, ended_at, owner_id)
   VALUES (:chatKey, :name, :text, :authorId, :at, :at, coalesce((
     SELECT owner_id FROM definitions WHERE chat_key = :chatKey AND name = :name AND ended_at IS NULL), :authorId))`,
  'UPDATE definitions SET ended_at = :at WHERE chat_key = :chatKey AND name = :name AND ended_at IS NULL',
  `UPDATE definitions SET ended_at = NULL
   WHERE id = (SELECT max(id) FROM definitions WHERE chat_key = :chatKey AND name = :name)`,
];
const ALERTS_WITH = `SELECT count(*) AS n FROM rules WHERE chat_key = ? AND deleted_at IS NULL
  AND EXISTS (SELECT 1 FROM json_each(rules.definitions) WHERE value = ?)`;

export function createDefinitionStore({ client, orm, now }: Database): DefinitionStore {
  const holds = isNull(definitions.endedAt);
  const named = (chatKey: string, name: string) => and(eq(definitions.chatKey, chatKey), eq(definitions.name, name));

  async function find(where: SQL | undefined, limit: number): Promise<readonly Definition[]> {
    const rows = orm.select().from(definitions).where(where).orderBy(desc(definitions.id)).limit(limit);
    return (await rows).map(toDefinition);
  }

  async function save({ chatKey, name, text, authorId }: NewDefinition): Promise<Definition> {
    const mine = { chatKey, name };
    const args = { ...mine, text, authorId, at: now() };
    await client.batch(
      SAVE.map((sql) => ({
        sql,
        args: sql.includes(':text') ? args : sql.includes(':at') ? { ...mine, at: args.at } : mine,
      })),
      'write',
    );
    return (await find(and(named(chatKey, name), holds), 1))[0];
  }

  return {
    list: (chatKey) =>
      guarded('reading definitions', async () => {
        const mine = and(eq(definitions.chatKey, chatKey), holds);
        return (await orm.select().from(definitions).where(mine).orderBy(definitions.name)).map(toDefinition);
      }),
    get: (id) => guarded('reading a definition', async () => (await find(eq(definitions.id, rowId(id)), 1))[0]),
    versions: (chatKey, name, limit) => guarded('reading versions', () => find(named(chatKey, name), limit)),
    save: (definition) => guarded('saving a definition', () => save(definition)),
    remove: (id) =>
      guarded('deleting a definition', async () => {
        const mine = and(eq(definitions.id, rowId(id)), holds);
        const set = { endedAt: now() };
        return (await orm.update(definitions).set(set).where(mine).returning({ id: definitions.id })).length > 0;
      }),
    alertsWith: (chatKey, name) =>
      guarded('counting alerts', async () => {
        const result = await client.execute({ sql: ALERTS_WITH, args: [chatKey, name] });
        return Number(result.rows[0].n);
      }),
  };
}
