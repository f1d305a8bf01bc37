import { and, asc, eq, gt, lte } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { mutes } from './schema.ts';

/** A chat wants to hear nothing of a symbol for a time. */
export interface Mute {
  readonly chatKey: string;
  /** `btcusdt`, on whatever venue; empty for all symbols. */
  readonly symbol: string;
  /** In ms. */
  readonly until: number;
  /** Who wanted it. */
  readonly userId: string;
}

export interface MuteStore {
  /** Takes the place of an earlier mute of the same symbol. */
  set(mute: Mute): Promise<void>;
  /** Those that are not over, by symbol. */
  list(chatKey: string): Promise<readonly Mute[]>;
  /** Chats that have any. */
  chats(): Promise<readonly string[]>;
  /** @param symbol undefined: all of them. @returns how many there were that are not over */
  remove(chatKey: string, symbol?: string): Promise<number>;
}

export function createMuteStore({ orm, now }: Database): MuteStore {
  return {
    set: (mute) =>
      guarded('saving a mute', async () => {
        // Those that are over are of no use to anybody.
        await orm.delete(mutes).where(and(eq(mutes.chatKey, mute.chatKey), lte(mutes.until, now())));
        const { until, userId } = mute;
        await orm
          .insert(mutes)
          .values({ ...mute, createdAt: now() })
          .onConflictDoUpdate({ target: [mutes.chatKey, mutes.symbol], set: { until, userId } });
      }),
    list: (chatKey) =>
      guarded('reading mutes', async () => {
        const mine = and(eq(mutes.chatKey, chatKey), gt(mutes.until, now()));
        const rows = await orm.select().from(mutes).where(mine).orderBy(asc(mutes.symbol));
        return rows.map(({ createdAt: _, ...mute }) => mute);
      }),
    chats: () =>
      guarded('reading mutes', async () => {
        const rows = await orm.selectDistinct({ chatKey: mutes.chatKey }).from(mutes);
        return rows.map(({ chatKey }) => chatKey);
      }),
    remove: (chatKey, symbol) =>
      guarded('removing a mute', async () => {
        const one = symbol === undefined ? undefined : eq(mutes.symbol, symbol);
        const gone = await orm
          .delete(mutes)
          .where(and(eq(mutes.chatKey, chatKey), one))
          .returning({ until: mutes.until });
        return gone.filter(({ until }) => until > now()).length;
      }),
  };
}
