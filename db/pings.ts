import { and, asc, eq, inArray } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { pings, users } from './schema.ts';

/** Somebody whom an alert calls. */
export interface Person {
  /** `telegram:123`. */
  readonly userId: string;
  readonly name: string;
}

/** Who wants to be called by alerts, their own or others'. */
export interface PingStore {
  /** Adds the user, or takes them away where they are there. @returns whether they are called now */
  toggle(ruleId: string, userId: string): Promise<boolean>;
  /** Each once, in the order in which they asked for it. */
  of(ruleIds: readonly string[]): Promise<readonly Person[]>;
}

export function createPingStore({ orm, now }: Database): PingStore {
  async function add(ruleId: string, userId: string): Promise<boolean> {
    const row = { ruleId, userId, createdAt: now() };
    return (await orm.insert(pings).values(row).onConflictDoNothing().returning()).length > 0;
  }

  return {
    toggle: (ruleId, userId) =>
      guarded('saving a ping', async () => {
        if (await add(ruleId, userId)) return true;
        await orm.delete(pings).where(and(eq(pings.ruleId, ruleId), eq(pings.userId, userId)));
        return false;
      }),
    of: (ruleIds) =>
      guarded('reading pings', async () => {
        if (ruleIds.length === 0) return [];
        const rows = await orm
          .select({ userId: pings.userId, name: users.name })
          .from(pings)
          .innerJoin(users, eq(users.id, pings.userId))
          .where(inArray(pings.ruleId, [...ruleIds]))
          .orderBy(asc(pings.createdAt), asc(pings.userId));
        return [...new Map(rows.map((person) => [person.userId, person])).values()];
      }),
  };
}
