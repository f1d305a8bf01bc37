import type { FeedEvent, Trade } from '../../engine/market/events.ts';
import { MINUTE } from '../../engine/market/interval.ts';
import { createCursor } from './cursor.ts';
import type { DressedMarket } from './dressed.ts';
import { type FactSeries, factEvent } from './facts.ts';
import type { Market } from './market.ts';

/** What comes of one thing, in the order of time. */
export interface Stream {
  /** When the next comes, in ms. A plain field: it is read for each trade of the whole feed. */
  at: number;
  /** The next; undefined where nothing comes of it after all. */
  take(): FeedEvent | undefined;
}

/** How often a book is told, in ms. */
const BOOK_MS = 500;

export function tradeStream(
  plain: Market,
  market: DressedMarket,
  start: { after: number } | { afterId: number },
): Stream {
  const cursor = createCursor(plain, start);
  const stream: Stream = {
    at: cursor.peek().ts,
    take() {
      const trade = cursor.take();
      stream.at = cursor.peek().ts;
      return market.dress(trade);
    },
  };
  return stream;
}

export function factStream(series: readonly FactSeries[], after: number): Stream {
  const due = series.map((one) => ({ one, at: one.next(after) }));
  const earliest = (): number => {
    let at = Number.POSITIVE_INFINITY;
    for (const each of due) at = Math.min(at, each.at);
    return at;
  };
  const stream: Stream = {
    at: earliest(),
    take() {
      const found = due.find(({ at }) => at === stream.at);
      if (!found) return undefined;
      const event = factEvent(found.one, found.at);
      found.at = found.one.next(found.at);
      stream.at = earliest();
      return event;
    },
  };
  return stream;
}

/** Follows the trades on its own, so that a book is the same whoever watches what. Nothing comes while nothing may trade. */
export function bookStream(
  plain: Market,
  market: DressedMarket,
  symbol: { readonly isSilent: (ts: number) => boolean; readonly book: (last: Trade, ts: number) => FeedEvent },
  after: number,
): Stream {
  const cursor = createCursor(plain, { after: after - MINUTE });
  let last: Trade | undefined;
  const stream: Stream = {
    at: (Math.floor(after / BOOK_MS) + 1) * BOOK_MS,
    take() {
      const ts = stream.at;
      stream.at += BOOK_MS;
      while (cursor.peek().ts <= ts) last = market.dress(cursor.take()) ?? last;
      if (!last || symbol.isSilent(ts) || !market.isOpen(Math.floor(ts / MINUTE))) return undefined;
      return symbol.book(last, ts);
    },
  };
  return stream;
}
