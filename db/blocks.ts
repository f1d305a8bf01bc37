import { and, eq, inArray } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { blocks } from './schema-who.ts';

/** Every chat at once. */
export const EVERYWHERE = '*';

export interface BlockStore {
  /** Whether a user may do nothing in a place, and whether that holds everywhere. */
  find(place: string, userId: string): Promise<'here' | 'everywhere' | undefined>;
  /** @returns false where it was so already */
  add(block: { readonly place: string; readonly userId: string; readonly byId: string }): Promise<boolean>;
  /** @returns false where there was none */
  remove(place: string, userId: string): Promise<boolean>;
}

/** Who may do nothing, by place: a chat's key without its thread, or `*`. */
export function createBlockStore({ orm, now }: Database): BlockStore {
  return {
    find: (place, userId) =>
      guarded('reading a block', async () => {
        const mine = and(eq(blocks.userId, userId), inArray(blocks.place, [place, EVERYWHERE]));
        const places = (await orm.select().from(blocks).where(mine)).map((row) => row.place);
        if (places.length === 0) return undefined;
        return places.includes(EVERYWHERE) ? 'everywhere' : 'here';
      }),
    add: (block) =>
      guarded('saving a block', async () => {
        const row = { ...block, createdAt: now() };
        return (await orm.insert(blocks).values(row).onConflictDoNothing().returning()).length > 0;
      }),
    remove: (place, userId) =>
      guarded('lifting a block', async () => {
        const mine = and(eq(blocks.place, place), eq(blocks.userId, userId));
        return (await orm.delete(blocks).where(mine).returning()).length > 0;
      }),
  };
}
