import { and, asc, count, eq } from 'drizzle-orm';
import { guarded } from './errors.ts';
import type { Database } from './open.ts';
import { rowId } from './row-id.ts';
import { webhooks } from './schema.ts';

/** An address that puts what is posted to it into a chat. */
export interface Webhook {
  /** Short decimal digits. */
  readonly id: string;
  readonly chatKey: string;
  /** What the message is made of; undefined where the body is shown as it came. */
  readonly template: string | undefined;
  /** Who made it: `telegram:123`. */
  readonly ownerId: string;
  readonly createdAt: number;
}

export interface WebhookStore {
  /** @param hook with the hash of its token, which is stored nowhere else */
  insert(hook: Pick<Webhook, 'chatKey' | 'template' | 'ownerId'> & { readonly tokenHash: string }): Promise<Webhook>;
  byHash(tokenHash: string): Promise<Webhook | undefined>;
  /** Oldest first. */
  list(chatKey: string): Promise<readonly Webhook[]>;
  count(chatKey: string): Promise<number>;
  /** @returns false where the chat has no such webhook */
  remove(chatKey: string, id: string): Promise<boolean>;
}

type Row = typeof webhooks.$inferSelect;

const toWebhook = ({ id, chatKey, template, ownerId, createdAt }: Row): Webhook => ({
  ...{ id: String(id), chatKey, template: template ?? undefined, ownerId, createdAt },
});

export function createWebhookStore({ orm, now }: Database): WebhookStore {
  return {
    insert: ({ tokenHash, chatKey, template, ownerId }) =>
      guarded('saving a webhook', async () => {
        const row = { tokenHash, chatKey, template: template ?? null, ownerId, createdAt: now() };
        return toWebhook((await orm.insert(webhooks).values(row).returning())[0]);
      }),
    byHash: (tokenHash) =>
      guarded('reading a webhook', async () => {
        const row = (await orm.select().from(webhooks).where(eq(webhooks.tokenHash, tokenHash)))[0];
        return row && toWebhook(row);
      }),
    list: (chatKey) =>
      guarded('listing webhooks', async () => {
        const rows = orm.select().from(webhooks).where(eq(webhooks.chatKey, chatKey)).orderBy(asc(webhooks.id));
        return (await rows).map(toWebhook);
      }),
    count: (chatKey) =>
      guarded('counting webhooks', async () => {
        const rows = await orm.select({ n: count() }).from(webhooks).where(eq(webhooks.chatKey, chatKey));
        return rows[0].n;
      }),
    remove: (chatKey, id) =>
      guarded('deleting a webhook', async () => {
        const mine = and(eq(webhooks.chatKey, chatKey), eq(webhooks.id, rowId(id)));
        return (await orm.delete(webhooks).where(mine).returning({ id: webhooks.id })).length > 0;
      }),
  };
}
