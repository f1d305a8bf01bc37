import { knownBought } from '../engine/market/bought.ts';
import type { Bar, Trade } from '../engine/market/events.ts';
import { barStart, DAY, HOUR } from '../engine/market/interval.ts';
import { joinBars } from './bars.ts';

/** One answer of the venue's list of trades. */
export interface TradeRows {
  /** Ids ascend. */
  readonly trades: readonly Trade[];
  /** The newest id in it, be its trade usable or not; -1 where it is empty. */
  readonly newestId: number;
  /** Time of the newest trade in ns. */
  readonly last: string;
  /** There may be more after it. */
  readonly full: boolean;
}

/** Trades from a time (ns) on. @throws TransportError */
type Page = (symbol: string, since: string) => Promise<TradeRows>;

/** How far the building of bars has come. */
interface Progress {
  readonly from: number;
  /** Where the next page begins, in ns. */
  since: string;
  newestId: number;
  /** Without those in which nothing was traded; the last one may lack trades. */
  readonly bars: Bar[];
  /** All trades before it (ms) are in. */
  reached: number;
  isDone: boolean;
}

/** How far back is looked for the close before the first bar. */
const LOOK_BACK_MS = [HOUR, DAY, 30 * DAY] as const;
/** Fetches that broke off and whose progress is kept. */
const MOST_KEPT = 20;

/** Just before a time, for `since`: whatever happened at that very millisecond comes too. @returns ns */
export function sinceOf(ms: number): string {
  return String(BigInt(ms) * 1_000_000n - 1n);
}

/** Where the page after one from `since` on begins (ns); undefined where there is none. `seen` is the newest id before it. */
export function following(
  { newestId, last, full }: Omit<TradeRows, 'trades'>,
  since: string,
  seen: number,
): string | undefined {
  if (!full) return undefined;
  // A page may end between trades of the same time, so the next begins with that time once more.
  if (newestId > seen) return String(BigInt(last) - 1n);
  // A page of one time alone: what else happened then cannot be had.
  return last === since ? undefined : last;
}

/**
 * Bars out of the venue's list of trades, for what it has no bars of: without holes, `from <= start < to` (both starts of bars, ms),
 * from the first trade on where there is no earlier one. Days of trades take minutes at a page a second: a fetch that breaks off goes on
 * where it was when the same bars are asked for again.
 *
 * @throws TransportError
 */
export function createTradeBars(
  page: Page,
): (symbol: string, length: number, from: number, to: number) => Promise<readonly Bar[]> {
  const broken = new Map<string, Progress>();

  return async (symbol, length, from, to) => {
    const key = `${symbol} ${length}`;
    const progress = takeUp(broken, key, from);
    try {
      while (!progress.isDone && progress.reached < to) add(progress, await page(symbol, progress.since), length);
      const bars = progress.bars.filter((bar) => bar.start >= from && bar.start < to);
      const earlier = progress.bars.findLast((bar) => bar.start < from);
      const isSeeded = bars[0]?.start === from || earlier !== undefined;
      const close = isSeeded ? earlier?.close : await closeBefore(page, symbol, from);
      return fillFlat(bars, length, { from, to, close });
    } catch (error) {
      broken.set(key, progress);
      if (broken.size > MOST_KEPT) broken.delete(broken.keys().next().value!);
      throw error;
    }
  };
}

/** What was kept, where it covers `from`, or a new beginning. It is nobody else's from now on. */
function takeUp(broken: Map<string, Progress>, key: string, from: number): Progress {
  const kept = broken.get(key);
  broken.delete(key);
  if (kept && kept.from <= from && kept.reached >= from) return kept;
  return { from, since: sinceOf(from), newestId: -1, bars: [], reached: from, isDone: false };
}

function add(progress: Progress, { trades, newestId, last, full }: TradeRows, length: number): void {
  const { bars } = progress;
  for (const trade of trades) {
    if (Number(trade.id) <= progress.newestId || trade.ts < progress.from) continue;
    const bar = barOf(trade, length);
    const open = bars.at(-1);
    if (open?.start === bar.start) bars[bars.length - 1] = joinBars(open, bar);
    else bars.push(bar);
    progress.reached = Math.max(progress.reached, trade.ts);
  }
  const next = following({ newestId, last, full }, progress.since, progress.newestId);
  progress.newestId = Math.max(progress.newestId, newestId);
  progress.isDone = next === undefined;
  progress.since = next ?? progress.since;
}

/** Price of the last trade before a time; undefined where there was none for long. */
async function closeBefore(page: Page, symbol: string, ts: number): Promise<number | undefined> {
  for (const back of LOOK_BACK_MS) {
    let close: number | undefined;
    let since: string | undefined = sinceOf(ts - back);
    for (let seen = -1; since !== undefined; ) {
      const found: TradeRows = await page(symbol, since);
      close = found.trades.findLast((trade) => trade.ts < ts)?.price ?? close;
      since = (found.trades.at(-1)?.ts ?? ts) < ts ? following(found, since, seen) : undefined;
      seen = found.newestId;
    }
    if (close !== undefined) return close;
  }
  return undefined;
}

/** Bars from `from` to `to` (starts of bars, ms): those given, and where there is none a flat one at the close before. */
function fillFlat(
  bars: readonly Bar[],
  length: number,
  span: { readonly from: number; readonly to: number; readonly close?: number | undefined },
): Bar[] {
  const filled: Bar[] = [];
  let { close } = span;
  let i = 0;
  for (let start = span.from; start < span.to; start += length) {
    if (bars[i]?.start === start) filled.push(bars[i++]);
    else if (close !== undefined) filled.push(flatBar(start, close));
    close = filled.at(-1)?.close ?? close;
  }
  return filled;
}

function flatBar(start: number, close: number): Bar {
  return { start, open: close, high: close, low: close, close, volume: 0, trades: 0, bought: 0 };
}

function barOf(trade: Trade, length: number): Bar {
  const { price, size: volume } = trade;
  const start = barStart(trade.ts, length);
  return { start, open: price, high: price, low: price, close: price, volume, trades: 1, bought: knownBought(trade) };
}
