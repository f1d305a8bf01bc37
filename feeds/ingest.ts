import type { Clock } from '../engine/clock.ts';
import type { FactEvent, FeedEvent, GapEvent, Trade } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { createCounters } from './counters.ts';
import { describeInstrument } from './described.ts';
import type { Feed, FeedSink } from './feed.ts';
import { createStateKeeper } from './feed-state.ts';
import { createIngestBooks } from './ingest-books.ts';
import { type BarItem, type ItemClock, readItem, type StateItem, type TradeItem } from './ingest-item.ts';
import { createIngestMinutes, type IngestMinutes, type ToldBars } from './ingest-minutes.ts';
import type { Logger } from './logger.ts';

/** The venue of what is handed in. */
export const INGEST = 'ingest';

/** Symbols that may come up; each costs memory and rows. */
const MOST_SYMBOLS = 2_000;
/** Events of one symbol that wait until it is watched. */
const MOST_WAITING = 10_000;
/** The engine hears of minutes that are over for so many minutes back; older ones are stored alone. */
const TOLD_MINUTES = 300;
/** Bars are passed on when none came for so long, when they have waited for so long (in ms), or when they are so many. */
const QUIET_MS = 500;
const LONGEST_COLLECTED_MS = 5_000;
const MOST_COLLECTED = 5_000;

/** A venue that connects to nobody: its prices are handed in. */
export interface IngestFeed extends Feed {
  /** Takes one item, in any shape. @returns why it is refused; undefined where it is taken */
  post(value: unknown, clock: ItemClock): string | undefined;
  /** A fact from elsewhere, of an instrument of any venue. */
  tell(fact: FactEvent): void;
  /** Symbols of an earlier run, and where its trades are found that no bar holds yet; nobody else can tell them again. */
  remember(symbols: readonly string[], missed?: MissedTrades): void;
  onListed(listener: (info: InstrumentInfo) => void): void;
  /** Told of every bar that comes as a whole: nobody else has it. */
  onBars(listener: (instrument: string, told: ToldBars) => void): void;
}

/** Stored trades of an instrument that no stored bar holds, oldest first. */
export type MissedTrades = (instrument: string) => AsyncIterable<readonly Trade[]>;

export interface IngestOptions {
  readonly clock: Clock;
  readonly log?: Logger;
  /** Whether FEEDS names it. */
  readonly named?: boolean;
}

interface Entry {
  readonly info: InstrumentInfo;
  readonly minutes: IngestMinutes;
  /** Events that came before it was watched. */
  readonly waiting: FeedEvent[];
  /** What an earlier run was told last, until it was passed on. */
  missed?: MissedTrades | undefined;
}

export function createIngestFeed({ clock, log, named = false }: IngestOptions): IngestFeed {
  const entries = new Map<string, Entry>();
  const listed: ((info: InstrumentInfo) => void)[] = [];
  const barsTold: ((instrument: string, told: ToldBars) => void)[] = [];
  const watched = new Set<string>();
  const gaps = new Map<string, number>();
  /** Those whose missed trades are being read. */
  const opening = new Set<string>();
  /** Those of which bars were collected. */
  const collecting = new Set<Entry>();
  /** Facts of no symbol that came before the start. */
  const early: FeedEvent[] = [];
  const startedAt = clock.now();
  const counters = createCounters();
  const keeper = createStateKeeper(clock);
  const books = createIngestBooks(clock, (event) => emit(event.instrument.slice(INGEST.length + 1), event));
  let sink: FeedSink | undefined;
  let running = false;
  let lastMessageAt: number | undefined;
  let ids = 0;
  let cancelFlush: (() => void) | undefined;
  /** Items since bars were passed on, and when the first of them came, in ms. */
  let collected = 0;
  let collectedSince = 0;

  function emit(symbol: string, event: FeedEvent): void {
    if (running && watched.has(symbol) && !opening.has(symbol)) sink?.(event);
    else entries.get(symbol)?.waiting.push(event);
  }

  function tell(fact: FactEvent): void {
    if (running) sink?.(fact);
    else early.push(fact);
  }

  /** @returns why there is no room for another; it is told before what it came with */
  function entryOf(symbol: string): Entry | string {
    const known = entries.get(symbol);
    if (known !== undefined) {
      return known.waiting.length < MOST_WAITING ? known : `${symbol} is still being loaded: send it again later`;
    }
    if (entries.size >= MOST_SYMBOLS) return `there are ${MOST_SYMBOLS} symbols already, and that is the most`;
    const entry = add(symbol);
    for (const listener of listed) listener(entry.info);
    return entry;
  }

  function add(symbol: string): Entry {
    const info = describeInstrument(`${INGEST}:${symbol}`);
    // The time of the start comes first, so that no run gives an id again.
    const minutes = createIngestMinutes(info.instrument, () => `${startedAt}-${++ids}`);
    const entry: Entry = { info, minutes, waiting: [] };
    entries.set(symbol, entry);
    return entry;
  }

  function takePrices(entry: Entry, item: StateItem | TradeItem | BarItem, now: number): string | undefined {
    const taken = item.kind === 'bar' ? entry.minutes.put(item) : entry.minutes.take(item, now);
    if (taken === 'late') return 'late: its minute is closed; a whole bar with "interval": "1m" corrects it';
    if (taken === 'seen') counters.duplicates++;
    else if (taken === 'collected') {
      collecting.add(entry);
      planFlush();
    } else {
      counters.trades++;
      for (const trade of taken) emit(item.symbol, trade);
    }
    return undefined;
  }

  /**
   * Waits until no more bars come: once the engine knows a minute it closes those up to now, at a price that a later one would
   * not change.
   */
  function planFlush(): void {
    cancelFlush?.();
    if (collected++ === 0) collectedSince = clock.now();
    const isDue = collected >= MOST_COLLECTED || clock.now() - collectedSince >= LONGEST_COLLECTED_MS;
    if (isDue) flush();
    else cancelFlush = clock.after(QUIET_MS, flush);
  }

  /** Passes on the bars that were collected, many at a time: each makes series be computed anew. */
  function flush(): void {
    cancelFlush = undefined;
    collected = 0;
    const oldest = clock.now() - TOLD_MINUTES * MINUTE;
    for (const { info, minutes } of collecting) {
      for (const told of minutes.collected()) {
        for (const listener of barsTold) listener(info.instrument, told);
        const bars = told.interval === MINUTE ? told.bars.filter((bar) => bar.start >= oldest) : told.bars;
        if (bars.length > 0) {
          emit(info.symbol, { type: 'bars', instrument: info.instrument, interval: told.interval, bars });
        }
      }
    }
    collecting.clear();
  }

  function post(value: unknown, time: ItemClock): string | undefined {
    const item = readItem(value, time);
    counters.frames++;
    if (typeof item === 'string') {
      counters.malformed++;
      return item;
    }
    lastMessageAt = clock.now();
    if (item.kind === 'facts' && item.symbol === undefined) {
      for (const [name, number] of item.values) {
        tell({ type: 'fact', name, instrument: undefined, ts: item.ts, value: number });
      }
      return undefined;
    }
    const symbol = item.symbol as string;
    const entry = entryOf(symbol);
    if (typeof entry === 'string') return entry;
    const { instrument } = entry.info;
    if (item.kind === 'level') books.set(instrument, item);
    else if (item.kind === 'facts') {
      for (const [name, number] of item.values) {
        emit(symbol, { type: 'fact', name, instrument, ts: item.ts, value: number });
      }
    } else return takePrices(entry, item, time.now);
    return undefined;
  }

  function open(symbol: string): void {
    const [from, entry] = [gaps.get(symbol), entries.get(symbol)];
    if (opening.has(symbol)) return;
    const trades = from === undefined || entry === undefined ? undefined : entry.missed?.(entry.info.instrument);
    if (entry === undefined || trades === undefined) {
      goOn(symbol);
      return;
    }
    entry.missed = undefined;
    opening.add(symbol);
    void recall(entry, trades).then(() => {
      opening.delete(symbol);
      if (running) goOn(symbol);
    });
  }

  /** Passes on what an earlier run was told, and what no bar holds yet. Never rejects. */
  async function recall({ info, minutes }: Entry, trades: AsyncIterable<readonly Trade[]>): Promise<void> {
    try {
      for await (const portion of trades) {
        for (const trade of portion) if (minutes.recall(trade)) sink?.(trade);
      }
    } catch (error) {
      log?.warn({ err: error, instrument: info.instrument }, 'trades of the last run could not be read');
    }
  }

  /** What waited comes first behind the end of the gap: it is news, not what was missed. */
  function goOn(symbol: string): void {
    const from = gaps.get(symbol);
    gaps.delete(symbol);
    const gap: GapEvent = {
      ...{ type: 'gap', instrument: `${INGEST}:${symbol}`, open: false },
      ...{ from: from ?? 0, ts: clock.now() },
    };
    if (from !== undefined) sink?.(gap);
    const waiting = entries.get(symbol)?.waiting.splice(0) ?? [];
    for (const event of waiting) sink?.(event);
  }

  return {
    venue: INGEST,
    post,
    tell,
    remember(symbols, missed) {
      for (const symbol of symbols.slice(0, MOST_SYMBOLS)) if (!entries.has(symbol)) add(symbol).missed = missed;
    },
    onBars: (listener) => barsTold.push(listener),
    onListed: (listener) => listed.push(listener),
    isIdle: () => !named && entries.size === 0 && lastMessageAt === undefined,
    start(to) {
      sink = to;
      if (running) return;
      running = true;
      for (const event of early.splice(0)) to(event);
      for (const symbol of watched) open(symbol);
    },
    async stop() {
      cancelFlush?.();
      flush();
      books.stop();
      running = false;
    },
    instruments: async () => [...entries.values()].map(({ info }) => info),
    watch(symbols) {
      for (const symbol of symbols) {
        watched.add(symbol);
        if (running) open(symbol);
      }
    },
    unwatch(symbols) {
      for (const symbol of symbols) watched.delete(symbol);
    },
    // What was told is stored; there is nobody else to ask.
    history: async () => [],
    resume: (symbol, from) => void gaps.set(symbol, from),
    status() {
      const state = running ? 'live' : 'down';
      return {
        ...{ venue: INGEST, state, lastMessageAt, since: keeper.set(state), tries: 0 },
        ...(!running && { detail: sink ? 'stopped' : 'not started' }),
        counters: { ...counters },
      };
    },
  };
}
