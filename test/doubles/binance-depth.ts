/** Price and size, as numbers; size 0 deletes. */
export type DoubleLevel = readonly [price: number, size: number];

/** The order book of one symbol as the venue keeps it, and how it writes it. */
export interface DoubleBook {
  set(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[]): void;
  /** Makes a change, which counts for one number each level; returns its frame. */
  change(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[], ts: number): string;
  /** The answer of `/depth`; only futures tell the time. */
  snapshot(limit: number, ts?: number): object;
}

/** Contracts of the futures share their numbers, so that some are missing between two changes of one. */
const FUTURES_STEP = 7;

/** @param symbol upper case */
export function createDoubleBook(symbol: string, market: 'spot' | 'futures' = 'spot'): DoubleBook {
  const sides = { b: new Map<number, number>(), a: new Map<number, number>() };
  let last = 5000;
  const write = (levels: Iterable<DoubleLevel>) =>
    [...levels].map(([price, size]) => [price.toFixed(8), size.toFixed(8)]);

  function apply(side: Map<number, number>, levels: readonly DoubleLevel[]): void {
    for (const [price, size] of levels) {
      if (size === 0) side.delete(price);
      else side.set(price, size);
    }
  }

  return {
    set(bids, asks) {
      sides.b = new Map(bids);
      sides.a = new Map(asks);
    },
    change(bids, asks, ts) {
      apply(sides.b, bids);
      apply(sides.a, asks);
      const pu = last;
      const U = last + (market === 'spot' ? 1 : FUTURES_STEP);
      last = U - 1 + Math.max(1, bids.length + asks.length);
      const levels = { b: write(bids), a: write(asks) };
      const data =
        market === 'spot'
          ? { e: 'depthUpdate', E: ts, s: symbol, U, u: last, ...levels }
          : { e: 'depthUpdate', E: ts + 3, T: ts, s: symbol, U, u: last, pu, ...levels, ps: symbol, st: 1 };
      return JSON.stringify({ stream: `${symbol.toLowerCase()}@depth@100ms`, data });
    },
    snapshot(limit, ts) {
      const bids = [...sides.b].sort((x, y) => y[0] - x[0]).slice(0, limit);
      const asks = [...sides.a].sort((x, y) => x[0] - y[0]).slice(0, limit);
      const times = ts === undefined ? {} : { E: ts + 3, T: ts };
      return { lastUpdateId: last, ...times, bids: write(bids), asks: write(asks) };
    },
  };
}
