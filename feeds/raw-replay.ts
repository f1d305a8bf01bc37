import type { FeedEvent } from '../engine/market/events.ts';
import type { Feed, FeedStatus } from './feed.ts';
import type { Logger } from './logger.ts';
import { createRawCarrier } from './raw-carrier.ts';
import type { RawClock } from './raw-clock.ts';
import type { RawBody, RawLine } from './raw-lines.ts';
import { randomOf } from './raw-teller.ts';
import type { Venue } from './venue.ts';
import { createCarriedFeed } from './venue-feed.ts';

/** A venue's feed again, as its raw tape tells: the same readers, sequences and books upon the same frames and answers. */
export interface RawReplay {
  /** False: a frame that cannot be read, as the list of markets did not come before it. */
  take(line: RawLine): boolean;
  /** Something runs on by itself; it must come to rest before the next line. */
  isBusy(): boolean;
  /** Changes whenever something goes on. */
  activity(): number;
  counters(): FeedStatus['counters'];
  stop(): void;
}

export interface RawReplayOptions {
  /** What the feed waits for, which the tape tells of. */
  readonly time: RawClock;
  /** How long an answer is waited for. */
  readonly patience: RawClock;
  /** That of the feed that was recorded, where the tape begins with it. */
  readonly seed: number;
  readonly log: Logger;
  readonly emit: (event: FeedEvent) => void;
}

export function createRawReplay(venue: Venue, options: RawReplayOptions): RawReplay {
  const { time, log, emit } = options;
  let activity = 0;
  let isBusy = false;
  let isListed = venue.listing === 'later';
  const watched = new Set<string>();
  const stir = (): void => {
    activity++;
    isBusy = true;
  };
  const clock = {
    now: time.clock.now,
    after(ms: number, task: () => void) {
      activity++;
      return time.clock.after(ms, () => {
        stir();
        task();
      });
    },
  };
  const told = (event: FeedEvent): void => {
    activity++;
    emit(event);
  };
  const carrier = createRawCarrier(clock, options.patience.clock, stir);
  const feed: Feed = createCarriedFeed(venue, { carrier, wsUrl: '', clock, random: randomOf(options.seed), log });

  async function poll(symbol: string): Promise<void> {
    const facts = (await carrier.poll()?.facts(symbol)) ?? [];
    if (watched.has(symbol)) for (const fact of facts) told(fact);
  }

  function note(promise: Promise<unknown>): void {
    promise.catch((error: unknown) => log.debug({ venue: venue.name, err: error }, 'the tape has no answer to this'));
  }

  function act(line: Exclude<RawBody, { readonly what?: undefined }>): void {
    switch (line.what) {
      case 'made':
        break;
      case 'ran':
        time.runNext(line.due);
        break;
      case 'start':
        feed.start(told);
        break;
      case 'stop':
        note(feed.stop());
        break;
      case 'markets':
        isListed = true;
        carrier.list(line.markets);
        note(feed.instruments());
        break;
      case 'watch':
        for (const symbol of line.symbols) watched.add(symbol);
        feed.watch(line.symbols);
        break;
      case 'unwatch':
        for (const symbol of line.symbols) watched.delete(symbol);
        feed.unwatch(line.symbols);
        break;
      case 'watchBook':
      case 'unwatchBook':
        feed[line.what]?.(line.symbols);
        break;
      case 'resume':
        feed.resume(line.symbol, line.from, line.lastTradeId);
        break;
      case 'subscribed':
        carrier.routes.get(line.route)?.subscribed(line.socket, line.names);
        break;
      case 'lost':
        carrier.routes.get(line.route)?.lost(line.socket, line.heardAt);
        break;
      case 'switched':
        carrier.routes.get(line.route)?.switched(line.socket, line.old);
        break;
      case 'asked':
      case 'answered':
      case 'failed':
        carrier.http.take(line as RawLine & typeof line);
        break;
      case 'polled':
        note(poll(line.symbol));
        break;
    }
  }

  return {
    // Hot path: nearly all lines are frames.
    take(line) {
      if (line.what === undefined) {
        if (!isListed) return false;
        carrier.routes.get(line.route)?.text(line.socket ?? 1, line.text);
      } else {
        stir();
        act(line);
      }
      return true;
    },
    isBusy() {
      const was = isBusy;
      isBusy = false;
      return was;
    },
    activity: () => activity,
    counters: () => feed.status().counters,
    stop: () => note(feed.stop()),
  };
}
