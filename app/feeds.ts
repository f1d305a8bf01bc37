import type { Config } from '../config.ts';
import type { Clock } from '../engine/clock.ts';
import type { Feed } from '../feeds/feed.ts';
import { createFeeds } from '../feeds/registry.ts';
import type { RootLogger } from './part-logger.ts';

/** The feeds that FEEDS names, not connected yet. @throws ConfigError */
export function feedsOf(config: Config, clock: Clock, log: RootLogger): readonly Feed[] {
  return createFeeds(config.FEEDS, (venue) => ({
    clock,
    random: Math.random,
    log: log.part(venue),
    endpoints: { binance: { wsUrl: config.BINANCE_WS_URL, restUrl: config.BINANCE_REST_URL } },
    sim: { seed: config.SIM_SEED, tradesPerMinute: config.SIM_RATE },
    tape: { speed: config.TAPE_SPEED },
  }));
}
