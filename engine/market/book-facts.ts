import type { BookEvent, BookSide } from './events.ts';

/** Levels of each side that the imbalance looks at. */
const TOP = 10;
const BPS = 10_000;

/** Size of the best levels whose price is not beyond `limit`, in base units. */
function sizeWithin({ prices, sizes }: BookSide, limit: number, direction: 1 | -1, most: number): number {
  let size = 0;
  for (let i = 0; i < prices.length && i < most && (limit - prices[i]) * direction >= 0; i++) size += sizes[i];
  return size;
}

const SHAPE = /^(bid_depth|ask_depth)\(([\d.]+)\)$/;

/** Whether a fact's name, with its parameter, is one that the book gives. */
export const isOfBook = (name: string): boolean => SHAPE.test(name) || Object.hasOwn(SIMPLE, name);

const SIMPLE: Readonly<Record<string, (book: BookEvent) => number>> = {
  // A side may be empty.
  bid: ({ bids }) => bids.prices[0] ?? Number.NaN,
  ask: ({ asks }) => asks.prices[0] ?? Number.NaN,
  book_spread: ({ bids, asks }) => asks.prices[0] - bids.prices[0],
  spread_bps: (book) => ((book.asks.prices[0] - book.bids.prices[0]) / middle(book)) * BPS,
  imbalance: ({ bids, asks }) => {
    const bid = sizeWithin(bids, Number.NEGATIVE_INFINITY, -1, TOP);
    const ask = sizeWithin(asks, Number.POSITIVE_INFINITY, 1, TOP);
    return (bid - ask) / (bid + ask);
  },
};

const middle = ({ bids, asks }: BookEvent): number => (bids.prices[0] + asks.prices[0]) / 2;

/**
 * What the book says of a fact: `bid`, `ask` and `book_spread` in the quote currency, `spread_bps`, `imbalance` from -1 to 1,
 * `bid_depth(10)` in base units. NaN where it says nothing.
 */
export function bookFact(name: string, book: BookEvent): number {
  const simple = SIMPLE[name];
  if (simple !== undefined) return simple(book);
  const [, side, bps] = SHAPE.exec(name) ?? [];
  const share = Number(bps) / BPS;
  if (side === 'bid_depth') return sizeWithin(book.bids, middle(book) * (1 - share), -1, Number.POSITIVE_INFINITY);
  if (side === 'ask_depth') return sizeWithin(book.asks, middle(book) * (1 + share), 1, Number.POSITIVE_INFINITY);
  return Number.NaN;
}
