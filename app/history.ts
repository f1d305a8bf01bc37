import type { BarsAnswer } from '../commands/ports.ts';
import type { BarStore } from '../db/bars.ts';
import type { Engine } from '../engine/engine.ts';
import type { Bar, EngineEvent, MarketEvent } from '../engine/market/events.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { barStart, MINUTE } from '../engine/market/interval.ts';
import { mergeBars } from '../feeds/bars.ts';
import type { Feed } from '../feeds/feed.ts';
import type { BarWriter } from './bar-writer.ts';
import type { Logger } from './part-logger.ts';

/** One-minute bars that are loaded of every instrument from the start. */
export const BASE_BARS = 300;
/** Stored bars that are older than this are not taken up: the venue is asked for newer ones instead. */
const TOO_OLD_MS = 7 * 86_400_000;
/** Most bars in one request. */
const MOST_BARS = 6_000;

/** Bars from memory, from the database and from the venue, in this order. */
export interface History {
  /** Puts the stored one-minute bars into the engine. @returns their end in ms; undefined where there were none to take up */
  loadStored(instrument: string): Promise<number | undefined>;
  /** Gives the engine at least `count` bars of history, as far as there are any. @returns false where it has to be tried again */
  fill(instrument: string, interval: number, count: number): Promise<boolean>;
  /** The newest `count` closed bars and the open one. */
  answer(instrument: string, interval: number, count: number): Promise<BarsAnswer>;
  /** Stored or fetched bars with `from <= start < to`, oldest first. */
  range(instrument: string, interval: number, from: number, to: number): Promise<readonly Bar[]>;
  lastBarEnd(instrument: string): number;
}

export interface HistoryOptions {
  readonly engine: Engine;
  readonly bars: BarStore;
  readonly writer: BarWriter;
  readonly log: Logger;
  now(): number;
  apply(event: MarketEvent): readonly EngineEvent[];
  feedOf(instrument: string): Feed | undefined;
}

export function createHistory(options: HistoryOptions): History {
  const { engine, bars: store, writer, log, now, apply, feedOf } = options;
  const fetching = new Map<string, Promise<readonly Bar[]>>();

  /** Where history ends and what the feed tells begins, in ms. */
  function frontier(instrument: string, interval: number): number {
    const { open, closed } = engine.barsOf(instrument, MINUTE, 1);
    const last = closed[closed.length - 1];
    const known = open?.start ?? (last === undefined ? now() : last.start + MINUTE);
    return barStart(Math.min(now(), Math.max(known, interval < MINUTE ? newestTrade(instrument) : 0)), interval);
  }

  /** In ms; 0 before the first. The seconds of an open minute are history up to here. */
  function newestTrade(instrument: string): number {
    const ts = engine.view(instrument)?.ts;
    return ts === undefined || Number.isNaN(ts) ? 0 : ts;
  }

  async function loadStored(instrument: string): Promise<number | undefined> {
    try {
      const stored = await store.last(instrument, MINUTE, BASE_BARS);
      const newest = stored[stored.length - 1];
      if (newest !== undefined && now() - newest.start < TOO_OLD_MS) {
        apply({ type: 'bars', instrument, interval: MINUTE, bars: withoutHoles(stored, MINUTE) });
        return newest.start + MINUTE;
      }
    } catch (error) {
      log.warn({ err: error, instrument }, 'stored bars could not be read');
    }
    return undefined;
  }

  /** From the venue; what comes is stored. Equal requests share one call. */
  function fetch(instrument: string, interval: number, from: number, to: number): Promise<readonly Bar[]> {
    const key = `${instrument} ${interval} ${from} ${to}`;
    const known = fetching.get(key);
    if (known !== undefined) return known;
    const made = (async () => {
      const feed = feedOf(instrument);
      if (feed === undefined || from >= to) return [];
      const fetched = await feed.history(
        feed.venue === 'tape' ? instrument : splitInstrument(instrument)[1],
        interval,
        from,
        to,
      );
      // Who asked gets the bars all the same; what could not be stored is fetched again another time.
      if (fetched.length > 0 && interval >= MINUTE) {
        await store
          .put(instrument, interval, fetched)
          .catch((error: unknown) => log.warn({ err: error, instrument }, 'fetched bars could not be stored'));
      }
      return fetched;
    })().finally(() => fetching.delete(key));
    fetching.set(key, made);
    return made;
  }

  /** From the database, and from the venue what the database lacks. */
  async function range(instrument: string, interval: number, from: number, to: number): Promise<readonly Bar[]> {
    await writer.flush();
    const stored = await store.range(instrument, interval, from, to, MOST_BARS);
    const hole = firstHole(stored, interval, from, to);
    if (hole === undefined) return stored;
    const fetched = await fetch(instrument, interval, hole, to);
    const minutes = fetched.length > 0 || interval <= MINUTE ? [] : await built(instrument, interval, hole, to);
    // A stored bar is whole, one that is made of what minutes there are may not be.
    const byStart = new Map([...minutes, ...stored, ...fetched].map((bar) => [bar.start, bar]));
    return [...byStart.values()].sort((a, b) => a.start - b.start);
  }

  /** Longer bars from stored minutes, for venues that have no history of their own. */
  async function built(instrument: string, interval: number, from: number, to: number): Promise<readonly Bar[]> {
    const minutes = await store.range(instrument, MINUTE, from, to, 10 * MOST_BARS);
    return mergeBars(minutes, interval);
  }

  async function fill(instrument: string, interval: number, count: number): Promise<boolean> {
    const { closed } = engine.barsOf(instrument, interval, count);
    if (closed.length >= count) return true;
    const to = frontier(instrument, interval);
    try {
      const found = await range(instrument, interval, to - Math.min(count, MOST_BARS) * interval, to);
      const usable = found.filter((bar) => bar.start < frontier(instrument, interval));
      if (usable.length > 0) apply({ type: 'bars', instrument, interval, bars: usable });
      return true;
    } catch (error) {
      log.warn({ err: error, instrument, interval }, 'history could not be fetched yet');
      return false;
    }
  }

  async function answer(instrument: string, interval: number, count: number): Promise<BarsAnswer> {
    const held = engine.barsOf(instrument, interval, count);
    if (held.closed.length >= count) return held;
    const to = frontier(instrument, interval);
    const found = await range(instrument, interval, to - Math.min(count, MOST_BARS) * interval, to);
    const after = engine.barsOf(instrument, interval, count);
    const open = after.open ?? (await openBar(instrument, interval));
    const byStart = new Map([...found, ...after.closed].map((bar) => [bar.start, bar]));
    const closed = [...byStart.values()].filter((bar) => bar.start < (open?.start ?? Number.POSITIVE_INFINITY));
    return { closed: closed.sort((a, b) => a.start - b.start).slice(-count), open };
  }

  /** The open bar of an interval that the engine does not keep, from its minutes. */
  async function openBar(instrument: string, interval: number): Promise<Bar | undefined> {
    if (interval < MINUTE || interval % MINUTE !== 0) return undefined;
    const { open } = engine.barsOf(instrument, MINUTE, 1);
    const start = barStart(frontier(instrument, MINUTE), interval);
    const minutes = await range(instrument, MINUTE, start, frontier(instrument, MINUTE));
    return mergeBars(open === undefined ? minutes : [...minutes, open], interval).find((bar) => bar.start === start);
  }

  return {
    loadStored,
    fill,
    answer,
    range,
    lastBarEnd(instrument) {
      const { closed } = engine.barsOf(instrument, MINUTE, 1);
      return closed.length === 0 ? now() : closed[closed.length - 1].start + MINUTE;
    },
  };
}

/** The newest run of stored bars in which none is missing. */
function withoutHoles(bars: readonly Bar[], interval: number): readonly Bar[] {
  let from = bars.length - 1;
  while (from > 0 && bars[from].start - bars[from - 1].start === interval) from--;
  return bars.slice(Math.max(0, from));
}

/** Start of the first bar that is missing; undefined where none is. */
function firstHole(bars: readonly Bar[], interval: number, from: number, to: number): number | undefined {
  let next = Math.ceil(from / interval) * interval;
  for (const bar of bars) {
    if (bar.start > next) return next;
    next = bar.start + interval;
  }
  return next + interval <= to ? next : undefined;
}
