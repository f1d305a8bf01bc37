import type { Config } from '../config.ts';
import type { Clock } from '../engine/clock.ts';
import { addressVariable, VENUE_NAMES } from '../feeds/addresses.ts';
import type { Feed } from '../feeds/feed.ts';
import { createIngestFeed, INGEST, type IngestFeed } from '../feeds/ingest.ts';
import { createRecorder, type Recorder } from '../feeds/recorder.ts';
import { createFeeds, type FeedOptions } from '../feeds/registry.ts';
import { readScenario } from '../feeds/sim/scenario.ts';
import { takeFolder } from './own-folder.ts';
import type { RootLogger } from './part-logger.ts';

export interface Feeds {
  /** The preferred one first. */
  readonly all: readonly Feed[];
  /** The one of them that is always there: last where FEEDS does not name it. */
  readonly ingest: IngestFeed;
}

type RawSink = Pick<Recorder, 'raw'> | undefined;

/** The feeds that FEEDS names, not connected yet, and what is handed in. @throws ConfigError */
export function feedsOf(config: Config, clock: Clock, log: RootLogger, recorder: RawSink): Feeds {
  const at = config.FEEDS.indexOf(INGEST);
  const ingest = createIngestFeed({ clock, log: log.part(INGEST), named: at >= 0 });
  const named = config.FEEDS.filter((name) => name !== INGEST);
  const others = connectedFeeds({ ...config, FEEDS: named }, clock, log, recorder);
  const place = at < 0 ? others.length : at;
  return { all: [...others.slice(0, place), ingest, ...others.slice(place)], ingest };
}

function connectedFeeds(config: Config, clock: Clock, log: RootLogger, recorder: RawSink): readonly Feed[] {
  const scenario = config.SIM_SCENARIO === undefined ? [] : readScenario(config.SIM_SCENARIO);
  return createFeeds(config.FEEDS, (venue) => ({
    clock,
    random: Math.random,
    log: log.part(venue),
    endpoints: endpointsOf(config),
    sim: { seed: config.SIM_SEED, tradesPerMinute: config.SIM_RATE, sessions: config.SIM_SESSIONS, scenario },
    ...(recorder !== undefined && config.RECORD_RAW && { raw: recorder.raw }),
    tape: { speed: config.TAPE_SPEED },
  }));
}

/** What RECORD names; undefined where nothing is recorded. @throws ConfigError */
export function recorderOf(config: Config, clock: Clock, log: RootLogger): Recorder | undefined {
  takeFolder(config, 'RECORD');
  return config.RECORD === undefined
    ? undefined
    : createRecorder({ folder: config.RECORD, clock, log: log.part('recorder') });
}

function endpointsOf(config: Config): NonNullable<FeedOptions['endpoints']> {
  const each = VENUE_NAMES.map((name) => {
    const [wsUrl, restUrl] = [config[addressVariable(name, 'WS')], config[addressVariable(name, 'REST')]];
    return [name, { wsUrl, restUrl }] as const;
  });
  return Object.fromEntries(each);
}
