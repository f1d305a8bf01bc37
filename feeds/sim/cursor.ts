import type { Trade } from '../../engine/market/events.ts';
import { MINUTE } from '../../engine/market/interval.ts';
import { IDS_A_MINUTE, type Market } from './market.ts';

/** A place in a market that only moves on. */
export interface Cursor {
  /** The next trade; there always is one. */
  peek(): Trade;
  take(): Trade;
}

/** Starts behind everything up to and including a time (ms) or a trade's id. */
export function createCursor(market: Market, start: { after: number } | { afterId: number }): Cursor {
  let minute = 'after' in start ? Math.floor(start.after / MINUTE) : Math.floor(start.afterId / IDS_A_MINUTE);
  minute = Math.max(0, minute);
  let next = market.trades(minute);
  let trade = step();

  function step(): Trade {
    for (;;) {
      const found = next();
      if (found) return found;
      next = market.trades(++minute);
    }
  }

  const isPast = 'after' in start ? () => trade.ts <= start.after : () => Number(trade.id) <= start.afterId;
  while (isPast()) trade = step();

  return {
    peek: () => trade,
    take() {
      const taken = trade;
      trade = step();
      return taken;
    },
  };
}
