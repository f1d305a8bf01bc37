/** Price and size, as numbers; size 0 deletes. */
export type DoubleLevel = readonly [price: number, size: number];

/** The order book of one symbol as the venue keeps it, and how it writes it. */
export interface DoubleBook {
  set(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[]): void;
  /** Makes a change, which counts for one number each level; returns its frame. */
  change(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[], ts: number): string;
  /** The answer of `/depth`. */
  snapshot(limit: number): object;
}

/** @param symbol upper case */
export function createDoubleBook(symbol: string): DoubleBook {
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
      const U = last + 1;
      last += Math.max(1, bids.length + asks.length);
      const data = { e: 'depthUpdate', E: ts, s: symbol, U, u: last, b: write(bids), a: write(asks) };
      return JSON.stringify({ stream: `${symbol.toLowerCase()}@depth@100ms`, data });
    },
    snapshot(limit) {
      const bids = [...sides.b].sort((x, y) => y[0] - x[0]).slice(0, limit);
      const asks = [...sides.a].sort((x, y) => x[0] - y[0]).slice(0, limit);
      return { lastUpdateId: last, bids: write(bids), asks: write(asks) };
    },
  };
}
