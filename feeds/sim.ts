import type { Clock } from '../engine/clock.ts';
import { UserError } from '../engine/errors.ts';
import type { Bar } from '../engine/market/events.ts';
import { barStart, HOUR, MINUTE } from '../engine/market/interval.ts';
import { MAX_BACKFILL_MS } from './backfill.ts';
import { createCounters } from './counters.ts';
import type { Feed, FeedSink, FeedState } from './feed.ts';
import { createStateKeeper } from './feed-state.ts';
import { type Cursor, createCursor } from './sim/cursor.ts';
import { type DayBars, makeBars } from './sim/history.ts';
import { createModels, type Model } from './sim/instruments.ts';
import { createMarket, type Market } from './sim/market.ts';

export interface SimOptions {
  /** The same seed gives the same market, whenever it is started. */
  readonly seed?: string;
  /** Mean over each UTC day, for each instrument; at least 1, default 60. */
  readonly tradesPerMinute?: number;
  readonly clock: Clock;
}

interface Listed {
  readonly model: Model;
  readonly market: Market;
  readonly dayBars: DayBars;
}

/** Trades that are passed on before others get their turn. */
const SLICE = 2000;
const SHORTEST_WAIT_MS = 5;
/** A restart that missed no more gets the missed trades themselves; one that missed more gets bars. */
const MAX_CATCH_UP_MS = 2 * HOUR;

/** A market that needs nobody: coins and stocks whose prices are a pure function of the seed and the time. */
export function createSimFeed(options: SimOptions): Feed {
  const { clock, seed = 'sim', tradesPerMinute = 60 } = options;
  const listed = new Map<string, Listed>();
  for (const model of createModels(seed)) {
    const market = createMarket(seed, model, Math.max(1, tradesPerMinute));
    listed.set(model.info.symbol, { model, market, dayBars: new Map() });
  }
  const counters = createCounters();
  const keeper = createStateKeeper(clock);
  const watched = new Map<string, { cursor: Cursor | undefined; gapFrom: number | undefined }>();
  const resumePoints = new Map<string, { from: number; lastId: number | undefined }>();
  let sink: FeedSink | undefined;
  let running = false;
  let cancel: (() => void) | undefined;
  let lastMessageAt: number | undefined;

  function open(symbol: string): void {
    const known = listed.get(symbol);
    const entry = watched.get(symbol);
    if (!known || !entry || entry.cursor) return;
    const resume = resumePoints.get(symbol);
    resumePoints.delete(symbol);
    const now = clock.now();
    if (!resume) {
      entry.cursor = createCursor(known.market, { after: now });
      return;
    }
    gap(symbol, resume.from);
    if (now - resume.from <= MAX_CATCH_UP_MS) {
      const { lastId, from } = resume;
      entry.cursor = createCursor(known.market, lastId === undefined ? { after: from - 1 } : { afterId: lastId });
      return;
    }
    catchUp(symbol, known, entry, Math.max(resume.from, now - MAX_BACKFILL_MS)).catch(() => undefined);
  }

  /** Whole minutes as bars, then the running one by its trades. */
  async function catchUp(
    symbol: string,
    known: Listed,
    entry: { cursor: Cursor | undefined },
    from: number,
  ): Promise<void> {
    const start = barStart(from, MINUTE);
    const end = barStart(clock.now(), MINUTE);
    const bars = await makeBars(known.market, MINUTE, start, end, known.dayBars);
    if (!running || watched.get(symbol) !== entry) return;
    if (bars.length > 0) sink?.({ type: 'bars', instrument: known.model.info.instrument, interval: MINUTE, bars });
    entry.cursor = createCursor(known.market, { after: end - 1 });
    wake();
  }

  function gap(symbol: string, from: number): void {
    const entry = watched.get(symbol);
    if (!entry) return;
    entry.gapFrom = from;
    sink?.({ type: 'gap', instrument: `sim:${symbol}`, open: true, from, ts: clock.now() });
  }

  /** Passes on what is due, over all instruments in the order of time, and sleeps until the next trade. */
  function wake(): void {
    cancel?.();
    cancel = undefined;
    if (!running) return;
    const now = clock.now();
    let next: Cursor | undefined;
    for (let left = SLICE; left > 0; left--) {
      next = earliest();
      if (!next || next.peek().ts > now) break;
      counters.frames++;
      counters.trades++;
      lastMessageAt = now;
      sink?.(next.take());
    }
    if (!next) return;
    const wait = next.peek().ts - now;
    if (wait > 0) closeGaps(now);
    cancel = clock.after(wait > 0 ? Math.max(SHORTEST_WAIT_MS, wait) : 0, wake);
  }

  function earliest(): Cursor | undefined {
    let best: Cursor | undefined;
    for (const { cursor } of watched.values()) {
      if (cursor && (!best || cursor.peek().ts < best.peek().ts)) best = cursor;
    }
    return best;
  }

  function closeGaps(now: number): void {
    for (const [symbol, entry] of watched) {
      if (entry.gapFrom === undefined || !entry.cursor) continue;
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
      wake();
    },
    async stop() {
      running = false;
      cancel?.();
      cancel = undefined;
      for (const entry of watched.values()) entry.cursor = undefined;
    },
    instruments: () => Promise.resolve([...listed.values()].map(({ model }) => model.info)),
    watch(symbols) {
      for (const symbol of symbols) {
        if (!listed.has(symbol) || watched.has(symbol)) continue;
        watched.set(symbol, { cursor: undefined, gapFrom: undefined });
        if (running) open(symbol);
      }
      wake();
    },
    unwatch(symbols) {
      for (const symbol of symbols) watched.delete(symbol);
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
