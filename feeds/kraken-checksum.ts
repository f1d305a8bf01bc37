import { crc32 } from 'node:zlib';
import type { OrderBook } from '../engine/market/book.ts';
import type { BookSide } from '../engine/market/events.ts';
import type { BookMessage, Market } from './venue.ts';

/** The checksum covers so many levels a side. */
const LEVELS = 10;
/** Below it a product with a power of ten is off by less than a half, so that rounding gives the digits on the wire. */
const MAX_EXACT = 2 ** 51;

/**
 * Whether the checksum of a message is that of the book: CRC32 over the best ten asks, then bids, price and size of each as on the
 * wire without point and leading zeros. True where it cannot be told: without a checksum, or with sizes of too many digits for a double.
 */
export function isRightBook(book: OrderBook, message: BookMessage, market: Market | undefined): boolean {
  const { checksum } = message;
  const digits = market?.digits;
  if (checksum === undefined || digits === undefined) return true;
  const asks = digitsOf(book.best('ask', LEVELS), digits);
  const bids = digitsOf(book.best('bid', LEVELS), digits);
  return asks === undefined || bids === undefined || crc32(asks + bids) === checksum;
}

// Hot path: a whole number of smallest steps, printed, is the decimal text without its point.
function digitsOf({ prices, sizes }: BookSide, digits: NonNullable<Market['digits']>): string | undefined {
  const [priceUnit, sizeUnit] = [10 ** digits.price, 10 ** digits.size];
  let text = '';
  for (let i = 0; i < prices.length; i++) {
    const [price, size] = [Math.round(prices[i] * priceUnit), Math.round(sizes[i] * sizeUnit)];
    if (!(price < MAX_EXACT && size < MAX_EXACT)) return undefined;
    text += `${price}${size}`;
  }
  return text;
}
