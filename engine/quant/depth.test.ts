import { describe, expect, it } from 'vitest';
import { type Book, depthReport } from './depth.ts';

const side = (levels: readonly (readonly [price: number, size: number])[]) => ({
  prices: Float64Array.from(levels, ([price]) => price),
  sizes: Float64Array.from(levels, ([, size]) => size),
});

/** Middle 100. */
const BOOK: Book = {
  bids: side([
    [99.9, 1],
    [99.8, 2],
    [99.5, 3],
    [97, 50],
  ]),
  asks: side([
    [100.1, 2],
    [100.3, 4],
    [101, 6],
  ]),
};

describe('an order book', () => {
  it('is told within the distance to which both sides are known', () => {
    const report = depthReport(BOOK, []);
    // The asks end 1 % above the middle: the bid at 97 is left out.
    expect(report.middle).toBe(100);
    expect(report.reach).toBeCloseTo(0.01, 12);
    expect(report.spread).toBeCloseTo(20, 9);
    expect(report).toMatchObject({ bidSize: 6, askSize: 12 });
    expect(report.imbalance).toBeCloseTo(-1 / 3, 12);
    expect(report.bids).toEqual({ prices: [99.9, 99.8, 99.5], sizes: [1, 3, 6] });
    expect(report.asks).toEqual({ prices: [100.1, 100.3, 101], sizes: [2, 6, 12] });
    expect(report.walls).toEqual([]);
  });

  it('costs a market order what its levels cost', () => {
    const [buy, sell] = depthReport(BOOK, [5]).orders;
    // 2 at 100.1 and 3 at 100.3: 501.1 for 5, 1.1 more than at the middle.
    expect(buy).toMatchObject({ side: 'buy', size: 5, filled: 5, worst: 100.3 });
    expect(buy.average).toBeCloseTo(100.22, 9);
    expect(buy.slippage).toBeCloseTo(22, 7);
    expect(buy.cost).toBeCloseTo(1.1, 9);
    // 1 at 99.9, 2 at 99.8, 2 at 99.5: 498.5.
    expect(sell.average).toBeCloseTo(99.7, 9);
    expect(sell.slippage).toBeCloseTo(30, 7);
  });

  it('says how much of an order it holds, beyond the reach, too', () => {
    const [buy, sell] = depthReport(BOOK, [1000]).orders;
    expect(buy).toMatchObject({ filled: 12, worst: 101 });
    expect(sell).toMatchObject({ filled: 56, worst: 97 });
    // 200 of the quote are 2 of the base: no more than the best ask.
    expect(depthReport(BOOK, [], [200]).orders[0]).toMatchObject({ size: 2, filled: 2, worst: 100.1 });
  });

  it('has walls where a level towers over the others, on either side', () => {
    const bids = Array.from({ length: 20 }, (_, i) => [99.9 - i * 0.01, i === 7 ? 40 : 1 + (i % 3)] as const);
    const asks = Array.from({ length: 20 }, (_, i) => [100.1 + i * 0.01, i === 3 ? 30 : 1 + (i % 3)] as const);
    const { walls } = depthReport({ bids: side(bids), asks: side(asks) }, []);
    expect(walls).toMatchObject([
      { side: 'bid', size: 40, times: 20 },
      { side: 'ask', size: 30, times: 15 },
    ]);
    expect(walls[0].price).toBeCloseTo(99.83, 9);
    expect(walls[0].distance).toBeCloseTo(0.0017, 9);
  });

  it('is none where a side is empty', () => {
    expect(() => depthReport({ ...BOOK, bids: side([]) }, [])).toThrow('Nobody buys now');
    expect(() => depthReport({ ...BOOK, asks: side([]) }, [])).toThrow('Nobody sells now');
  });

  it('agrees with an order that is filled in very small steps, on random books', () => {
    let seed = 7;
    const next = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    for (let round = 0; round < 50; round++) {
      let price = 100;
      const asks = Array.from({ length: 12 }, () => {
        price += 0.01 + next();
        return [price, Math.ceil(next() * 50)] as const;
      });
      const book = { bids: side([[99.5, 1]]), asks: side(asks) };
      const size = Math.ceil(next() * 300);
      const units = asks.flatMap(([at, count]) => new Array<number>(count).fill(at)).slice(0, size);
      const [buy] = depthReport(book, [size]).orders;
      expect(buy.filled).toBe(units.length);
      expect(buy.average).toBeCloseTo(units.reduce((sum, at) => sum + at, 0) / units.length, 9);
      expect(buy.worst).toBe(units.at(-1));
    }
  });
});
