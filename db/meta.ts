import { eq } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { meta } from './schema.ts';

/** Single values that belong to the installation, such as the secret that signs buttons. */
export interface MetaStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  /** The stored value; `make()` is stored and returned where there is none yet. */
  getOrMake(key: string, make: () => string): Promise<string>;
}

export function createMetaStore({ orm }: Database): MetaStore {
  async function get(key: string): Promise<string | undefined> {
    return (await orm.select().from(meta).where(eq(meta.key, key)))[0]?.value;
  }

  return {
    get: (key) => guarded('reading a setting', () => get(key)),
    set: (key, value) =>
      guarded('saving a setting', async () => {
        await orm.insert(meta).values({ key, value }).onConflictDoUpdate({ target: meta.key, set: { value } });
      }),
    getOrMake: (key, make) =>
      guarded('making a setting', async () => {
        const known = await get(key);
        if (known !== undefined) return known;
        await orm.insert(meta).values({ key, value: make() }).onConflictDoNothing();
        // Read again: somebody else may have been first.
        return (await get(key))!;
      }),
  };
}
