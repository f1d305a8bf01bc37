import { and, eq, like, ne, type SQL } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { users } from './schema.ts';

export interface User {
  /** `telegram:123`. */
  readonly id: string;
  readonly name: string;
  /** What others write behind an `@` to mean them, lower case. */
  readonly handle: string | undefined;
  readonly locale: string | undefined;
  readonly createdAt: number;
}

export interface UserStore {
  /** Adds the user or takes over a new name, handle or locale; what is not told stays as it was. */
  ensure(user: {
    readonly id: string;
    readonly name: string;
    readonly handle?: string;
    readonly locale?: string;
  }): Promise<User>;
  get(id: string): Promise<User | undefined>;
  /** The one of a platform who had a handle last. */
  byHandle(platform: string, handle: string): Promise<User | undefined>;
}

type Row = typeof users.$inferSelect;

const toUser = (row: Row): User => ({ ...row, handle: row.handle ?? undefined, locale: row.locale ?? undefined });

export function createUserStore({ orm, now }: Database): UserStore {
  async function get(id: string): Promise<User | undefined> {
    const row = (await orm.select().from(users).where(eq(users.id, id)))[0];
    return row && toUser(row);
  }

  return {
    get: (id) => guarded('reading a user', () => get(id)),
    byHandle: (platform, handle) =>
      guarded('looking a user up', async () => {
        const theirs = and(eq(users.handle, handle.toLowerCase()), like(users.id, `${platform}:%`));
        const row = (await orm.select().from(users).where(theirs))[0];
        return row && toUser(row);
      }),
    ensure: ({ id, name, handle: told, locale }) =>
      guarded('saving a user', async () => {
        const known = await get(id);
        const handle = told?.toLowerCase();
        const isSame = known?.name === name && (handle ?? known.handle) === known.handle;
        if (known !== undefined && isSame && (locale ?? known.locale) === known.locale) return known;
        if (handle !== undefined) await orm.update(users).set({ handle: null }).where(elsewhere(id, handle));
        const set = { name, handle: handle ?? known?.handle ?? null, locale: locale ?? known?.locale ?? null };
        const row = { id, ...set, createdAt: known?.createdAt ?? now() };
        await orm.insert(users).values(row).onConflictDoUpdate({ target: users.id, set });
        return toUser(row);
      }),
  };
}

/** A handle is one user's at a time: whoever had it before has it no longer. */
function elsewhere(id: string, handle: string): SQL | undefined {
  const platform = id.slice(0, id.indexOf(':'));
  return and(eq(users.handle, handle), like(users.id, `${platform}:%`), ne(users.id, id));
}
