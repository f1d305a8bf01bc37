import type { Bar } from '../../engine/market/events.ts';

export type BybitRoute = 'spot' | 'linear';
export type DoubleLevel = readonly [price: number, size: number];

/** A trade as the venue keeps it. */
export interface BybitTrade {
  readonly id: string;
  readonly ts: number;
  /** As on the wire: a decimal in a string. */
  readonly price: string;
  readonly size: string;
  /** The taker's. */
  readonly side: 'Buy' | 'Sell';
  readonly isBlock: boolean;
  readonly seq: number;
}

/** One market of the double: its trades, the bars before them, its book, and how the venue writes each. */
export interface BybitMarket {
  readonly trades: BybitTrade[];
  history: readonly Bar[];
  /** Starts of minutes that the venue leaves out. */
  readonly omitted: Set<number>;
  nextId(): string;
  setBook(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[]): void;
  /** Makes a change, numbered by one; returns its frame. */
  change(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[], ts: number): string;
  /** The book as a frame; `restart`: the venue's service began anew, and so do its numbers. */
  snapshot(ts: number, restart?: boolean): string;
}

export function createBybitMarket(route: BybitRoute, wire: string): BybitMarket {
  const sides = { b: new Map<number, number>(), a: new Map<number, number>() };
  let count = 0;
  let u = 62_505_423;
  const write = (levels: Iterable<DoubleLevel>) => [...levels].map(([price, size]) => [String(price), String(size)]);

  function frame(type: 'snapshot' | 'delta', ts: number, b: string[][], a: string[][]): string {
    const head = { topic: `orderbook.200.${wire}`, ...(route === 'spot' ? { ts, type } : { type, ts }) };
    return JSON.stringify({ ...head, data: { s: wire, b, a, u, seq: 7 * u }, cts: ts - 3 });
  }

  return {
    trades: [],
    history: [],
    omitted: new Set(),
    nextId() {
      count++;
      // Spot numbers its trades, though not by one; linear ids have no order.
      if (route === 'spot') return String(2_290_000_001_189_048_000n + BigInt(count * 3));
      const hash = Math.imul(count, 0x9e3779b1) >>> 0;
      return `${hash.toString(16).padStart(8, '0')}-4f10-5290-a969-${count.toString(16).padStart(12, '0')}`;
    },
    setBook(bids, asks) {
      sides.b = new Map(bids);
      sides.a = new Map(asks);
    },
    change(bids, asks, ts) {
      for (const [side, levels] of [[sides.b, bids] as const, [sides.a, asks] as const]) {
        for (const [price, size] of levels) {
          if (size === 0) side.delete(price);
          else side.set(price, size);
        }
      }
      u++;
      return frame('delta', ts, write(bids), write(asks));
    },
    snapshot(ts, restart = false) {
      if (restart) u = 1;
      const bids = [...sides.b].sort((x, y) => y[0] - x[0]).slice(0, 200);
      const asks = [...sides.a].sort((x, y) => x[0] - y[0]).slice(0, 200);
      return frame('snapshot', ts, write(bids), write(asks));
    },
  };
}

/** The frame in which trades are streamed. The two routes write the keys in different orders. */
export function tradeFrame(route: BybitRoute, wire: string, trades: readonly BybitTrade[]): string {
  const topic = `publicTrade.${wire}`;
  const ts = (trades.at(-1)?.ts ?? 0) + 1;
  if (route === 'spot') {
    const data = trades.map(({ id: i, ts: T, price: p, size: v, side: S, isBlock: BT, seq }) => {
      return { i, T, p, v, S, seq, s: wire, BT, RPI: false };
    });
    return JSON.stringify({ topic, ts, type: 'snapshot', data });
  }
  const data = trades.map(({ id: i, ts: T, price: p, size: v, side: S, isBlock: BT, seq }) => {
    return { T, s: wire, S, v, p, L: 'ZeroPlusTick', i, BT, RPI: false, seq };
  });
  return JSON.stringify({ topic, type: 'snapshot', ts, data });
}
