import { createAuditStore } from '../db/audit.ts';
import { createBarStore } from '../db/bars.ts';
import { createBlockStore } from '../db/blocks.ts';
import { createChatStore } from '../db/chats.ts';
import { createDefinitionStore } from '../db/definitions.ts';
import { createFactStore } from '../db/facts.ts';
import { createFiringStore } from '../db/firings.ts';
import { createLedgerStore } from '../db/ledger.ts';
import { createMarketStore } from '../db/markets.ts';
import { createMetaStore } from '../db/meta.ts';
import { createMuteStore } from '../db/mutes.ts';
import type { Database } from '../db/open.ts';
import { createOutageStore } from '../db/outages.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createPingStore } from '../db/pings.ts';
import { createProposalStore } from '../db/proposals.ts';
import { createRuleStore } from '../db/rules.ts';
import { createSignalFeedStore } from '../db/signal-feeds.ts';
import { createStrategyStore } from '../db/strategies.ts';
import { createTradeStore } from '../db/trades.ts';
import { createUserStore } from '../db/users.ts';
import { createViewStore } from '../db/views.ts';
import { createWebhookStore } from '../db/webhooks.ts';

export type Stores = ReturnType<typeof createStores>;

/** Every aggregate of the database. */
export function createStores(database: Database) {
  const ledger = createLedgerStore(database);
  return {
    bars: createBarStore(database),
    facts: createFactStore(database),
    trades: createTradeStore(database),
    chats: createChatStore(database),
    users: createUserStore(database),
    definitions: createDefinitionStore(database),
    strategies: createStrategyStore(database),
    signalFeeds: createSignalFeedStore(database),
    rules: createRuleStore(database),
    proposals: createProposalStore(database),
    blocks: createBlockStore(database),
    audit: createAuditStore(database),
    ledger,
    firings: createFiringStore(database, ledger),
    outbox: createOutboxStore(database),
    views: createViewStore(database),
    webhooks: createWebhookStore(database),
    markets: createMarketStore(database),
    outages: createOutageStore(database),
    mutes: createMuteStore(database),
    pings: createPingStore(database),
    meta: createMetaStore(database),
  };
}
