import { boughtBy } from '../../engine/market/bought.ts';
import type { Bar, Trade } from '../../engine/market/events.ts';
import { MINUTE } from '../../engine/market/interval.ts';
import { joinBars } from '../bars.ts';
import type { Incidents } from './incidents.ts';
import type { Market } from './market.ts';

/** A market with its incidents. */
export interface DressedMarket extends Market {
  /** What becomes of a trade of the plain market; undefined where it never happened. */
  dress(trade: Trade): Trade | undefined;
}

/** The same market, moved and silenced by incidents: bars and trades of it tell the same. */
export function dressMarket(market: Market, symbol: string, incidents: Incidents): DressedMarket {
  function dress(trade: Trade): Trade | undefined {
    const { ts } = trade;
    if (!incidents.touches(symbol, ts, ts + 1)) return trade;
    if (incidents.isSilent(symbol, ts)) return undefined;
    const price = Math.max(1, Math.round(trade.price * Math.exp(incidents.shift(symbol, ts)) * 100)) / 100;
    const side = incidents.rush(symbol, ts) ?? trade.side;
    return { ...trade, price, side, size: trade.size * incidents.turnover(symbol, ts) };
  }

  function trades(minute: number): () => Trade | undefined {
    const next = market.trades(minute);
    if (!isTouched(minute)) return next;
    return () => {
      for (let trade = next(); trade !== undefined; trade = next()) {
        const dressed = dress(trade);
        if (dressed) return dressed;
      }
      return undefined;
    };
  }

  const isTouched = (minute: number): boolean => incidents.touches(symbol, minute * MINUTE, (minute + 1) * MINUTE);

  /** A minute without a trade is flat. */
  function bar(minute: number): Bar {
    for (let at = minute; ; at--) {
      const found = isTouched(at) ? sum(at) : market.bar(at);
      if (found !== undefined) return at === minute ? found : flat(minute * MINUTE, found.close);
    }
  }

  function sum(minute: number): Bar | undefined {
    const next = trades(minute);
    let all: Bar | undefined;
    for (let trade = next(); trade !== undefined; trade = next()) {
      const { price, size } = trade;
      const ends = { open: price, high: price, low: price, close: price };
      const one = { start: minute * MINUTE, ...ends, volume: size, trades: 1, bought: boughtBy(trade) };
      all = all ? joinBars(all, one) : one;
    }
    return all;
  }

  return {
    dress,
    bar,
    trades,
    level: (ts) => market.level(ts) * Math.exp(incidents.shift(symbol, ts)),
    isOpen: market.isOpen,
  };
}

export function flat(start: number, close: number): Bar {
  return { start, open: close, high: close, low: close, close, volume: 0, trades: 0, bought: 0 };
}
