import type { FeedEvent } from '../engine/market/events.ts';
import type { Feed, FeedStatus } from './feed.ts';
import type { Logger } from './logger.ts';
import { createRawCarrier } from './raw-carrier.ts';
import { createRawClock, type RawClock } from './raw-clock.ts';
import type { RawBody, RawLine } from './raw-lines.ts';
import { randomOf } from './raw-teller.ts';
import type { Venue } from './venue.ts';
import { createCarriedFeed } from './venue-feed.ts';

/** A venue's feed again, as its raw tape tells: the same readers, sequences and books upon the same frames and answers. */
export interface RawReplay {
  /** When what it returns is there, the next line may come; false: a frame that came before the list of markets, without which it means nothing. */
  take(line: RawLine): Promise<boolean> | boolean;
  counters(): FeedStatus['counters'];
  stop(): void;
}

export interface RawReplayOptions {
  /** That of the feed that was recorded, where the tape begins with it. */
  readonly seed: number;
  readonly log: Logger;
  readonly emit: (event: FeedEvent) => void;
}

/** A busy program may be so late with what falls due, in ms. */
const OVERDUE_MS = 5_000;

export function createRawReplay(venue: Venue, options: RawReplayOptions): RawReplay {
  const { log, emit } = options;
  /** What the feed waits for, which the tape tells of; and how long an answer is waited for. */
  const [time, patience] = [createRawClock(), createRawClock()];
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
  const carrier = createRawCarrier(clock, patience.clock, stir);
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

  function put(line: RawLine): boolean {
    if (line.what === undefined) {
      if (!isListed) return false;
      carrier.routes.get(line.route)?.text(line.socket ?? 1, line.text);
    } else {
      isBusy = true;
      act(line);
    }
    return true;
  }

  /** Until nothing goes on by itself any more: in the feed that was recorded the next line came later, too. */
  async function rest(): Promise<void> {
    for (let before = -1; before !== activity; ) {
      before = activity;
      await turn();
      await turn();
    }
    isBusy = false;
  }

  async function restThen(isGood: boolean): Promise<boolean> {
    await rest();
    return isGood;
  }

  const late = (at: number): RawClock | undefined => {
    if (patience.isDue(at)) return patience;
    return time.isDue(at - OVERDUE_MS) ? time : undefined;
  };

  /** What fell due and is not told to have run comes first: the tape is damaged there, or begins in the midst. */
  async function takeLate(line: RawLine): Promise<boolean> {
    for (let clock = late(line.at); clock; clock = late(line.at)) {
      clock.runNext(line.at);
      await rest();
    }
    return restThen(put(line));
  }

  return {
    // Hot path: nearly all lines are frames, and taken at once.
    take(line) {
      time.move(line.at);
      patience.move(line.at);
      if (late(line.at)) return takeLate(line);
      const isGood = put(line);
      return isBusy ? restThen(isGood) : isGood;
    },
    counters: () => feed.status().counters,
    stop: () => note(feed.stop()),
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
