import type { Clock } from '../engine/clock.ts';
import { backoffMs } from './backoff.ts';
import type { Logger } from './logger.ts';
import type { MarketList } from './markets.ts';
import { retryAfterOf } from './retry-after.ts';
import type { Stream, Streams } from './streams.ts';
import type { Venue } from './venue.ts';

export interface ListingOptions {
  readonly venue: Venue;
  readonly markets: MarketList;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** The topics of a stream are known now. */
  readonly place: (stream: Stream) => void;
  /** The list could not be had. */
  readonly failed: () => void;
}

/** Finds the topics of streams; where the venue's names come from its list of markets, once that was fetched. */
export interface Listing {
  resolve(stream: Stream): void;
  start(): void;
  stop(): void;
}

/** So often it is looked whether what was not listed is now. */
const RELIST_MS = 900_000;

export function createListing(options: ListingOptions): Listing {
  const { venue, markets, streams, clock, log } = options;
  let isRunning = false;
  let isLoading = false;
  let cancel: (() => void) | undefined;

  const isWaiting = (stream: Stream): boolean => stream.topics.length === 0;

  function resolve(stream: Stream): void {
    if (venue.listing === 'first') {
      if (!markets.isLoaded()) {
        load();
        return;
      }
      if (!markets.get(stream.symbol)) {
        stream.refusal = 'the venue does not list it';
        cancel ??= clock.after(RELIST_MS, relist);
        return;
      }
    }
    stream.refusal = undefined;
    streams.carry(stream, venue.topics(stream.channel, stream.symbol, markets));
    options.place(stream);
  }

  function relist(): void {
    cancel = undefined;
    if ([...streams.all()].some((stream) => stream.refusal !== undefined)) load();
  }

  function load(): void {
    if (!isRunning || isLoading) return;
    isLoading = true;
    attempt(0);
  }

  function attempt(tries: number): void {
    markets.load().then(
      () => {
        isLoading = false;
        for (const stream of [...streams.all()]) if (isWaiting(stream)) resolve(stream);
      },
      (error: unknown) => {
        // Whoever asks for the feed's instruments warns of it.
        log.debug({ venue: venue.name, err: error }, 'the markets cannot be listed yet');
        options.failed();
        if (!isRunning) isLoading = false;
        else {
          const wait = Math.max(backoffMs(tries, options.random), retryAfterOf(error));
          cancel?.();
          cancel = clock.after(wait, () => {
            cancel = undefined;
            attempt(tries + 1);
          });
        }
      },
    );
  }

  return {
    resolve,
    start() {
      isRunning = true;
      if (venue.listing === 'first' && [...streams.all()].some(isWaiting)) load();
    },
    stop() {
      isRunning = false;
      isLoading = false;
      cancel?.();
      cancel = undefined;
    },
  };
}
