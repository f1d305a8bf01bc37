import type { BookEvent, BookLevel } from './events.ts';

/** Levels of each side that the imbalance looks at. */
const TOP = 10;
const BPS = 10_000;

/** One side of a book, the best level first: the only place that knows how levels are held. */
const count = (side: readonly BookLevel[]): number => side.length;
const priceAt = (side: readonly BookLevel[], i: number): number => side[i][0];
const sizeAt = (side: readonly BookLevel[], i: number): number => side[i][1];

/** Whether a book can be: finite, above zero, each side in its order, the best bid below the best ask. */
export function isSoundBook({ ts, bids, asks }: BookEvent): boolean {
  if (!(ts > 0 && ts < Number.POSITIVE_INFINITY) || count(bids) === 0 || count(asks) === 0) return false;
  return isSoundSide(bids, -1) && isSoundSide(asks, 1) && priceAt(bids, 0) < priceAt(asks, 0);
}

function isSoundSide(side: readonly BookLevel[], direction: 1 | -1): boolean {
  for (let i = 0; i < count(side); i++) {
    const [price, size] = [priceAt(side, i), sizeAt(side, i)];
    if (!(price > 0 && price < Number.POSITIVE_INFINITY && size >= 0 && size < Number.POSITIVE_INFINITY)) return false;
    if (i > 0 && !((price - priceAt(side, i - 1)) * direction > 0)) return false;
  }
  return true;
}

/** Size of the best levels whose price is not beyond `limit`, in base units. */
function sizeWithin(side: readonly BookLevel[], limit: number, direction: 1 | -1, most: number): number {
  let size = 0;
  for (let i = 0; i < count(side) && i < most && (limit - priceAt(side, i)) * direction >= 0; i++)
    size += sizeAt(side, i);
  return size;
}

const SHAPE = /^(bid_depth|ask_depth)\(([\d.]+)\)$/;

/** Whether a fact's name, with its parameter, is one that the book gives. */
export const isOfBook = (name: string): boolean => SHAPE.test(name) || Object.hasOwn(SIMPLE, name);

const SIMPLE: Readonly<Record<string, (book: BookEvent) => number>> = {
  bid: ({ bids }) => priceAt(bids, 0),
  ask: ({ asks }) => priceAt(asks, 0),
  book_spread: ({ bids, asks }) => priceAt(asks, 0) - priceAt(bids, 0),
  spread_bps: (book) => ((priceAt(book.asks, 0) - priceAt(book.bids, 0)) / middle(book)) * BPS,
  imbalance: ({ bids, asks }) => {
    const bid = sizeWithin(bids, Number.NEGATIVE_INFINITY, -1, TOP);
    const ask = sizeWithin(asks, Number.POSITIVE_INFINITY, 1, TOP);
    return (bid - ask) / (bid + ask);
  },
};

const middle = ({ bids, asks }: BookEvent): number => (priceAt(bids, 0) + priceAt(asks, 0)) / 2;

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
