import { eq } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { users } from './schema.ts';

export interface User {
  /** `telegram:123`. */
  readonly id: string;
  readonly name: string;
  readonly locale: string | undefined;
  readonly createdAt: number;
}

export interface UserStore {
  /** Adds the user or takes over a new name or locale; a locale that is not told keeps the old one. */
  ensure(user: { readonly id: string; readonly name: string; readonly locale?: string }): Promise<User>;
  get(id: string): Promise<User | undefined>;
}

export function createUserStore({ orm, now }: Database): UserStore {
  async function get(id: string): Promise<User | undefined> {
    const row = (await orm.select().from(users).where(eq(users.id, id)))[0];
    return row && { ...row, locale: row.locale ?? undefined };
  }

  return {
    get: (id) => guarded('reading a user', () => get(id)),
    ensure: ({ id, name, locale }) =>
      guarded('saving a user', async () => {
        const known = await get(id);
        if (known !== undefined && known.name === name && (locale === undefined || known.locale === locale))
          return known;
        const row = { id, name, locale: locale ?? known?.locale ?? null, createdAt: known?.createdAt ?? now() };
        const set = { name: row.name, locale: row.locale };
        await orm.insert(users).values(row).onConflictDoUpdate({ target: users.id, set });
        return { ...row, locale: row.locale ?? undefined };
      }),
  };
}
