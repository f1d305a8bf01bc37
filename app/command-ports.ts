import { randomBytes } from 'node:crypto';
import type { CommandPorts } from '../commands/ports.ts';
import { DAY, MINUTE } from '../engine/market/interval.ts';
import type { Feed } from '../feeds/feed.ts';
import type { Hooks } from './hooks.ts';
import type { BuildOptions, Parts } from './parts.ts';
import { partStatus, placeOn } from './platforms.ts';
import { storedTrades } from './stored-trades.ts';
import { ccxtOffers, knownFeeds, venueOffers } from './venue-offers.ts';

/** What a chat starts with. */
export const DEFAULTS = { venue: undefined, interval: 5 * MINUTE, quote: 'usdt', timeZone: 'UTC', locale: 'en' };

/** What commands may ask for. @param secret what buttons are signed with */
export function commandPorts(
  { config, clock, log, stores, feeds: venues, settings }: BuildOptions,
  secret: string,
  {
    market,
    rules,
    feeds,
    trades,
    storage,
    charts,
    preflight,
    backtests,
    searches,
    desk,
    platforms,
    hooks,
    reconsider,
  }: Pick<
    Parts,
    | 'market'
    | 'rules'
    | 'feeds'
    | 'trades'
    | 'storage'
    | 'charts'
    | 'preflight'
    | 'backtests'
    | 'searches'
    | 'desk'
    | 'platforms'
  > & {
    readonly hooks: Hooks;
    readonly reconsider: CommandPorts['reconsider'];
  },
): CommandPorts {
  return {
    market,
    rules,
    chats: stores.chats,
    users: stores.users,
    definitions: stores.definitions,
    blocks: stores.blocks,
    proposals: stores.proposals,
    audit: stores.audit,
    ledger: stores.ledger,
    views: stores.views,
    mutes: stores.mutes,
    pings: stores.pings,
    reconsider,
    charts: charts.renderer,
    preflight,
    backtests,
    searches,
    strategies: stores.strategies,
    feeds,
    place: placeOn(platforms),
    desk,
    webhooks: hooks,
    platforms: () => platforms.map((platform) => partStatus(platform, clock.now())),
    venues: venueOffers(knownFeeds, ccxtOffers(log.part('ccxt'))),
    listedLast: stores.markets.listedLast,
    outbox: () => stores.outbox.counts(clock.now() - DAY),
    outages: stores.outages.last,
    storage() {
      const { reason, kept } = storage.state();
      return reason === undefined ? undefined : { reason, waiting: kept };
    },
    clock: { now: market.now, after: clock.after },
    log: log.part('commands'),
    secret,
    reference: () => randomBytes(2).toString('hex'),
    admins: settings.admins,
    reload: settings.reload,
    defaults: DEFAULTS,
    archive: {
      trades: (instrument, from, to, limit) =>
        storedTrades({ trades, tradeStore: stores.trades }, instrument, { from, to, limit }),
      async bars(instrument, interval, from, to) {
        await market.prepare(instrument);
        return market.history.range(instrument, interval, from, to);
      },
    },
    ...simulatorOf(venues),
    demonstration: config.FEEDS.every((name) => name === 'sim'),
  };
}

function simulatorOf(feeds: readonly Feed[]): Pick<CommandPorts, 'simulator'> {
  const order = feeds.find((feed) => feed.order !== undefined)?.order;
  return order === undefined ? {} : { simulator: { order } };
}
