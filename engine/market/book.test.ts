import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSoundBook, OrderBook } from './book.ts';

const change = fc.record({
  side: fc.constantFrom('bid' as const, 'ask' as const),
  price: fc.integer({ min: 1, max: 30 }),
  size: fc.integer({ min: 0, max: 3 }),
});

/** Best first, by a plain sort. */
function plain(levels: Map<number, number>, side: 'bid' | 'ask'): [number[], number[]] {
  const sorted = [...levels].sort((a, b) => (side === 'bid' ? b[0] - a[0] : a[0] - b[0]));
  return [sorted.map(([price]) => price), sorted.map(([, size]) => size)];
}

const told = (book: OrderBook, side: 'bid' | 'ask', count = 100) => {
  const { prices, sizes } = book.best(side, count);
  return [[...prices], [...sizes]];
};

describe('an order book', () => {
  it('holds what a plain map holds, sorted, after any changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
        const book = new OrderBook();
        const sides = { bid: new Map<number, number>(), ask: new Map<number, number>() };
        for (const { side, price, size } of changes) {
          book.set(side, price, size);
          if (size === 0) sides[side].delete(price);
          else sides[side].set(price, size);
        }
        for (const side of ['bid', 'ask'] as const) expect(told(book, side)).toEqual(plain(sides[side], side));
        const other = new OrderBook();
        other.load([...sides.bid], [...sides.ask]);
        expect(told(other, 'bid')).toEqual(told(book, 'bid'));
        expect(book.isCrossed()).toBe(Math.max(...sides.bid.keys()) >= Math.min(...sides.ask.keys()));
      }),
    );
  });

  it('drops what falls out of its depth', () => {
    const book = new OrderBook();
    book.load(
      [
        [1, 1],
        [3, 1],
        [2, 1],
        [5, 0],
      ],
      [
        [7, 1],
        [6, 2],
        [8, 3],
      ],
    );
    book.truncate(2);
    expect([told(book, 'bid'), told(book, 'ask')]).toEqual([
      [
        [3, 2],
        [1, 1],
      ],
      [
        [6, 7],
        [2, 1],
      ],
    ]);
    expect(told(book, 'ask', 1)).toEqual([[6], [2]]);
    expect([book.size('bid'), book.size('ask')]).toEqual([2, 2]);
  });
});

describe('a told book', () => {
  const side = (...levels: [number, number][]) => ({
    prices: Float64Array.from(levels, ([price]) => price),
    sizes: Float64Array.from(levels, ([, size]) => size),
  });
  const event = (bids: [number, number][], asks: [number, number][]) =>
    ({ type: 'book', instrument: 'x:y', ts: 1, bids: side(...bids), asks: side(...asks) }) as const;

  it.each([
    [
      'sorted sides that do not cross',
      [
        [2, 1],
        [1, 1],
      ],
      [
        [3, 1],
        [4, 1],
      ],
      true,
    ],
    ['an empty side', [], [[3, 1]], true],
    ['crossed sides', [[3, 1]], [[3, 1]], false],
    [
      'bids out of order',
      [
        [1, 1],
        [2, 1],
      ],
      [[3, 1]],
      false,
    ],
    [
      'a price twice',
      [[1, 1]],
      [
        [3, 1],
        [3, 2],
      ],
      false,
    ],
    ['no size', [[1, 0]], [[3, 1]], false],
    ['no number', [[1, 1]], [[Number.NaN, 1]], false],
  ] as [string, [number, number][], [number, number][], boolean][])('with %s', (_what, bids, asks, isSound) => {
    expect(isSoundBook(event(bids, asks))).toBe(isSound);
  });
});
