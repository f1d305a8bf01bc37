import type { Trade } from '../engine/market/events.ts';
import type { TradeSource } from './trade-source.ts';

/** One answer of the venue. */
export interface TradeRows {
  /** Ids ascend; what cannot be read is left out. */
  readonly trades: readonly Trade[];
  /** Readable or not. */
  readonly count: number;
  /** Of any row; NaN where there is none. */
  readonly newestId: number;
}

export interface TradeWindowsOptions {
  readonly now: () => number;
  /** Most trades in one answer. */
  readonly limit: number;
  /** Trades between two times (SECONDS, both counted in); the newest where there are more than `limit`. */
  fetch(symbol: string, start: number, end: number): Promise<TradeRows>;
  readonly malformed: (reason: string) => void;
}

/** So much the venue's clock may be ahead of ours, in seconds. */
const AHEAD_S = 5;

/** Goes FORWARD through trades that the venue gives newest first and by time alone: in windows as wide as one answer can hold. */
export function createTradeWindows(options: TradeWindowsOptions): Pick<TradeSource, 'tradesFrom' | 'firstIdSince'> {
  const { limit } = options;
  /** Seconds in which there were few enough trades the last time; until something tells, all up to now. */
  const widths = new Map<string, number>();

  /** What is wanted out of the first window from `since` (ms) on that has any of it. `isWhole`: nothing before the rows is wanted. */
  async function first(
    symbol: string,
    since: number,
    isWanted: (trade: Trade) => boolean,
    isWhole: (rows: TradeRows) => boolean,
  ): Promise<TradeRows & { readonly full: boolean }> {
    let start = Math.floor(since / 1000);
    for (;;) {
      const last = Math.ceil(options.now() / 1000) + AHEAD_S;
      const width = widths.get(symbol) ?? Number.POSITIVE_INFINITY;
      const end = Math.min(last, start + width);
      const rows = await options.fetch(symbol, start, end);
      const isFull = rows.count >= limit;
      if (isFull && !isWhole(rows)) {
        if (end - start > 1) {
          widths.set(symbol, narrower(rows.trades, end - start));
          continue;
        }
        options.malformed('more trades in a second than an answer holds');
      }
      if (!isFull && end >= last) widths.delete(symbol);
      else if (rows.count < limit / 4) widths.set(symbol, width * 4);
      const trades = rows.trades.filter(isWanted);
      if (trades.length > 0) return { ...rows, trades, full: end < last || isFull };
      if (end >= last) return { ...rows, trades, full: false };
      start = end;
    }
  }

  return {
    async tradesFrom(symbol, fromId, since) {
      const { trades, newestId, full } = await first(
        symbol,
        since,
        ({ id }) => Number(id) >= fromId,
        // What goes back to a trade before it lacks none after it.
        (rows) => rows.trades.length > 0 && Number(rows.trades[0].id) <= fromId,
      );
      return { trades, nextId: newestId >= fromId ? newestId + 1 : fromId, full };
    },
    async firstIdSince(symbol, since) {
      const { trades } = await first(
        symbol,
        since,
        ({ ts }) => ts >= since,
        (rows) => rows.trades.length > 0 && rows.trades[0].ts < since,
      );
      return trades[0] && Number(trades[0].id);
    },
  };
}

/** Half an answer's worth of seconds, by the trades that came. */
function narrower(trades: readonly Trade[], width: number): number {
  const [oldest, newest] = [trades[0]?.ts ?? 0, trades.at(-1)?.ts ?? 0];
  return Math.max(1, Math.min(Math.floor(width / 2), Math.floor((newest - oldest) / 2000)));
}
