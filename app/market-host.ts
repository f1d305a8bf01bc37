import type { BarsAnswer, MarketPort } from '../commands/ports.ts';
import type { BarStore } from '../db/bars.ts';
import type { FactStore } from '../db/facts.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent, FeedEvent, MarketEvent } from '../engine/market/events.ts';
import { type InstrumentInfo, splitInstrument } from '../engine/market/instrument.ts';
import { HOUR } from '../engine/market/interval.ts';
import { createSymbolTable } from '../engine/market/symbol-table.ts';
import type { SymbolTable } from '../engine/market/symbols.ts';
import type { Feed } from '../feeds/feed.ts';
import { createBarCloser } from './bar-closer.ts';
import type { BarWriter } from './bar-writer.ts';
import { createBooks } from './books.ts';
import { createFactKeeper } from './fact-keeper.ts';
import { type FeedTally, feedReport } from './feed-reports.ts';
import { createHistory, type History } from './history.ts';
import { createIntake } from './intake.ts';
import { createLister } from './lister.ts';
import { createNeeds } from './needs.ts';
import type { Logger } from './part-logger.ts';
import { createPreparation } from './preparation.ts';
import { createSilenceWatch } from './silence-watch.ts';
import { createStreamWatch, type Refusal } from './stream-watch.ts';
import { symbolAt } from './symbol-at.ts';

/** Missed bars that are applied in one go: more take too long for the thread. */
const SLICE = 30;
/** A trade that is further ahead of our clock than this is refused, in ms. */
const FUTURE_MS = 60_000;
/** Nothing can be fetched again of what was told without being asked for. */
const NEVER_RELEASED: ReadonlySet<string> = new Set(['tape', 'ingest']);

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
  /**
   * What a holder needs watched from now on, instead of what it needed before. An instrument that nobody has needed for an hour is
   * released: the feed no longer brings it, and the engine forgets it.
   */
  need(holder: string, instruments: readonly string[]): void;
  /** Bars as `bars` has them, without subscribing. @throws TransportError */
  glance(instrument: string, interval: number, count: number): Promise<BarsAnswer>;
  /** Told of streams that a venue refuses, again and again while it does. */
  onRefused(listener: (refusal: Refusal) => void): void;
  /** What feeds count. */
  tallies(): readonly FeedTally[];
  /**
   * Loads stored bars, fetches what is missing since, and subscribes for an hour at least. Never rejects: what fails is tried again
   * later.
   */
  prepare(instrument: string): Promise<void>;
  /** Resolves when what is being prepared of an instrument is, without asking for it. */
  ready(instrument: string): Promise<void>;
  feedOf(instrument: string): Feed | undefined;
  /** Asks a venue for its list of symbols again; where that fails it is tried on until the list is there. @throws TransportError */
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
  /** 0 <= x < 1; default: the machine's. */
  readonly random?: () => number;
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
  const isTape = feeds.some((feed) => feed.venue === 'tape');
  const loading = new Set<Promise<void>>();
  const gaps = new Map<string, number>();
  const onRefused: ((refusal: Refusal) => void)[] = [];
  const counts = { trades: 0, refused: 0 };
  let tapeNow = 0;
  let stopped = false;

  const now = (): number => (isTape ? tapeNow : clock.now());
  for (const feed of feeds) {
    feed.onListed?.((info) => {
      symbols.add([info]);
      void prepare(info.instrument);
    });
  }
  const intake = createIntake(SLICE, (event) => {
    apply(event);
    if (event.type === 'book') books.came(event);
    tell(event);
  });
  const keeper = createFactKeeper({ engine, store: options.facts, clock, log, now, apply });
  const history = createHistory({ engine, bars: options.bars, writer, now, log, apply, feedOf });

  const needs = createNeeds({
    ...{ clock, heldMs: HOUR, askedMs: HOUR },
    begin: (instrument) => void preparation.prepare(instrument),
    end: release,
  });
  const preparation = createPreparation({ history, clock, log, now, apply, feedOf, isNeeded: needs.has });
  const lister = createLister({ clock, random: options.random ?? Math.random, log, learn: learnSymbols });
  const books = createBooks({ engine, clock, feedOf });
  const closer = createBarCloser({ engine, clock, now, apply, feedOf: (venue) => byVenue.get(venue) });
  const streams = createStreamWatch({
    ...{ engine, feeds, clock, now, apply },
    refused(refusal) {
      for (const listener of onRefused) listener(refusal);
    },
  });

  const silence = createSilenceWatch({
    ...{ engine, clock, now, apply },
    closes: (instrument) => isTape || symbols.get(instrument)?.kind === 'stock',
  });

  /** Frees what nobody needs any more. @returns false where that has to wait */
  function release(instrument: string): boolean {
    const feed = feedOf(instrument);
    if (stopped || NEVER_RELEASED.has(feed?.venue ?? '')) return true;
    if (preparation.isBusy(instrument) || intake.isBusy(instrument)) return false;
    if (apply({ type: 'instrument-forget', instrument }).some((event) => event.type === 'refused')) return false;
    feed?.unwatch([symbolAt(feed, instrument)]);
    preparation.forget(instrument);
    streams.forget(instrument);
    silence.forget(instrument);
    log.debug({ instrument }, 'nobody needs an instrument any more');
    return true;
  }

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
      case 'book-wanted':
        books.wanted(event);
        break;
      case 'fired':
      case 'rule-state':
      case 'signal':
      case 'signal-event':
      case 'strategy-blind':
        break;
    }
    tell(event);
  }

  function load(instrument: string, interval: number, bars: number): void {
    track(preparation.load(instrument, interval, bars));
    // Whoever it is for says so soon; what nobody does is let go.
    if (!needs.has(instrument)) needs.ask(instrument);
  }

  function track(loads: Promise<void>): void {
    const work = loads.finally(() => loading.delete(work));
    loading.add(work);
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
      silence.came(event.instrument);
    } else if (event.type === 'gap') {
      if (event.open) count(event.instrument);
      silence.gap(event);
    } else if (event.type === 'fact') streams.came(event);
    intake.take(event);
  }

  function count(instrument: string): void {
    const venue = feedOf(instrument)?.venue ?? '';
    gaps.set(venue, (gaps.get(venue) ?? 0) + 1);
  }

  async function learnSymbols(feed: Feed): Promise<void> {
    const infos = await feed.instruments();
    symbols.add(infos);
    unlisted.delete(feed.venue);
    for (const listener of listListeners) listener(feed.venue, infos);
  }

  /** What somebody asks for stays for a while. */
  function prepare(instrument: string): Promise<void> {
    needs.ask(instrument);
    return preparation.prepare(instrument);
  }

  /** How many instruments of a feed are watched. */
  function watched(feed: Feed): number {
    let count = 0;
    for (const instrument of preparation.known()) if (feedOf(instrument) === feed) count++;
    return count;
  }

  return {
    symbols,
    unlisted: () => [...unlisted],
    history,
    venues: feeds.map((feed) => feed.venue),
    now,
    apply,
    hold: preparation.hold,
    prepare,
    ready: preparation.prepare,
    need: needs.hold,
    onRefused: (listener) => onRefused.push(listener),
    feedOf,
    async relist(venue) {
      const feed = byVenue.get(venue);
      if (feed !== undefined) await lister.once(feed);
    },
    onListed: (listener) => listListeners.push(listener),
    async idle() {
      while (loading.size > 0) await Promise.all(loading);
    },
    onEvent: (listener) => listeners.push(listener),
    counters: () => ({ ...counts }),
    start() {
      for (const feed of feeds) feed.start(sink);
      closer.start();
      streams.start();
      silence.start();
      return Promise.all(feeds.map(lister.untilListed)).then(() => undefined);
    },
    async stop() {
      stopped = true;
      closer.stop();
      preparation.stop();
      streams.stop();
      silence.stop();
      lister.stop();
      needs.stop();
      books.stop();
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
    glance: history.answer,
    recall: keeper.loadNewest,
    facts: keeper.read,
    factNames: () => engine.facts.known().map(({ name }) => name),
    held: (instrument, interval, count) => engine.barsOf(instrument, interval, count),
    watched: () => [...preparation.known()],
    watch(instrument) {
      void prepare(instrument);
    },
    book: books.ask,
    feeds: () => feeds.filter((feed) => feed.isIdle?.() !== true).map((feed) => feedReport(feed, watched(feed), clock)),
    tallies: () => feeds.map((feed) => ({ status: feed.status(), gaps: gaps.get(feed.venue) ?? 0 })),
  };
}
