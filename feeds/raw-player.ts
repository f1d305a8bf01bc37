import type { FeedEvent } from '../engine/market/events.ts';
import type { Counters } from './counters.ts';
import type { FeedStatus } from './feed.ts';
import type { Logger } from './logger.ts';
import { createRawClock } from './raw-clock.ts';
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

/** A busy program may be so late with what falls due, in ms. */
const OVERDUE_MS = 5_000;

export function createRawPlayer(venues: Venues, log: Logger, emit: (event: FeedEvent) => void): RawPlayer {
  const time = createRawClock();
  const patience = createRawClock();
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
    const replay = createRawReplay(venue, { time, patience, seed: line.what === 'made' ? line.seed : 0, log, emit });
    replays.set(line.venue, replay);
    return replay;
  }

  function put(line: RawLine): string | undefined {
    const replay = replayOf(line);
    if (replay) return replay.take(line) ? undefined : unlisted(line.venue);
    if (line.what !== undefined) return `${line.venue} is no venue whose frames can be read`;
    const read = bare(line);
    if (typeof read === 'string') return read;
    for (const event of read) emit(event);
    return undefined;
  }

  const isBusy = (): boolean => {
    let busy = false;
    for (const replay of replays.values()) if (replay.isBusy()) busy = true;
    return busy;
  };
  const activity = (): number => {
    let sum = 0;
    for (const replay of replays.values()) sum += replay.activity();
    return sum;
  };

  /** Until nothing goes on by itself any more: in the feed that was recorded the next line came later, too. */
  async function rest(): Promise<void> {
    for (let before = -1; before !== activity(); ) {
      before = activity();
      await turn();
      await turn();
    }
    isBusy();
  }

  /** What fell due and is not told to have run: the tape is damaged there, or begins in the midst. */
  async function catchUp(at: number): Promise<void> {
    for (;;) {
      const late = [patience, time].find((one) => one.isDue(at - (one === time ? OVERDUE_MS : 0)));
      if (!late) return;
      late.runNext(at);
      await rest();
    }
  }

  async function takeLate(line: RawLine): Promise<string | undefined> {
    await catchUp(line.at);
    const fault = put(line);
    await rest();
    return fault;
  }

  return {
    // Hot path: a frame is taken at once.
    take(line) {
      time.move(line.at);
      patience.move(line.at);
      if (patience.isDue(line.at) || time.isDue(line.at - OVERDUE_MS)) return takeLate(line);
      const fault = put(line);
      return isBusy() ? rest().then(() => fault) : fault;
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

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
