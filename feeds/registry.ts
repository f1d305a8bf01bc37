import { accessSync, constants } from 'node:fs';
import type { Clock } from '../engine/clock.ts';
import { ConfigError } from '../engine/errors.ts';
import { createBinanceFeed } from './binance.ts';
import type { Feed } from './feed.ts';
import type { Logger } from './logger.ts';
import { createSimFeed } from './sim.ts';
import { createTapeFeed } from './tape.ts';

export interface FeedOptions {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** Addresses that differ from the venue's own, by venue: `<VENUE>_WS_URL`, `<VENUE>_REST_URL`. */
  readonly endpoints?: Readonly<Record<string, { readonly wsUrl?: string; readonly restUrl?: string } | undefined>>;
  readonly sim?: { readonly seed?: string; readonly tradesPerMinute?: number };
  readonly tape?: { readonly speed?: number };
}

/** `argument` is what follows the colon: `tape:<file>`. */
type Factory = (options: FeedOptions, argument: string) => Feed;

const VENUES: Readonly<Record<string, Factory>> = {
  sim: ({ clock, sim }) => createSimFeed({ ...sim, clock }),
  binance: ({ clock, random, log, endpoints }) => createBinanceFeed({ ...endpoints?.binance, clock, random, log }),
  tape: ({ clock, log, tape }, file) => createTapeFeed({ ...tape, file: readable(file), clock, log }),
};

/** A tape that is not there will not come: better said at the start. */
function readable(file: string): string {
  try {
    accessSync(file, constants.R_OK);
    return file;
  } catch (cause) {
    throw new ConfigError(`FEEDS: the tape ${file} cannot be read`, { cause });
  }
}

/** How each venue is written in FEEDS. */
export const KNOWN_FEEDS: readonly string[] = Object.keys(VENUES).map((name) =>
  name === 'tape' ? 'tape:<file>' : name,
);

/** The feed that one entry of FEEDS names. @throws ConfigError where it names none */
export function createFeed(name: string, options: FeedOptions): Feed {
  const colon = name.indexOf(':');
  const venue = colon < 0 ? name : name.slice(0, colon);
  const argument = colon < 0 ? '' : name.slice(colon + 1);
  const factory = Object.hasOwn(VENUES, venue) ? VENUES[venue] : undefined;
  if (!factory || (venue === 'tape') !== argument.length > 0) {
    throw new ConfigError(`FEEDS: there is no feed ${name}; there are: ${KNOWN_FEEDS.join(', ')}`);
  }
  return factory(options, argument);
}
