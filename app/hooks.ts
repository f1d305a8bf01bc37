import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { hookNumbers, hookText, hookTicker, readHookBody } from '../commands/hook-text.ts';
import type { WebhookPort } from '../commands/ports.ts';
import type { ChatStore } from '../db/chats.ts';
import type { OutboxStore } from '../db/outbox.ts';
import type { Webhook, WebhookStore } from '../db/webhooks.ts';
import type { Clock } from '../engine/clock.ts';
import type { SymbolTable } from '../engine/market/symbols.ts';
import type { IngestFeed } from '../feeds/ingest.ts';
import { snakeCase } from '../feeds/ingest-item.ts';
import { createRate } from '../web/ingest/rate.ts';
import type { HookOutcome, HookPort } from '../web/ports.ts';

/** Calls of one webhook: a message every three seconds. */
const CALLS_PER_SECOND = 1 / 3;
const CALLS_AT_ONCE = 20;
/** After the alerts. */
const HOOK_PRIORITY = 20;
const LONGEST_FACT = 64;

export interface HookOptions {
  readonly store: WebhookStore;
  readonly outbox: Pick<OutboxStore, 'enqueue'>;
  readonly chats: Pick<ChatStore, 'get'>;
  readonly market: { readonly symbols: Pick<SymbolTable, 'resolve'>; now(): number };
  readonly feed: Pick<IngestFeed, 'tell'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Called when a message is owed. */
  readonly wake: () => void;
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

export type Hooks = WebhookPort & HookPort;

/** Webhooks: what commands do with them, and what a call of one does. */
export function createHooks(options: HookOptions): Hooks {
  const { store, outbox, chats, market, feed, clock, wake } = options;
  const rate = createRate(clock, CALLS_PER_SECOND, CALLS_AT_ONCE);

  async function call(token: string, text: string): Promise<HookOutcome> {
    const hook = await store.byHash(hashOf(token));
    if (hook === undefined) return 'unknown';
    const body = readHookBody(text);
    const message = hookText(body, hook.template);
    if (message === '') return 'empty';
    // A call that is refused costs nothing: who keeps calling is served again in time.
    if (rate.spend(hook.id, 1) > 0) {
      rate.spend(hook.id, -1);
      return 'too-many';
    }
    const now = clock.now();
    await outbox.enqueue([
      {
        ...{ dedupeKey: `hook-${hook.id}-${randomUUID()}`, chatKey: hook.chatKey, kind: 'hook' },
        ...{ payload: { text: message }, priority: HOOK_PRIORITY, dueAt: now, createdAt: now },
      },
    ]);
    wake();
    await tellNumbers(hook, body);
    return 'sent';
  }

  async function tellNumbers({ chatKey }: Webhook, body: ReturnType<typeof readHookBody>): Promise<void> {
    const numbers = hookNumbers(body);
    if (numbers.length === 0) return;
    const ticker = hookTicker(body);
    const instrument = ticker === undefined ? undefined : await instrumentOf(chatKey, ticker);
    for (const [key, value] of numbers) {
      const name = snakeCase(key);
      if (name === '' || name.length > LONGEST_FACT) continue;
      feed.tell({ type: 'fact', name, instrument, ts: market.now(), value });
    }
  }

  /** As the chat reads it; an exchange before it (`NASDAQ:AAPL`) may be none of our venues. */
  async function instrumentOf(chatKey: string, ticker: string): Promise<string | undefined> {
    const chat = await chats.get(chatKey);
    const preference = { venue: chat?.venue, quote: chat?.quote ?? 'usdt' };
    const bare = ticker.slice(ticker.lastIndexOf(':') + 1);
    return (market.symbols.resolve(ticker, preference) ?? market.symbols.resolve(bare, preference))?.instrument;
  }

  return {
    call,
    async create(hook) {
      const token = randomBytes(24).toString('base64url');
      return { hook: await store.insert({ ...hook, tokenHash: hashOf(token) }), token };
    },
    list: store.list,
    count: store.count,
    remove: store.remove,
  };
}
