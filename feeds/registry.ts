import { accessSync, constants } from 'node:fs';
import type { Clock } from '../engine/clock.ts';
import { ConfigError } from '../engine/errors.ts';
import { nearest } from '../engine/language/nearest.ts';
import { binance } from './binance.ts';
import { binanceUsdm } from './binance-usdm.ts';
import { bybit } from './bybit.ts';
import type { Fork } from './ccxt/child.ts';
import { installedCcxt } from './ccxt/package.ts';
import { createCcxtFeed } from './ccxt.ts';
import { coinbase } from './coinbase.ts';
import type { Feed } from './feed.ts';
import { kraken } from './kraken.ts';
import type { Logger } from './logger.ts';
import { okx } from './okx.ts';
import type { RawLine } from './raw-lines.ts';
import { createSimFeed, type SimOptions } from './sim.ts';
import { createTapeFeed } from './tape.ts';
import { tapesOf } from './tape-lines.ts';
import type { Venue } from './venue.ts';
import { createVenueFeed } from './venue-feed.ts';

interface Endpoints {
  readonly wsUrl?: string | undefined;
  readonly restUrl?: string | undefined;
}

export interface FeedOptions {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** Addresses that differ from the venue's own, by venue: `<VENUE>_WS_URL`, `<VENUE>_REST_URL`. */
  readonly endpoints?: Readonly<Record<string, Endpoints | undefined>>;
  readonly sim?: Omit<SimOptions, 'clock'>;
  readonly tape?: { readonly speed?: number };
  /** Is told each text frame of a venue, and all else that a replay of it needs. */
  readonly raw?: (line: RawLine) => void;
  /** `module`: URL of what speaks ccxt's interface, by default the installed ccxt; `memoryMb`: the most that its process may take. */
  readonly ccxt?: { readonly module?: string; readonly memoryMb?: number; readonly fork?: Fork };
}

/** `argument` is what follows the colon: `tape:<file>`, `ccxt:<id>`. */
type Factory = (options: FeedOptions, argument: string) => Feed;

const venue =
  (one: Venue): Factory =>
  ({ clock, random, log, endpoints, raw }) =>
    createVenueFeed(one, { ...endpoints?.[one.name], clock, random, log, ...(raw && { raw }) });

/** The venues whose frames can be read, from their sockets or from a tape. */
const OWN: ReadonlyMap<string, Venue> = new Map(
  [binance, kraken, bybit, okx, coinbase, binanceUsdm].map((one) => [one.name, one]),
);

const VENUES: Readonly<Record<string, Factory>> = {
  sim: ({ clock, sim }) => createSimFeed({ ...sim, clock }),
  ...Object.fromEntries([...OWN].map(([name, one]) => [name, venue(one)])),
  ccxt: ({ clock, random, log, ccxt }, exchange) =>
    createCcxtFeed({ ...ccxt, exchange, module: ccxt?.module ?? installed(exchange), clock, random, log }),
  tape: ({ clock, log, tape }, file) => createTapeFeed({ ...tape, file: readable(file), venues: OWN, clock, log }),
};

/** A tape that is not there will not come: better said at the start. */
function readable(file: string): string {
  let tapes: readonly string[];
  try {
    tapes = tapesOf(file);
    for (const tape of tapes) accessSync(tape, constants.R_OK);
  } catch (cause) {
    throw new ConfigError(`FEEDS: the tape ${file} cannot be read`, { cause });
  }
  if (tapes.length === 0) throw new ConfigError(`FEEDS: the folder ${file} holds no tape`);
  return file;
}

/** ccxt is large, and is installed by those who want it. */
function installed(exchange: string): string {
  const module = installedCcxt();
  if (module !== undefined) return module;
  throw new ConfigError(`FEEDS: ccxt:${exchange} needs the package ccxt, which is not installed: npm install ccxt`);
}

/** What follows the colon, of those that take something. */
const ARGUMENTS: Readonly<Record<string, { readonly name: string; readonly pattern: RegExp }>> = {
  tape: { name: '<file>', pattern: /./ },
  ccxt: { name: '<id>', pattern: /^[a-z][a-z0-9]*$/ },
};

/** How each venue is written in FEEDS. */
export const KNOWN_FEEDS: readonly string[] = Object.keys(VENUES).map((name) =>
  name in ARGUMENTS ? `${name}:${ARGUMENTS[name].name}` : name,
);

/** The feed that one entry of FEEDS names. @throws ConfigError where it names none */
export function createFeed(name: string, options: FeedOptions): Feed {
  const [kind] = name.split(':', 1);
  const argument = name.slice(kind.length + 1);
  const factory = Object.hasOwn(VENUES, kind) ? VENUES[kind] : undefined;
  const isRight = Object.hasOwn(ARGUMENTS, kind) ? ARGUMENTS[kind].pattern.test(argument) : name === kind;
  if (!factory || !isRight) {
    const near = nearest(kind, [...Object.keys(VENUES), 'ingest'], 1).filter((one) => one !== kind);
    const meant = near.length === 0 ? 'there are' : `did you mean ${near[0]}? There are`;
    throw new ConfigError(`FEEDS: there is no feed ${name}; ${meant}: ${KNOWN_FEEDS.join(', ')}, ingest`);
  }
  return factory(options, argument);
}

/**
 * The feeds that FEEDS names, in its order.
 *
 * @param optionsOf what the feed of a venue is made with
 * @throws ConfigError where an entry names none, or a venue is named twice
 */
export function createFeeds(names: readonly string[], optionsOf: (venue: string) => FeedOptions): readonly Feed[] {
  const venues = names.map(venueOf);
  const twice = venues.find((venue, i) => venues.indexOf(venue) < i);
  if (twice !== undefined) throw new ConfigError(`FEEDS names ${twice} twice: each venue can be there once`);
  return names.map((name) => createFeed(name, optionsOf(venueOf(name))));
}

/** `tape` of `tape:<file>`, all of `ccxt:<id>`. */
function venueOf(name: string): string {
  return name.startsWith('ccxt:') ? name : name.split(':', 1)[0];
}
