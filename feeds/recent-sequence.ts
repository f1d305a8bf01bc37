import type { Trade } from '../engine/market/events.ts';
import { barStart, MINUTE } from '../engine/market/interval.ts';
import { MAX_BACKFILL_MS } from './backfill.ts';
import { backoffMs } from './backoff.ts';
import type { RecentTrades } from './recent-trades.ts';
import { retryAfterOf } from './retry-after.ts';
import type { Sequence, SequenceOptions } from './sequence.ts';
import { createTradeGap, createWait } from './trade-gap.ts';

/** Ids that are remembered: more than what one answer of any venue holds. */
const MAX_SEEN = 2_500;
/** So long after a minute began the venue's bars know that the last one ended; also what the two clocks may differ by. */
const SETTLED_MS = 2_000;

/**
 * As `createSequence`, for a venue whose ids do not count by one: live trades pass, repeats are dropped by id. After a loss the
 * newest trades are fetched; where they do not reach back, 1m bars up to the running minute take their place.
 */
export function createRecentSequence(options: SequenceOptions<RecentTrades>): Sequence {
  const { clock, instrument, emit, source } = options;
  const seen = new Set<string>();
  let pending: Trade[] = [];
  let mode: 'waiting' | 'live' | 'filling' = 'waiting';
  let newest: Trade | undefined;
  /** Earlier trades were passed on, by themselves or in bars. */
  let floorTs = 0;
  let since = options.resume?.from;
  let streamingAt = 0;
  let hasDropped = false;
  const gap = createTradeGap(options);
  const wait = createWait(clock);
  let run = 0;
  if (options.resume) openGap(options.resume.from);

  // Hot path.
  function offer(trade: Trade): void {
    if (mode === 'live') accept(trade);
    else {
      pending.push(trade);
      if (pending.length > options.bound()) overflow();
    }
  }

  function accept(trade: Trade): void {
    if (isRepeat(trade)) {
      options.duplicate();
      return;
    }
    seen.add(trade.id);
    if (seen.size > MAX_SEEN) seen.delete(seen.values().next().value!);
    if (newest === undefined || trade.ts >= newest.ts) newest = trade;
    emit(trade);
  }

  function isRepeat(trade: Trade): boolean {
    if (trade.ts < floorTs || seen.has(trade.id)) return true;
    // Not of what streams: were its ids to begin anew, all that comes would be a repeat for ever.
    if (mode === 'live' || source.ascending !== true || newest === undefined) return false;
    return compareIds(trade.id, newest.id) <= 0;
  }

  /** What is dropped here is fetched once more: the stream as we keep it begins now. */
  function overflow(): void {
    pending = [];
    streamingAt = clock.now();
    hasDropped = true;
  }

  function start(): void {
    mode = 'filling';
    wait.cancel();
    fill(++run).catch((error: unknown) => options.log.error({ instrument, err: error }, 'filling a hole broke'));
    options.changed();
  }

  async function fill(mine: number): Promise<void> {
    for (let attempt = 0; mine === run; attempt++) {
      try {
        do hasDropped = false;
        while ((await fetchMissing(mine)) && hasDropped);
        if (mine === run) finish();
        return;
      } catch (error) {
        if (mine !== run) return;
        const waitMs = Math.max(backoffMs(attempt, options.random, 500, 60_000), retryAfterOf(error));
        options.log.warn({ instrument, err: error, waitMs: Math.round(waitMs) }, 'missed trades cannot be fetched yet');
        await wait.sleep(waitMs);
      }
    }
  }

  /** True when all up to the first trade that waits was passed on; false once it is somebody else's business. */
  async function fetchMissing(mine: number): Promise<boolean> {
    const from = newest?.ts ?? since ?? clock.now();
    if (newest !== undefined) {
      const page = await source.recent(options.symbol, from);
      if (mine !== run) return false;
      if (page !== undefined && reaches(page, newest)) {
        passOn(page.filter((trade) => trade.ts >= from));
        return true;
      }
    }
    return fillWithBars(mine, from);
  }

  function reaches(page: readonly Trade[], known: Trade): boolean {
    const [oldest] = page;
    if (oldest === undefined || oldest.ts < known.ts) return true;
    return source.ascending === true ? compareIds(oldest.id, known.id) <= 0 : page.some(({ id }) => seen.has(id));
  }

  /** The complete minutes as one event, then the trades of the running one, once they are known from its begin on. */
  async function fillWithBars(mine: number, after: number): Promise<boolean> {
    for (;;) {
      const from = barStart(Math.max(after, clock.now() - MAX_BACKFILL_MS), MINUTE);
      const bars = await source.minuteBars(options.symbol, from);
      if (mine !== run) return false;
      const openStart = bars.at(-1)?.start ?? from;
      const isStreamed = streamingAt + SETTLED_MS <= openStart;
      const page = isStreamed ? [] : await source.recent(options.symbol, openStart);
      if (mine !== run) return false;
      if (page !== undefined && (bars.length === 0 || page.length === 0 || isStreamed || page[0].ts < openStart)) {
        const closed = bars.slice(0, -1);
        if (closed.length > 0) emit({ type: 'bars', instrument, interval: MINUTE, bars: closed });
        floorTs = Math.max(floorTs, openStart);
        passOn(page.filter((trade) => trade.ts >= openStart));
        return true;
      }
      await wait.sleep(barStart(clock.now(), MINUTE) + MINUTE + SETTLED_MS - clock.now());
      if (mine !== run) return false;
    }
  }

  function passOn(trades: readonly Trade[]): void {
    for (const trade of trades) if (!isRepeat(trade)) accept(trade);
  }

  function finish(): void {
    const held = pending;
    pending = [];
    for (const trade of held) accept(trade);
    mode = 'live';
    since = undefined;
    gap.close();
    options.changed();
  }

  function openGap(from: number): void {
    if (gap.open(from)) since ??= from;
  }

  function halt(): void {
    run++;
    mode = 'waiting';
    pending = [];
    wait.cancel();
  }

  return {
    offer,
    lost(at) {
      halt();
      openGap(at);
      options.changed();
    },
    streaming() {
      if (mode !== 'waiting') return;
      streamingAt = clock.now();
      if (newest !== undefined || since !== undefined) start();
      else finish();
    },
    live: () => mode === 'live',
    begun: () => newest !== undefined || since !== undefined,
    halt,
  };
}

/** Decimal integers of any length. */
function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
