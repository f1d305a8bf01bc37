import type { Clock } from '../engine/clock.ts';
import { UserError } from '../engine/errors.ts';
import type { Bar } from '../engine/market/events.ts';
import { barStart, HOUR, MINUTE } from '../engine/market/interval.ts';
import { MAX_BACKFILL_MS } from './backfill.ts';
import { createCounters } from './counters.ts';
import type { Feed, FeedSink, FeedState } from './feed.ts';
import { createStateKeeper } from './feed-state.ts';
import { economyOf } from './sim/economy.ts';
import { makeBars } from './sim/history.ts';
import { createIncidents } from './sim/incidents.ts';
import { createListing, type Listed } from './sim/listing.ts';
import { placeScenario, type Scenario, sizeHint, sizeOf } from './sim/scenario.ts';
import { bookStream, factStream, type Stream, tradeStream } from './sim/streams.ts';
import { earliestOf, tellNewest, type Watched } from './sim/watched.ts';

export interface SimOptions {
  /** The same seed gives the same market, whenever it is started. */
  readonly seed?: string;
  /** Mean over each UTC day, for each instrument; at least 1, default 60. */
  readonly tradesPerMinute?: number;
  /** Stocks trade in New York's sessions alone; default false: round the clock. */
  readonly sessions?: boolean;
  /** What befalls the market of itself. */
  readonly scenario?: Scenario;
  readonly clock: Clock;
}

/** Events that are passed on before others get their turn. */
const SLICE = 2000;
const SHORTEST_WAIT_MS = 5;
/** A restart that missed no more gets the missed trades themselves; one that missed more gets bars. */
const MAX_CATCH_UP_MS = 2 * HOUR;

/** A market that needs nobody: coins, perpetuals and stocks whose prices are a pure function of the seed, the time and the incidents. */
export function createSimFeed(options: SimOptions): Feed {
  const { clock, seed = 'sim', tradesPerMinute = 60, sessions = false } = options;
  const incidents = createIncidents(placeScenario(options.scenario ?? [], clock.now()));
  const listed = createListing({ seed, tradesPerMinute, sessions, incidents });
  const economy = economyOf(seed);
  const counters = createCounters();
  const keeper = createStateKeeper(clock);
  const watched = new Map<string, Watched>();
  /** By symbol; undefined while the feed is stopped. */
  const books = new Map<string, Stream | undefined>();
  const resumePoints = new Map<string, { from: number; lastId: number | undefined }>();
  let economyFacts: Stream | undefined;
  let sink: FeedSink | undefined;
  let running = false;
  let cancel: (() => void) | undefined;
  let lastMessageAt: number | undefined;

  function open(symbol: string): void {
    const known = listed.get(symbol);
    const entry = watched.get(symbol);
    if (!known || !entry || entry.facts) return;
    const resume = resumePoints.get(symbol);
    resumePoints.delete(symbol);
    const now = clock.now();
    openFacts(known, entry, now);
    if (!resume) {
      entry.trades = tradeStream(known.plain, known.market, { after: now });
      return;
    }
    gap(symbol, resume.from);
    if (now - resume.from <= MAX_CATCH_UP_MS) {
      const { lastId, from } = resume;
      const start = lastId === undefined ? { after: from - 1 } : { afterId: lastId };
      entry.trades = tradeStream(known.plain, known.market, start);
      return;
    }
    catchUp(symbol, known, entry, Math.max(resume.from, now - MAX_BACKFILL_MS)).catch(() => undefined);
  }

  function openFacts({ facts }: Listed, entry: Watched, now: number): void {
    tellNewest(facts, now, sink);
    entry.facts = factStream(facts, now);
    if (economyFacts) return;
    tellNewest(economy, now, sink);
    economyFacts = factStream(economy, now);
  }

  function openBook(symbol: string): void {
    const known = listed.get(symbol);
    if (!known || books.get(symbol)) return;
    const { plain, market, book } = known;
    const isSilent = (ts: number) => incidents.isSilent(symbol, ts);
    books.set(symbol, bookStream(plain, market, { isSilent, book }, clock.now()));
  }

  /** Whole minutes as bars, then the running one by its trades. */
  async function catchUp(symbol: string, known: Listed, entry: Watched, from: number): Promise<void> {
    const start = barStart(from, MINUTE);
    const end = barStart(clock.now(), MINUTE);
    const bars = await makeBars(known.market, MINUTE, start, end, known.dayBars);
    if (!running || watched.get(symbol) !== entry) return;
    if (bars.length > 0) sink?.({ type: 'bars', instrument: known.model.info.instrument, interval: MINUTE, bars });
    entry.trades = tradeStream(known.plain, known.market, { after: end - 1 });
    wake();
  }

  function gap(symbol: string, from: number): void {
    const entry = watched.get(symbol);
    if (!entry || entry.gapFrom !== undefined) return;
    entry.gapFrom = from;
    sink?.({ type: 'gap', instrument: `sim:${symbol}`, open: true, from, ts: clock.now() });
  }

  /** Passes on what is due, over all instruments in the order of time, and sleeps until the next event. */
  function wake(): void {
    cancel?.();
    cancel = undefined;
    if (!running) return;
    const now = clock.now();
    const lost = incidents.gapAt(now);
    const isLost = lost !== undefined && lost.from <= now;
    if (isLost) for (const symbol of watched.keys()) gap(symbol, lost.from);
    const next = passUntil(isLost ? Math.min(now, lost.from - 1) : now);
    if (!next && !lost) return;
    const due = next?.at ?? Number.POSITIVE_INFINITY;
    if (due > now && !isLost) closeGaps(now);
    const at = isLost ? lost.to : Math.min(due, lost?.from ?? Number.POSITIVE_INFINITY);
    cancel = clock.after(at > now ? Math.max(SHORTEST_WAIT_MS, at - now) : 0, wake);
  }

  /** A slice of what is due until a time. @returns whose turn is next */
  function passUntil(until: number): Stream | undefined {
    for (let left = SLICE; left > 0; left--) {
      const next = earliest();
      if (!next || next.at > until) return next;
      const event = next.take();
      if (!event) continue;
      counters.frames++;
      if (event.type === 'trade') counters.trades++;
      lastMessageAt = clock.now();
      sink?.(event);
    }
    return earliest();
  }

  const earliest = (): Stream | undefined =>
    earliestOf(watched, watched.size > 0 ? [economyFacts, ...books.values()] : books.values());

  function closeGaps(now: number): void {
    for (const [symbol, entry] of watched) {
      if (entry.gapFrom === undefined || !entry.trades) continue;
      const from = entry.gapFrom;
      entry.gapFrom = undefined;
      sink?.({ type: 'gap', instrument: `sim:${symbol}`, open: false, from, ts: now });
    }
  }

  function state(): FeedState {
    if (!running) return 'down';
    for (const entry of watched.values()) if (entry.gapFrom !== undefined) return 'resyncing';
    return 'live';
  }

  return {
    venue: 'sim',
    start(to) {
      sink = to;
      if (running) return;
      running = true;
      for (const symbol of watched.keys()) open(symbol);
      for (const symbol of books.keys()) openBook(symbol);
      wake();
    },
    async stop() {
      running = false;
      cancel?.();
      cancel = undefined;
      economyFacts = undefined;
      for (const [symbol, { gapFrom }] of watched)
        watched.set(symbol, { trades: undefined, facts: undefined, gapFrom });
      for (const symbol of books.keys()) books.set(symbol, undefined);
    },
    instruments: () => Promise.resolve([...listed.values()].map(({ model }) => model.info)),
    watch(symbols) {
      for (const symbol of symbols) {
        if (!listed.has(symbol) || watched.has(symbol)) continue;
        watched.set(symbol, { trades: undefined, facts: undefined, gapFrom: undefined });
        if (running) open(symbol);
      }
      wake();
    },
    unwatch(symbols) {
      for (const symbol of symbols) watched.delete(symbol);
      wake();
    },
    watchBook(symbols) {
      for (const symbol of symbols) {
        if (!listed.has(symbol)) continue;
        if (!books.has(symbol)) books.set(symbol, undefined);
        if (running) openBook(symbol);
      }
      wake();
    },
    unwatchBook(symbols) {
      for (const symbol of symbols) books.delete(symbol);
      wake();
    },
    async history(symbol, interval, from, to): Promise<readonly Bar[]> {
      const known = listed.get(symbol);
      if (!known) throw new UserError('unknown-symbol', `sim has no ${symbol}`);
      const end = Math.ceil(to / interval) * interval;
      return makeBars(known.market, interval, from, Math.min(end, clock.now()), known.dayBars);
    },
    resume(symbol, from, lastTradeId) {
      const id = lastTradeId === undefined ? Number.NaN : Number(lastTradeId);
      resumePoints.set(symbol, { from, lastId: Number.isSafeInteger(id) && id >= 0 ? id : undefined });
    },
    order({ what, symbol, size: text }) {
      const size = sizeOf(what, text);
      if (size === undefined) throw new UserError('size-wrong', `The size of a ${what} must be ${sizeHint(what)}.`);
      // A moment ahead: what was told up to now stays true.
      incidents.add({ what, symbol, size, at: clock.now() + 1 });
      wake();
      return size;
    },
    status() {
      const now = state();
      const since = keeper.set(now);
      return {
        venue: 'sim',
        state: now,
        lastMessageAt,
        since,
        tries: 0,
        ...(!running && { detail: sink ? 'stopped' : 'not started' }),
        counters: { ...counters },
      };
    },
  };
}
