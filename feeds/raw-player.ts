import type { FeedEvent } from '../engine/market/events.ts';
import type { Counters } from './counters.ts';
import type { FeedStatus } from './feed.ts';
import type { Logger } from './logger.ts';
import type { RawLine } from './raw-lines.ts';
import { createRawReplay, type RawReplay } from './raw-replay.ts';
import { createBareReader, unlisted, type Venues } from './tape-raw.ts';

export type RawCounters = Readonly<Pick<Counters, 'malformed' | 'duplicates' | 'unknown' | 'resyncs' | 'reconnects'>>;

/** Replays the lines of a raw tape, each venue's through a feed of its own. */
export interface RawPlayer {
  /** Why a line cannot be read. When what it returns is there, the next line may come. */
  take(line: RawLine): Promise<string | undefined> | string | undefined;
  /** Of all venues together. */
  counters(): RawCounters;
  stop(): void;
}

export function createRawPlayer(venues: Venues, log: Logger, emit: (event: FeedEvent) => void): RawPlayer {
  const replays = new Map<string, RawReplay>();
  const bare = createBareReader(venues);
  const ended: Sums = { malformed: 0, duplicates: 0, unknown: 0, resyncs: 0, reconnects: 0 };

  function drop(name: string): void {
    const replay = replays.get(name);
    if (!replay) return;
    replay.stop();
    addTo(ended, replay.counters());
    replays.delete(name);
  }

  function replayOf(line: RawLine): RawReplay | undefined {
    if (line.what === 'made') drop(line.venue);
    const known = replays.get(line.venue);
    const venue = venues.get(line.venue);
    if (known || !venue || line.what === undefined) return known;
    const replay = createRawReplay(venue, { seed: line.what === 'made' ? line.seed : 0, log, emit });
    replays.set(line.venue, replay);
    return replay;
  }

  function takeBare(line: RawLine): string | undefined {
    if (line.what !== undefined) return `${line.venue} is no venue whose frames can be read`;
    const read = bare(line);
    if (typeof read === 'string') return read;
    for (const event of read) emit(event);
    return undefined;
  }

  return {
    // Hot path.
    take(line) {
      const replay = replayOf(line);
      if (!replay) return takeBare(line);
      const fault = (isGood: boolean) => (isGood ? undefined : unlisted(line.venue));
      const took = replay.take(line);
      return typeof took === 'boolean' ? fault(took) : took.then(fault);
    },
    counters() {
      const sum: Sums = { ...ended };
      for (const replay of replays.values()) addTo(sum, replay.counters());
      return sum;
    },
    stop() {
      for (const name of [...replays.keys()]) drop(name);
    },
  };
}

type Sums = { -readonly [K in keyof RawCounters]: RawCounters[K] };

function addTo(sum: Sums, more: FeedStatus['counters']): void {
  sum.malformed += more.malformed;
  sum.duplicates += more.duplicates;
  sum.unknown += more.unknown;
  sum.reconnects += more.reconnects;
  sum.resyncs += more.resyncs ?? 0;
}
