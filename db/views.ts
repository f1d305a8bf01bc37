import { and, eq, inArray, lt } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { rowId } from './row-id.ts';
import { views } from './schema.ts';

/** What an interactive message shows: its buttons carry the id, the state stays here. */
export interface View {
  /** Short decimal digits. */
  readonly id: string;
  readonly chatKey: string;
  /** Any JSON; parse it before use, an older version of the program may have written it. */
  readonly state: unknown;
  readonly createdAt: number;
}

export interface ViewStore {
  /** @returns the new view's id */
  insert(view: { readonly chatKey: string; readonly state: unknown }): Promise<string>;
  get(id: string): Promise<View | undefined>;
  /** @returns false where there is no such view in that chat */
  update(id: string, chatKey: string, state: unknown): Promise<boolean>;
  /** Drops up to `limit` views made before `olderThan`. @returns how many */
  prune(olderThan: number, limit: number): Promise<number>;
}

export function createViewStore({ orm, now }: Database): ViewStore {
  return {
    insert: ({ chatKey, state }) =>
      guarded('saving a view', async () => {
        const made = await orm.insert(views).values({ chatKey, state, createdAt: now() }).returning({ id: views.id });
        return String(made[0].id);
      }),
    get: (id) =>
      guarded('reading a view', async () => {
        const row = (
          await orm
            .select()
            .from(views)
            .where(eq(views.id, rowId(id)))
        )[0];
        return row && { ...row, id: String(row.id) };
      }),
    update: (id, chatKey, state) =>
      guarded('saving a view', async () => {
        const mine = and(eq(views.id, rowId(id)), eq(views.chatKey, chatKey));
        return (await orm.update(views).set({ state }).where(mine).returning({ id: views.id })).length > 0;
      }),
    prune: (olderThan, limit) =>
      guarded('pruning views', async () => {
        const old = orm.select({ id: views.id }).from(views).where(lt(views.createdAt, olderThan)).limit(limit);
        return (await orm.delete(views).where(inArray(views.id, old)).returning({ id: views.id })).length;
      }),
  };
}
