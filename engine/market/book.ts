import type { BookEvent, BookSide } from './events.ts';

/**
 * An order book: two sides of price levels, kept sorted with the best price LAST, because most changes are near it and arrays
 * grow and shrink cheaply at their end. A change costs O(log n) and the levels that are better.
 */
export class OrderBook {
  private readonly bids = new Side(1);
  private readonly asks = new Side(-1);

  clear(): void {
    this.bids.clear();
    this.asks.clear();
  }

  /** Sets one level; size 0 deletes it, also where there is none. */
  set(side: 'bid' | 'ask', price: number, size: number): void {
    (side === 'bid' ? this.bids : this.asks).set(price, size);
  }

  /** Takes whole sides in place of what was there. Levels in any order; those of size 0 are left out. */
  load(bids: readonly (readonly [number, number])[], asks: readonly (readonly [number, number])[]): void {
    this.bids.load(bids);
    this.asks.load(asks);
  }

  /** Drops the levels of each side beyond the best `depth`. */
  truncate(depth: number): void {
    this.bids.truncate(depth);
    this.asks.truncate(depth);
  }

  /** The best `count` levels of a side, or fewer, best first. */
  best(side: 'bid' | 'ask', count: number): BookSide {
    return (side === 'bid' ? this.bids : this.asks).best(count);
  }

  /** Whether somebody offers to buy at or above what another asks: no true book is so. */
  isCrossed(): boolean {
    return this.bids.top() >= this.asks.top();
  }

  size(side: 'bid' | 'ask'): number {
    return side === 'bid' ? this.bids.length : this.asks.length;
  }
}

/** Whether a book has good numbers, the best price first on each side, and does not cross. */
export function isSoundBook({ ts, bids, asks }: BookEvent): boolean {
  const isOpen = !(bids.prices[0] >= asks.prices[0]);
  return ts > 0 && ts < Number.POSITIVE_INFINITY && isOpen && isSoundSide(bids, 1) && isSoundSide(asks, -1);
}

function isSoundSide({ prices, sizes }: BookSide, sign: 1 | -1): boolean {
  if (prices.length !== sizes.length) return false;
  for (let i = 0; i < prices.length; i++) {
    if (!(Number.isFinite(prices[i]) && sizes[i] > 0 && sizes[i] < Number.POSITIVE_INFINITY)) return false;
    if (i > 0 && !((prices[i - 1] - prices[i]) * sign > 0)) return false;
  }
  return true;
}

class Side {
  /** Multiplies prices so that they ascend towards the best on both sides. */
  private readonly sign: 1 | -1;
  /** Signed prices, ascending. */
  private keys: number[] = [];
  private sizes: number[] = [];

  constructor(sign: 1 | -1) {
    this.sign = sign;
  }

  get length(): number {
    return this.keys.length;
  }

  /** The best price; NaN where there is none. */
  top(): number {
    return this.keys.length === 0 ? Number.NaN : this.keys[this.keys.length - 1] * this.sign;
  }

  clear(): void {
    this.keys = [];
    this.sizes = [];
  }

  // Hot path: a plain binary search and at most one splice.
  set(price: number, size: number): void {
    const key = price * this.sign;
    const { keys, sizes } = this;
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    const isThere = keys[low] === key;
    if (size === 0) {
      if (!isThere) return;
      keys.splice(low, 1);
      sizes.splice(low, 1);
    } else if (isThere) sizes[low] = size;
    else {
      keys.splice(low, 0, key);
      sizes.splice(low, 0, size);
    }
  }

  load(levels: readonly (readonly [number, number])[]): void {
    this.clear();
    const sorted = levels.filter(([, size]) => size !== 0).sort((a, b) => (a[0] - b[0]) * this.sign);
    for (const [price, size] of sorted) {
      this.keys.push(price * this.sign);
      this.sizes.push(size);
    }
  }

  truncate(depth: number): void {
    const surplus = this.keys.length - depth;
    if (surplus <= 0) return;
    this.keys.splice(0, surplus);
    this.sizes.splice(0, surplus);
  }

  best(count: number): BookSide {
    const length = Math.min(count, this.keys.length);
    const prices = new Float64Array(length);
    const sizes = new Float64Array(length);
    for (let i = 0, from = this.keys.length - 1; i < length; i++, from--) {
      prices[i] = this.keys[from] * this.sign;
      sizes[i] = this.sizes[from];
    }
    return { prices, sizes };
  }
}
