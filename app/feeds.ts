import type { Config } from '../config.ts';
import type { Clock } from '../engine/clock.ts';
import { addressVariable, VENUE_NAMES } from '../feeds/addresses.ts';
import type { Feed } from '../feeds/feed.ts';
import { createIngestFeed, INGEST, type IngestFeed } from '../feeds/ingest.ts';
import { createFeeds, type FeedOptions } from '../feeds/registry.ts';
import type { RootLogger } from './part-logger.ts';

export interface Feeds {
  /** The preferred one first. */
  readonly all: readonly Feed[];
  /** The one of them that is always there: last where FEEDS does not name it. */
  readonly ingest: IngestFeed;
}

/** The feeds that FEEDS names, not connected yet, and what is handed in. @throws ConfigError */
export function feedsOf(config: Config, clock: Clock, log: RootLogger): Feeds {
  const at = config.FEEDS.indexOf(INGEST);
  const ingest = createIngestFeed({ clock, named: at >= 0 });
  const others = connectedFeeds({ ...config, FEEDS: config.FEEDS.filter((name) => name !== INGEST) }, clock, log);
  const place = at < 0 ? others.length : at;
  return { all: [...others.slice(0, place), ingest, ...others.slice(place)], ingest };
}

function connectedFeeds(config: Config, clock: Clock, log: RootLogger): readonly Feed[] {
  return createFeeds(config.FEEDS, (venue) => ({
    clock,
    random: Math.random,
    log: log.part(venue),
    endpoints: endpointsOf(config),
    sim: { seed: config.SIM_SEED, tradesPerMinute: config.SIM_RATE },
    tape: { speed: config.TAPE_SPEED },
  }));
}

function endpointsOf(config: Config): NonNullable<FeedOptions['endpoints']> {
  const each = VENUE_NAMES.map((name) => {
    const [wsUrl, restUrl] = [config[addressVariable(name, 'WS')], config[addressVariable(name, 'REST')]];
    return [name, { wsUrl, restUrl }] as const;
  });
  return Object.fromEntries(each);
}
