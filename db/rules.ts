import { and, asc, count, desc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { SavedRule } from '../engine/rules/rule.ts';
import { breathe } from './breathe.ts';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { rowId } from './row-id.ts';
import { type RuleStateChange, ruleChangeStatements } from './rule-changes.ts';
import { ruleChanges, rules } from './schema.ts';

export interface StoredRule {
  /** Decimal digits; unique for ever. */
  readonly id: string;
  /** What its chat calls it, from 1: the lowest that was free. Stays until the rule is removed, and somebody else may have it then. */
  readonly number: number;
  readonly chatKey: string;
  /** `telegram:123`. */
  readonly ownerId: string;
  /** Canonical text. */
  readonly text: string;
  readonly instrument: string;
  readonly saved: SavedRule;
  readonly createdAt: number;
  /** Names of the chat's definitions that it was written with, those within others too; its text says what they meant then. */
  readonly definitions: readonly string[];
  /** Set once it was removed: its firings still name it. */
  readonly deletedAt: number | undefined;
}

export type NewRule = Pick<StoredRule, 'chatKey' | 'ownerId' | 'text' | 'instrument' | 'saved' | 'createdAt'> & {
  /** Names of the chat's definitions that it was written with. */
  readonly definitions?: readonly string[];
};

export interface RuleChange {
  readonly ruleId: string;
  readonly ts: number;
  /** A RuleState, or `deleted` in `to`. */
  readonly from: string;
  readonly to: string;
  readonly cause: string;
}

export interface RuleStore {
  /** @throws DataError where the chat is not stored */
  insert(rule: NewRule): Promise<StoredRule>;
  /** Gives a rule another text and starts its life anew under the same id and number. @returns undefined where it is gone */
  replace(id: string, to: Pick<StoredRule, 'text' | 'instrument' | 'saved'>): Promise<StoredRule | undefined>;
  /** Also a removed one. */
  get(id: string): Promise<StoredRule | undefined>;
  /** The chat's rules by number, without the removed ones. */
  byChat(chatKey: string): Promise<readonly StoredRule[]>;
  byNumber(chatKey: string, number: number): Promise<StoredRule | undefined>;
  /** All that were not removed, oldest first. */
  active(): Promise<readonly StoredRule[]>;
  /** `saved` is where it stood at last. @returns false where it was removed already or never was */
  remove(id: string, at: number, cause: string, saved?: SavedRule): Promise<boolean>;
  /**
   * Brings a removed rule back as it was, under another number where its own is taken. @returns undefined where it was not
   * removed
   */
  restore(id: string, at: number, cause: string): Promise<StoredRule | undefined>;
  /** The chat's removed rules, the last removed first; with `number` those that had it. */
  removed(chatKey: string, limit: number, number?: number): Promise<readonly StoredRule[]>;
  countByOwner(ownerId: string): Promise<number>;
  countByChat(chatKey: string): Promise<number>;
  /** Stores changes that no firing came with; those of a firing go with its commit. */
  saveState(changes: readonly RuleStateChange[]): Promise<void>;
  /** Newest first. */
  changes(ruleId: string, limit: number): Promise<readonly RuleChange[]>;
  /** Drops up to `limit` changes of rules that were removed before `removedBefore`. @returns how many */
  pruneChanges(removedBefore: number, limit: number): Promise<number>;
}

type Row = typeof rules.$inferSelect;
type PackedRow = readonly [number, number, string, string, string, string, SavedRule, number, readonly string[] | null];

function toRule(row: Row): StoredRule {
  const { state: _, definitions, id, deletedAt, ...rest } = row;
  return { ...rest, definitions: definitions ?? [], id: String(id), deletedAt: deletedAt ?? undefined };
}

/** A page of rows as one JSON text: a tenth of the time that the client takes to make objects of the cells. */
const PACKED_PAGE = `
  SELECT json_group_array(json_array(id, number, chat_key, owner_id, text, instrument, json(saved), created_at,
    json(definitions))) AS page
  FROM (SELECT * FROM rules WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?)`;
const PRUNE_CHANGES = `DELETE FROM rule_changes WHERE id IN (
  SELECT c.id FROM rules r CROSS JOIN rule_changes c ON c.rule_id = CAST(r.id AS TEXT) WHERE r.deleted_at < ? LIMIT ?)`;
/** Under its own number where that is free, else under the lowest that is. */
const RESTORE = `UPDATE rules SET deleted_at = NULL, number = (
    SELECT min(n) FROM (
      SELECT rules.number AS n, 0 AS other UNION ALL SELECT 1, 1
      UNION ALL SELECT t.number + 1, 1 FROM rules t WHERE t.chat_key = rules.chat_key AND t.deleted_at IS NULL
    ) WHERE NOT EXISTS (SELECT 1 FROM rules t WHERE t.deleted_at IS NULL AND t.chat_key = rules.chat_key AND t.number = n)
    GROUP BY other ORDER BY other LIMIT 1)
  WHERE id = :id AND deleted_at IS NOT NULL`;
const PAGE = 500;
/** Changes of state in one batch. */
const CHUNK = 2000;

function unpack(row: PackedRow): StoredRule {
  const [id, number, chatKey, ownerId, text, instrument, saved, createdAt, names] = row;
  const definitions = names ?? [];
  return {
    id: String(id),
    number,
    chatKey,
    ownerId,
    text,
    instrument,
    saved,
    createdAt,
    definitions,
    deletedAt: undefined,
  };
}

/** The lowest number that no rule of the chat has. */
function freeNumber(chatKey: string): SQL<number> {
  const taken = (alias: string) =>
    sql.raw(`SELECT 1 FROM rules ${alias} WHERE ${alias}.deleted_at IS NULL AND ${alias}.chat_key = `);
  return sql`(SELECT min(n) FROM (
    SELECT 1 AS n UNION ALL SELECT number + 1 FROM rules WHERE chat_key = ${chatKey} AND deleted_at IS NULL
  ) WHERE NOT EXISTS (${taken('t')}${chatKey} AND t.number = n))`;
}

export function createRuleStore({ client, orm }: Database): RuleStore {
  const alive = isNull(rules.deletedAt);

  async function find(where: SQL | undefined): Promise<readonly StoredRule[]> {
    return (await orm.select().from(rules).where(where).orderBy(asc(rules.chatKey), asc(rules.number))).map(toRule);
  }

  async function countOf(where: SQL): Promise<number> {
    return (await orm.select({ n: count() }).from(rules).where(and(where, alive)))[0].n;
  }

  async function active(): Promise<readonly StoredRule[]> {
    const all: StoredRule[] = [];
    for (let last = 0; ; ) {
      const result = await client.execute({ sql: PACKED_PAGE, args: [last, PAGE] });
      const page = JSON.parse(result.rows[0].page as string) as readonly PackedRow[];
      for (const row of page) all.push(unpack(row));
      if (page.length < PAGE) return all;
      last = page[page.length - 1][0];
      await breathe();
    }
  }

  async function remove(id: string, at: number, cause: string, saved?: SavedRule): Promise<boolean> {
    const args = { id: rowId(id), at, cause, text: id };
    const results = await client.batch(
      [
        {
          sql: `INSERT INTO rule_changes (rule_id, ts, from_state, to_state, cause)
                SELECT :text, :at, state, 'deleted', :cause FROM rules WHERE id = :id AND deleted_at IS NULL`,
          args,
        },
        {
          sql: `UPDATE rules SET deleted_at = :at, state = coalesce(:state, state), saved = coalesce(:saved, saved)
                WHERE id = :id AND deleted_at IS NULL`,
          args: {
            id: args.id,
            at,
            state: saved?.state ?? null,
            saved: saved === undefined ? null : JSON.stringify(saved),
          },
        },
      ],
      'write',
    );
    return results[1].rowsAffected > 0;
  }

  async function restore(id: string, at: number, cause: string): Promise<StoredRule | undefined> {
    const args = { id: rowId(id), text: id, at, cause };
    const results = await client.batch(
      [
        {
          sql: `INSERT INTO rule_changes (rule_id, ts, from_state, to_state, cause)
                SELECT :text, :at, 'deleted', state, :cause FROM rules WHERE id = :id AND deleted_at IS NOT NULL`,
          args,
        },
        { sql: RESTORE, args: { id: args.id } },
      ],
      'write',
    );
    return results[1].rowsAffected > 0 ? (await find(eq(rules.id, args.id)))[0] : undefined;
  }

  return {
    insert: (rule) =>
      guarded('saving a rule', async () => {
        const { chatKey, ownerId, text, instrument, saved, createdAt, definitions } = rule;
        const row = {
          chatKey,
          ownerId,
          text,
          instrument,
          saved,
          createdAt,
          definitions: definitions !== undefined && definitions.length > 0 ? definitions : null,
          state: saved.state,
          number: freeNumber(chatKey),
        };
        return toRule((await orm.insert(rules).values(row).returning())[0]);
      }),
    replace: (id, { text, instrument, saved }) =>
      guarded('changing a rule', async () => {
        const set = { text, instrument, saved, state: saved.state };
        const row = (
          await orm
            .update(rules)
            .set(set)
            .where(and(eq(rules.id, rowId(id)), alive))
            .returning()
        )[0];
        return row && toRule(row);
      }),
    get: (id) => guarded('reading a rule', async () => (await find(eq(rules.id, rowId(id))))[0]),
    byChat: (chatKey) => guarded('reading rules', () => find(and(eq(rules.chatKey, chatKey), alive))),
    byNumber: (chatKey, number) =>
      guarded(
        'reading a rule',
        async () => (await find(and(eq(rules.chatKey, chatKey), eq(rules.number, number), alive)))[0],
      ),
    active: () => guarded('reading all rules', active),
    remove: (id, at, cause, saved) => guarded('removing a rule', () => remove(id, at, cause, saved)),
    restore: (id, at, cause) => guarded('bringing a rule back', () => restore(id, at, cause)),
    removed: (chatKey, limit, number) =>
      guarded('reading removed rules', async () => {
        const numbered = number === undefined ? undefined : eq(rules.number, number);
        const mine = and(eq(rules.chatKey, chatKey), isNotNull(rules.deletedAt), numbered);
        const newest = orm.select().from(rules).where(mine).orderBy(desc(rules.deletedAt), desc(rules.id)).limit(limit);
        return (await newest).map(toRule);
      }),
    countByOwner: (ownerId) => guarded('counting rules', () => countOf(eq(rules.ownerId, ownerId))),
    countByChat: (chatKey) => guarded('counting rules', () => countOf(eq(rules.chatKey, chatKey))),
    saveState: (changes) =>
      guarded('saving states of rules', async () => {
        for (let i = 0; i < changes.length; i += CHUNK) {
          if (i > 0) await breathe();
          await client.batch([...ruleChangeStatements(changes.slice(i, i + CHUNK))], 'write');
        }
      }),
    changes: (ruleId, limit) =>
      guarded('reading the history of a rule', async () => {
        const mine = eq(ruleChanges.ruleId, ruleId);
        const rows = await orm.select().from(ruleChanges).where(mine).orderBy(desc(ruleChanges.id)).limit(limit);
        return rows.map(({ id: _, ...change }) => change);
      }),
    pruneChanges: (removedBefore, limit) =>
      guarded('pruning the history of rules', async () => {
        const result = await client.execute({ sql: PRUNE_CHANGES, args: [removedBefore, limit] });
        return result.rowsAffected;
      }),
  };
}
