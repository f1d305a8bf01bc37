import { UserError } from '../errors.ts';
import type { BookSide } from '../market/events.ts';
import { median, robustDeviation } from './sample.ts';

/** The best levels of a book, as `BookEvent` has them. */
export interface Book {
  readonly bids: BookSide;
  readonly asks: BookSide;
}

/** What a market order would pay. */
export interface MarketOrder {
  readonly side: 'buy' | 'sell';
  /** In units of the base: what was asked for, and what the known levels hold of it. */
  readonly size: number;
  readonly filled: number;
  /** Mean price of what is filled, and its worst. */
  readonly average: number;
  readonly worst: number;
  /** How much worse than the middle the mean price is, in basis points, and in the quote for all that is filled. */
  readonly slippage: number;
  readonly cost: number;
}

/** A level that is much larger than those around it. */
export interface Wall {
  readonly side: 'bid' | 'ask';
  readonly price: number;
  readonly size: number;
  /** From the middle, as a share. */
  readonly distance: number;
  /** How many times the median level of its side. */
  readonly times: number;
}

export interface DepthReport {
  readonly middle: number;
  /** Of the best prices, in basis points of the middle. */
  readonly spread: number;
  /** Distance from the middle, as a share, within which both sides are known and which all below is of. */
  readonly reach: number;
  /** In units of the base. */
  readonly bidSize: number;
  readonly askSize: number;
  /** (bid - ask) / (bid + ask), from -1 to 1. */
  readonly imbalance: number;
  /** The largest first. */
  readonly walls: readonly Wall[];
  readonly orders: readonly MarketOrder[];
  /** Cumulative size by price, the best price first. */
  readonly bids: Curve;
  readonly asks: Curve;
}

export interface Curve {
  readonly prices: readonly number[];
  readonly sizes: readonly number[];
}

const BPS = 10_000;
/** Further levels say little of what happens next, and squeeze the picture. */
const FARTHEST = 0.02;
/** A wall is so many times the median level, and so many robust deviations above it. */
const WALL = { times: 4, deviations: 6 };
const LEAST_LEVELS = 8;
const MOST_WALLS = 3;

/**
 * What an order book says. The slippage is the implementation shortfall against the middle at the moment of the order (Perold 1988), with
 * all of it taken at once and nothing refilled.
 *
 * @param sizes of market orders, in units of the base
 * @param amounts of market orders, in the quote at the middle
 * @throws UserError where a side is empty
 */
export function depthReport(book: Book, sizes: readonly number[], amounts: readonly number[] = []): DepthReport {
  const [bid, ask] = [book.bids.prices[0], book.asks.prices[0]];
  if (!(bid > 0 && ask > bid))
    throw new UserError('one-sided', `Nobody ${bid > 0 ? 'sells' : 'buys'} now: a side of the book is empty.`, {
      hint: 'Try again in a moment.',
    });
  const middle = (bid + ask) / 2;
  const [low, high] = [book.bids, book.asks].map(({ prices }) => Math.abs(prices[prices.length - 1] / middle - 1));
  const reach = Math.min(low, high, FARTHEST);
  const [bids, asks] = [book.bids, book.asks].map((side) => curveOf(side, middle, reach));
  const [bidSize, askSize] = [bids, asks].map(({ sizes: sums }) => sums[sums.length - 1]);
  const wanted = [...sizes, ...amounts.map((amount) => amount / middle)];
  return {
    middle,
    spread: ((ask - bid) / middle) * BPS,
    reach,
    bidSize,
    askSize,
    imbalance: (bidSize - askSize) / (bidSize + askSize),
    walls: [...wallsOf(book.bids, 'bid', middle, reach), ...wallsOf(book.asks, 'ask', middle, reach)]
      .toSorted((a, b) => b.times - a.times)
      .slice(0, MOST_WALLS),
    orders: wanted.flatMap((size) => [
      marketOrder(book.asks, 'buy', size, middle),
      marketOrder(book.bids, 'sell', size, middle),
    ]),
    bids,
    asks,
  };
}

/** At least the best level, whatever the reach. */
function within({ prices }: BookSide, middle: number, reach: number): number {
  let count = 1;
  while (count < prices.length && Math.abs(prices[count] / middle - 1) <= reach) count++;
  return count;
}

function curveOf(side: BookSide, middle: number, reach: number): Curve {
  const count = within(side, middle, reach);
  let sum = 0;
  const sizes = Array.from(side.sizes.subarray(0, count), (size) => {
    sum += size;
    return sum;
  });
  return { prices: Array.from(side.prices.subarray(0, count)), sizes };
}

function wallsOf(book: BookSide, side: Wall['side'], middle: number, reach: number): readonly Wall[] {
  const count = within(book, middle, reach);
  if (count < LEAST_LEVELS) return [];
  const sizes = book.sizes.subarray(0, count);
  const [usual, width] = [median(sizes), robustDeviation(sizes)];
  const least = Math.max(WALL.times * usual, usual + WALL.deviations * width);
  return Array.from(sizes.keys())
    .filter((i) => sizes[i] > least)
    .map((i) => ({
      side,
      price: book.prices[i],
      size: sizes[i],
      distance: Math.abs(book.prices[i] / middle - 1),
      times: sizes[i] / usual,
    }));
}

/** Takes the levels of the other side, the best first, until the size is filled. */
function marketOrder(
  { prices, sizes }: BookSide,
  side: MarketOrder['side'],
  size: number,
  middle: number,
): MarketOrder {
  let [filled, paid, worst] = [0, 0, prices[0]];
  for (let i = 0; i < prices.length && filled < size; i++) {
    const take = Math.min(sizes[i], size - filled);
    filled += take;
    paid += take * prices[i];
    worst = prices[i];
  }
  const average = paid / filled;
  const worse = side === 'buy' ? average - middle : middle - average;
  return { side, size, filled, average, worst, slippage: (worse / middle) * BPS, cost: worse * filled };
}
