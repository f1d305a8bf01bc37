import type { MarketPort, PartStatus } from '../commands/ports.ts';
import type { BarStore } from '../db/bars.ts';
import type { FactStore } from '../db/facts.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent, FeedEvent, MarketEvent } from '../engine/market/events.ts';
import { type InstrumentInfo, splitInstrument } from '../engine/market/instrument.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { createSymbolTable } from '../engine/market/symbol-table.ts';
import type { SymbolTable } from '../engine/market/symbols.ts';
import type { Feed } from '../feeds/feed.ts';
import type { BarWriter } from './bar-writer.ts';
import { createFactKeeper } from './fact-keeper.ts';
import { BASE_BARS, createHistory, type History } from './history.ts';
import { createIntake } from './intake.ts';
import type { Logger } from './part-logger.ts';

/** The engine hears of the time this often, in ms. */
const TICK_MS = 250;
/** Trades may come this much later than they happened before their bar is closed without them, in ms. */
const CLOSE_GRACE_MS = 1_000;
/** History that could not be fetched is asked for again after this long, then after twice as long, in ms. */
const FILL_RETRY_MS = 2_000;
const LONGEST_FILL_RETRY_MS = 120_000;
/** Missed bars that are applied in one go: more take too long for the thread. */
const SLICE = 30;
/** A trade that is further ahead of our clock than this is refused, in ms. */
const FUTURE_MS = 60_000;
/** A venue's list of symbols is asked for again after this long where it could not be had, in ms. */
const LIST_RETRY_MS = 5_000;

export interface MarketHost extends MarketPort {
  readonly history: History;
  /** The feeds' configured venues, the preferred one first. */
  readonly venues: readonly string[];
  /** Takes up the newest stored value of every fact; to be called before the start. Never rejects. */
  recall(): Promise<void>;
  /** Connects the feeds; resolves when each has told once what it lists, which may be never. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Applies an event that does not come from a feed. */
  apply(event: MarketEvent): readonly EngineEvent[];
  /** Everything that feeds give, and what the engine makes of it. */
  onEvent(listener: (event: FeedEvent | EngineEvent) => void): void;
  /** Market time in ms: the machine's, or a tape's own. */
  now(): number;
  /**
   * Keeps feeds from telling what was missed until the returned function is called: whoever is to hear of it has to be there
   * first. Stored bars and history are loaded meanwhile.
   */
  hold(): () => void;
  /** Loads stored bars, fetches what is missing since, and subscribes. Never rejects: what fails is tried again later. */
  prepare(instrument: string): Promise<void>;
  feedOf(instrument: string): Feed | undefined;
  /** Asks a venue for its list of symbols again. @throws TransportError */
  relist(venue: string): Promise<void>;
  /** Every list that a venue gives. */
  onListed(listener: (venue: string, infos: readonly InstrumentInfo[]) => void): void;
  /** Resolves when no history is being loaded. */
  idle(): Promise<void>;
  counters(): { trades: number; refused: number };
}

export interface MarketHostOptions {
  readonly engine: Engine;
  readonly feeds: readonly Feed[];
  readonly bars: BarStore;
  readonly facts: FactStore;
  readonly writer: BarWriter;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Runs the engine: feeds and the clock go in, closed bars go to the database, everything that happens to the listeners. */
export function createMarketHost(options: MarketHostOptions): MarketHost {
  const { engine, feeds, writer, clock, log } = options;
  const byVenue = new Map(feeds.map((feed) => [feed.venue, feed]));
  const symbols: SymbolTable = createSymbolTable(() => feeds.map((feed) => feed.venue));
  const listeners: ((event: FeedEvent | EngineEvent) => void)[] = [];
  const listListeners: ((venue: string, infos: readonly InstrumentInfo[]) => void)[] = [];
  const unlisted = new Set(feeds.map((feed) => feed.venue));
  const prepared = new Map<string, Promise<void>>();
  const isTape = feeds.some((feed) => feed.venue === 'tape');
  const loading = new Set<Promise<void>>();
  /** History that was asked for before the feed may go on: what was missed must meet warm series. */
  const wants = new Map<string, { interval: number; bars: number }[]>();
  const counts = { trades: 0, refused: 0 };
  let tapeNow = 0;
  let lastTick = clock.now();
  let cancelTick: (() => void) | undefined;
  let stopped = false;
  /** Resolves when feeds may tell what was missed; undefined where they may. */
  let held: Promise<void> | undefined;

  const now = (): number => (isTape ? tapeNow : clock.now());
  const intake = createIntake(SLICE, (event) => {
    apply(event);
    tell(event);
  });
  const keeper = createFactKeeper({ engine, store: options.facts, clock, log, now, apply });
  const history = createHistory({ engine, bars: options.bars, writer, now, log, apply, feedOf });

  /** A tape's instruments keep the names under which they were recorded. */
  function feedOf(instrument: string): Feed | undefined {
    return byVenue.get(splitInstrument(instrument)[0]) ?? byVenue.get('tape');
  }

  function apply(event: MarketEvent): readonly EngineEvent[] {
    const events = engine.apply(event);
    for (let i = 0; i < events.length; i++) handle(events[i]);
    return events;
  }

  function handle(event: EngineEvent): void {
    switch (event.type) {
      case 'bar-closed':
        writer.add(event.instrument, event.interval, event.bar);
        break;
      case 'history-needed':
        load(event.instrument, event.interval, event.bars);
        break;
      case 'facts-needed':
        track(keeper.load(event));
        break;
      case 'fact-taken':
        keeper.add(event);
        break;
      case 'refused':
        counts.refused++;
        break;
      case 'fired':
      case 'rule-state':
      case 'book-wanted':
        break;
    }
    tell(event);
  }

  function load(instrument: string, interval: number, bars: number): void {
    const waiting = wants.get(instrument);
    const isOpen = prepared.has(instrument) && waiting === undefined;
    if (!isOpen) wants.set(instrument, [...(waiting ?? []), { interval, bars }]);
    track(isOpen ? fill(instrument, interval, bars) : prepare(instrument));
  }

  function track(loads: Promise<void>): void {
    const work = loads.finally(() => loading.delete(work));
    loading.add(work);
  }

  /** Tries once and, where the venue cannot be asked, again and again later. */
  async function fill(instrument: string, interval: number, bars: number, tries = 0): Promise<void> {
    if (stopped || (await history.fill(instrument, interval, bars))) return;
    clock.after(Math.min(FILL_RETRY_MS * 2 ** tries, LONGEST_FILL_RETRY_MS), () => {
      void fill(instrument, interval, bars, tries + 1);
    });
  }

  function tell(event: FeedEvent | EngineEvent): void {
    for (let i = 0; i < listeners.length; i++) listeners[i](event);
  }

  function sink(event: FeedEvent): void {
    // One trade or fact from the future would end every `until` and make all that follows late.
    if ('ts' in event && event.type !== 'gap' && !isTape && event.ts > clock.now() + FUTURE_MS) {
      counts.refused++;
      return;
    }
    if (event.type === 'trade') {
      counts.trades++;
      if (event.ts > tapeNow) tapeNow = event.ts;
    }
    intake.take(event);
  }

  function tick(): void {
    const isLate = clock.now() - lastTick > CLOSE_GRACE_MS;
    lastTick = clock.now();
    cancelTick = clock.after(TICK_MS, tick);
    // After a stall the sockets have to be read first: what they hold belongs to the bars that the clock would close.
    if (!isLate) apply({ type: 'clock', ts: now() - CLOSE_GRACE_MS });
  }

  async function learnSymbols(feed: Feed): Promise<void> {
    const infos = await feed.instruments();
    symbols.add(infos);
    unlisted.delete(feed.venue);
    for (const listener of listListeners) listener(feed.venue, infos);
  }

  async function list(feed: Feed): Promise<void> {
    for (;;) {
      try {
        await learnSymbols(feed);
        return;
      } catch (error) {
        log.warn({ err: error, venue: feed.venue }, 'the venue’s symbols could not be listed, trying again');
      }
      await new Promise<void>((resolve) => {
        clock.after(LIST_RETRY_MS, resolve);
      });
      if (stopped) return;
    }
  }

  function prepare(instrument: string): Promise<void> {
    const known = prepared.get(instrument);
    if (known !== undefined) return known;
    const made = begin(instrument).catch((error: unknown) => notPrepared(instrument, error));
    prepared.set(instrument, made);
    return made;
  }

  /** Its gap stays open; it is tried again later, and by whoever asks for it before. */
  function notPrepared(instrument: string, error: unknown): void {
    log.error({ err: error, instrument }, 'an instrument could not be prepared, trying again');
    prepared.delete(instrument);
    clock.after(LONGEST_FILL_RETRY_MS, () => {
      if (!stopped) void prepare(instrument);
    });
  }

  /** Opens a gap until the feed has told all that was missed: what is not known yet must not look like calm. */
  async function begin(instrument: string): Promise<void> {
    const from = now();
    apply({ type: 'gap', instrument, open: true, from, ts: from });
    const feed = feedOf(instrument);
    if (!wants.has(instrument)) wants.set(instrument, []);
    const storedTo = await history.loadStored(instrument);
    if (storedTo === undefined) await fill(instrument, MINUTE, BASE_BARS);
    await fillWants(instrument);
    while (held !== undefined) {
      await held;
      await fillWants(instrument);
    }
    wants.delete(instrument);
    if (feed === undefined || feed.venue === 'tape') apply({ type: 'gap', instrument, open: false, from, ts: now() });
    if (feed === undefined) return;
    const symbol = feed.venue === 'tape' ? instrument : splitInstrument(instrument)[1];
    feed.resume(symbol, storedTo ?? history.lastBarEnd(instrument), undefined);
    feed.watch([symbol]);
  }

  async function fillWants(instrument: string): Promise<void> {
    for (let want = wants.get(instrument)?.shift(); want !== undefined; want = wants.get(instrument)?.shift()) {
      await fill(instrument, want.interval, want.bars);
    }
  }

  const part = (feed: Feed): PartStatus => {
    const { state, lastMessageAt, detail, venue } = feed.status();
    return { name: venue, state, ageMs: lastMessageAt === undefined ? undefined : clock.now() - lastMessageAt, detail };
  };

  return {
    symbols,
    unlisted: () => [...unlisted],
    history,
    venues: feeds.map((feed) => feed.venue),
    now,
    apply,
    hold() {
      let release = (): void => undefined;
      const mine = new Promise<void>((resolve) => {
        release = resolve;
      });
      const all = Promise.all([held, mine]).then(() => {
        if (held === all) held = undefined;
      });
      held = all;
      return release;
    },
    prepare,
    feedOf,
    async relist(venue) {
      const feed = byVenue.get(venue);
      if (feed !== undefined) await learnSymbols(feed);
    },
    onListed: (listener) => listListeners.push(listener),
    async idle() {
      while (loading.size > 0) await Promise.all(loading);
    },
    onEvent: (listener) => listeners.push(listener),
    counters: () => ({ ...counts }),
    start() {
      for (const feed of feeds) feed.start(sink);
      tick();
      return Promise.all(feeds.map(list)).then(() => undefined);
    },
    async stop() {
      stopped = true;
      cancelTick?.();
      await Promise.all(feeds.map((feed) => feed.stop()));
      await keeper.stop();
    },
    price(instrument) {
      const view = engine.view(instrument);
      if (view === undefined || Number.isNaN(view.price)) return undefined;
      return { price: view.price, ts: Number.isNaN(view.ts) ? history.lastBarEnd(instrument) : view.ts };
    },
    async bars(instrument, interval, count) {
      await prepare(instrument);
      return history.answer(instrument, interval, count);
    },
    recall: keeper.loadNewest,
    facts: keeper.read,
    factNames: () => engine.facts.known().map(({ name }) => name),
    held: (instrument, interval, count) => engine.barsOf(instrument, interval, count),
    watch(instrument) {
      void prepare(instrument);
    },
    feeds: () => feeds.map(part),
  };
}
