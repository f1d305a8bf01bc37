import type { Clock } from '../engine/clock.ts';
import { TransportError } from '../engine/errors.ts';
import { backoffMs } from '../feeds/backoff.ts';
import type { Feed } from '../feeds/feed.ts';
import { retryAfterOf } from '../feeds/retry-after.ts';
import type { Logger } from './part-logger.ts';

/** How long to wait after the first failed try, and at most, in ms. */
const RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;
/** A venue is warned of no more often than this, in ms. */
const WARN_MS = 60_000;

export interface ListerOptions {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** Asks for the list and takes it. */
  readonly learn: (feed: Feed) => Promise<void>;
}

/** Asks venues for their lists of symbols until they tell them, ever more rarely, and warns of those that do not. */
export interface Lister {
  /** Never rejects; resolves when the list is there, which may be never. */
  untilListed(feed: Feed): Promise<void>;
  /** Tries now; after a failure it tries on later by itself. @throws TransportError */
  once(feed: Feed): Promise<void>;
  stop(): void;
}

export function createLister({ clock, random, log, learn }: ListerOptions): Lister {
  const waiting = new Map<Feed, Promise<void>>();
  const warnedAt = new Map<Feed, number>();
  const cancels = new Set<() => void>();
  let stopped = false;

  function untilListed(feed: Feed): Promise<void> {
    return once(feed).catch(() => waiting.get(feed));
  }

  async function once(feed: Feed): Promise<void> {
    try {
      await learn(feed);
    } catch (error) {
      if (!stopped && !waiting.has(feed)) {
        warn(feed, error);
        const work = retry(feed, error).finally(() => waiting.delete(feed));
        waiting.set(feed, work);
      }
      throw error;
    }
  }

  async function retry(feed: Feed, first: unknown): Promise<void> {
    let failure = first;
    for (let tries = 0; ; tries++) {
      await pause(Math.max(backoffMs(tries, random, RETRY_MS, LONGEST_RETRY_MS), retryAfterOf(failure)));
      try {
        await learn(feed);
        if (warnedAt.delete(feed)) log.info({ venue: feed.venue }, `${feed.venue} tells its list of markets`);
        return;
      } catch (error) {
        failure = error;
        if (!stopped) warn(feed, error);
      }
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (stopped) return;
      const cancel = clock.after(ms, () => {
        cancels.delete(cancel);
        resolve();
      });
      cancels.add(cancel);
    });
  }

  function warn(feed: Feed, error: unknown): void {
    const { venue } = feed;
    if (clock.now() - (warnedAt.get(feed) ?? Number.NEGATIVE_INFINITY) < WARN_MS) return;
    warnedAt.set(feed, clock.now());
    if (error instanceof TransportError) {
      log.warn({ venue }, `${venue} could not be reached: ${error.message}; trying again`);
    } else log.warn({ venue, err: error }, `${venue} gave no list of markets that can be read; trying again`);
  }

  return {
    untilListed,
    once,
    stop() {
      stopped = true;
      for (const cancel of cancels) cancel();
    },
  };
}
