/** Price and size as on the wire; size 0 deletes. */
export type DoubleLevel = readonly [price: number, size: number];

/** The order book of one instrument as the venue keeps it, and how it writes it. */
export interface OkxDoubleBook {
  set(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[]): void;
  /** Makes a change and returns its frame. */
  change(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[], ts: number): string;
  /** What is sent when nothing changed for a minute. */
  keepAlive(ts: number): string;
  /** A change after which the numbers begin anew, as after maintenance. */
  reset(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[], ts: number): string;
  snapshot(ts: number): string;
  best(): { readonly bid: DoubleLevel; readonly ask: DoubleLevel };
}

export function createOkxDoubleBook(instId: string): OkxDoubleBook {
  const sides = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  let seqId = 9000;
  const write = (levels: readonly DoubleLevel[]) =>
    levels.map(([price, size]) => [String(price), String(size), '0', size === 0 ? '0' : '3']);
  const sorted = () => ({
    bids: [...sides.bids].sort((a, b) => b[0] - a[0]),
    asks: [...sides.asks].sort((a, b) => a[0] - b[0]),
  });

  function frame(action: string, bids: readonly DoubleLevel[], asks: readonly DoubleLevel[], ts: number, from: number) {
    const row = { asks: write(asks), bids: write(bids), ts: String(ts), checksum: 0, seqId, prevSeqId: from };
    return JSON.stringify({ arg: { channel: 'books', instId }, action, data: [row] });
  }

  function apply(side: Map<number, number>, levels: readonly DoubleLevel[]): void {
    for (const [price, size] of levels) {
      if (size === 0) side.delete(price);
      else side.set(price, size);
    }
  }

  function move(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[], ts: number, next: number): string {
    apply(sides.bids, bids);
    apply(sides.asks, asks);
    const from = seqId;
    seqId = next;
    return frame('update', bids, asks, ts, from);
  }

  return {
    set(bids, asks) {
      sides.bids = new Map(bids);
      sides.asks = new Map(asks);
    },
    // The venue's numbers skip.
    change: (bids, asks, ts) => move(bids, asks, ts, seqId + 3),
    keepAlive: (ts) => frame('update', [], [], ts, seqId),
    reset: (bids, asks, ts) => move(bids, asks, ts, 7),
    snapshot(ts) {
      const { bids, asks } = sorted();
      return frame('snapshot', bids.slice(0, 400), asks.slice(0, 400), ts, -1);
    },
    best: () => ({ bid: sorted().bids[0], ask: sorted().asks[0] }),
  };
}
