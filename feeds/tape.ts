import type { Clock } from '../engine/clock.ts';
import { TransportError } from '../engine/errors.ts';
import { knownBought } from '../engine/market/bought.ts';
import type { Bar, FeedEvent } from '../engine/market/events.ts';
import { type InstrumentInfo, splitInstrument } from '../engine/market/instrument.ts';
import { barStart, MINUTE } from '../engine/market/interval.ts';
import { joinBars, mergeBars } from './bars.ts';
import { createCounters } from './counters.ts';
import { describeInstrument } from './described.ts';
import type { Feed, FeedSink, FeedState, FeedStatus } from './feed.ts';
import { createStateKeeper } from './feed-state.ts';
import type { Logger } from './logger.ts';
import { createRawPlayer, type RawPlayer } from './raw-player.ts';
import { createRawScan } from './raw-scan.ts';
import { timeOf } from './tape-events.ts';
import { readLines } from './tape-lines.ts';
import type { Venues } from './tape-raw.ts';
import { readTapeLine } from './tape-read.ts';
import { createTapeReport, type TapeReport } from './tape-report.ts';

export interface TapeOptions {
  /** NDJSON of feed events or of a raw tape, one a line, or a folder of such files; `.gz` is unpacked. */
  readonly file: string;
  /** Whose frames can be read; default: nobody's. */
  readonly venues?: Venues;
  /** 1: as recorded; 10: ten times as fast; Infinity: at once. Default 1. */
  readonly speed?: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Events that are passed on before others get their turn. */
const SLICE = 500;
/** Minutes of history that are kept for each instrument. */
const KEPT_MINUTES = 10_000;

/**
 * Replays a recording: its events keep their own times and instruments (`binance:btcusdt` stays that). Symbols to watch may be given
 * with or without their venue. It begins when something is watched.
 */
export function createTapeFeed(options: TapeOptions): Feed {
  const { file, clock, log, venues = new Map() } = options;
  const speed = options.speed !== undefined && options.speed > 0 ? options.speed : 1;
  const counters = createCounters();
  const keeper = createStateKeeper(clock);
  const watched = new Set<string>();
  /** By instrument, then by the minute's start. */
  const minutes = new Map<string, Map<number, Bar>>();
  let sink: FeedSink | undefined;
  let run = 0;
  let playing = false;
  /** What is to be said of the tape once it has ended. */
  let ended: string | undefined;
  let problem: string | undefined;
  let lastMessageAt: number | undefined;
  let cancelWait: (() => void) | undefined;
  let listed: Promise<readonly InstrumentInfo[]> | undefined;
  let raw: RawPlayer | undefined;

  function begin(): void {
    if (!sink || playing || ended !== undefined || watched.size === 0) return;
    playing = true;
    const mine = ++run;
    play(mine).catch((error: unknown) => {
      if (mine !== run) return;
      playing = false;
      problem = `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      log.error({ file, err: error }, 'the tape cannot be read');
    });
  }

  async function play(mine: number): Promise<void> {
    let line = 0;
    let first: number | undefined;
    const report = createTapeReport(file);
    const startedAt = clock.now();
    const player = createRawPlayer(venues, log, (event) => mine === run && pass(event));
    raw?.stop();
    raw = player;
    for await (const lines of readLines(file)) {
      for (const text of lines) {
        if (mine !== run) return;
        if (++line % SLICE === 0) await breathe();
        if (text.trim() === '') continue;
        counters.frames++;
        const read = readTapeLine(text, line);
        if ('fault' in read) {
          bad(line, read.fault, report);
          continue;
        }
        const at = 'raw' in read ? read.raw.at : timeOf(read.event);
        first ??= at;
        const wait = speed === Number.POSITIVE_INFINITY ? 0 : startedAt + (at - first) / speed - clock.now();
        if (wait > 0) await sleep(wait);
        if (mine !== run) return;
        const took = 'raw' in read ? player.take(read.raw) : pass(read.event);
        const fault = typeof took === 'object' ? await took : took;
        if (fault === undefined) report.good();
        else bad(line, fault, report);
      }
    }
    if (mine !== run) return;
    player.stop();
    playing = false;
    judge(report);
    ended = report.ending();
    log.info({ file, lines: line, malformed: report.malformed }, 'the tape has ended');
  }

  function bad(line: number, fault: string, report: TapeReport): void {
    report.bad(line, fault);
    if (counters.malformed++ === 0) log.warn({ file, line, fault }, 'a line of the tape cannot be read');
  }

  /** A tape without a readable line is silent for ever: that must not look like calm. */
  function judge(report: TapeReport): void {
    const fault = report.useless();
    if (fault === undefined || problem === fault) return;
    problem = fault;
    log.warn({ file, malformed: report.malformed }, fault);
  }

  function pass(event: FeedEvent): undefined {
    lastMessageAt = clock.now();
    remember(event);
    if (event.instrument !== undefined && !isWatched(event.instrument)) return;
    if (event.type === 'trade') counters.trades++;
    sink?.(event);
  }

  function isWatched(instrument: string): boolean {
    return watched.has(instrument) || watched.has(splitInstrument(instrument)[1]);
  }

  function remember(event: FeedEvent): void {
    if (event.type === 'trade') {
      const { ts, price, size } = event;
      const start = barStart(ts, MINUTE);
      const bought = knownBought(event);
      keep(
        event.instrument,
        { start, open: price, high: price, low: price, close: price, volume: size, trades: 1, bought },
        true,
      );
    } else if (event.type === 'bars' && event.interval === MINUTE) {
      for (const bar of event.bars) keep(event.instrument, bar, false);
    }
  }

  function keep(instrument: string, bar: Bar, join: boolean): void {
    const bars = minutes.get(instrument) ?? new Map<number, Bar>();
    minutes.set(instrument, bars);
    const known = join ? bars.get(bar.start) : undefined;
    bars.set(bar.start, known ? joinBars(known, bar) : bar);
    if (bars.size <= KEPT_MINUTES) return;
    const oldest = bars.keys().next();
    if (!oldest.done) bars.delete(oldest.value);
  }

  async function scan(): Promise<readonly InstrumentInfo[]> {
    const found = new Map<string, InstrumentInfo | undefined>();
    const report = createTapeReport(file);
    const frames = createRawScan(venues);
    let line = 0;
    try {
      for await (const lines of readLines(file)) {
        for (const text of lines) {
          if (++line % SLICE === 0) await breathe();
          if (text.trim() === '') continue;
          const read = readTapeLine(text, line);
          const fault = 'fault' in read ? read.fault : 'raw' in read ? frames.take(read.raw) : undefined;
          if (fault === undefined) report.good();
          else report.bad(line, fault);
          if ('event' in read && read.event.instrument !== undefined) found.set(read.event.instrument, undefined);
        }
      }
    } catch (cause) {
      throw new TransportError(`${file} cannot be read`, { retryable: true, reason: 'unreachable', cause });
    }
    judge(report);
    for (const [instrument, info] of frames.instruments()) found.set(instrument, info);
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, info]) => info ?? describeInstrument(name));
  }

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      // Whoever stops the tape also lets its reader go on, so that it closes the file.
      cancelWait = () => {
        cancel();
        resolve();
      };
    });
  }

  function total(): FeedStatus['counters'] {
    const frames = raw?.counters();
    if (!frames) return { ...counters };
    return { ...counters, ...frames, malformed: counters.malformed + frames.malformed };
  }

  function state(): FeedState {
    if (playing) return 'live';
    return ended !== undefined && problem === undefined ? 'stale' : 'down';
  }

  function detail(): string | undefined {
    if (playing) return undefined;
    if (problem) return problem;
    if (ended !== undefined) return ended;
    return sink ? 'waits for something to be watched' : 'not started';
  }

  return {
    venue: 'tape',
    start(to) {
      sink = to;
      begin();
    },
    async stop() {
      run++;
      playing = false;
      cancelWait?.();
      cancelWait = undefined;
      raw?.stop();
      raw = undefined;
      sink = undefined;
    },
    instruments() {
      if (!listed) {
        const mine = scan();
        listed = mine;
        mine.catch(() => {
          listed = undefined;
        });
      }
      return listed;
    },
    watch(symbols) {
      for (const symbol of symbols) watched.add(symbol);
      begin();
    },
    unwatch(symbols) {
      for (const symbol of symbols) watched.delete(symbol);
    },
    async history(symbol, interval, from, to) {
      if (interval % MINUTE !== 0) return [];
      const instrument = [...minutes.keys()].find((one) => one === symbol || splitInstrument(one)[1] === symbol);
      const bars = [...(minutes.get(instrument ?? '')?.values() ?? [])].sort((a, b) => a.start - b.start);
      // The newest minute may still grow, and so may the bar that it is in.
      const open = barStart(bars.at(-1)?.start ?? 0, interval);
      return mergeBars(bars, interval).filter(({ start }) => start >= from && start < to && start < open);
    },
    resume() {
      // A recording starts at its beginning.
    },
    status() {
      const now = state();
      const why = detail();
      return {
        venue: 'tape',
        state: now,
        lastMessageAt,
        since: keeper.set(now),
        tries: 0,
        ...(why !== undefined && { detail: why }),
        counters: total(),
      };
    },
  };
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
