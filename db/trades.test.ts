import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../engine/errors.ts';
import type { Trade } from '../engine/market/events.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';
import { createColumns, packTrades, unpackTrades } from './trade-chunk.ts';
import { createTradeStore, type TradeStore } from './trades.ts';

const BTC = 'sim:btcusdt';
const trade = (ts: number, id = String(ts)): Trade => ({
  ...{ type: 'trade', instrument: BTC, ts, price: 100 + ts, size: 0.1 },
  ...{ side: ts % 2 === 0 ? 'buy' : undefined, id },
});

function pack(trades: readonly Trade[]) {
  const columns = createColumns();
  for (const one of trades) columns.add(one);
  return packTrades(trades[0].instrument, columns);
}

let temp: TempDatabase;
let store: TradeStore;
beforeEach(async () => {
  temp = await createTempDatabase();
  store = createTradeStore(temp.database);
});
afterEach(() => temp.drop());

async function read(from: number, to: number, limit?: number, instrument = BTC): Promise<Trade[]> {
  const found: Trade[] = [];
  for await (const portion of store.read(instrument, from, to, limit)) found.push(...portion);
  return found;
}

describe('a chunk', () => {
  it('gives back every bit of its trades, in the order of time', async () => {
    const one = fc.record({
      type: fc.constant('trade' as const),
      instrument: fc.constant(BTC),
      ts: fc.nat(),
      price: fc.double({ noNaN: true }),
      size: fc.double({ noNaN: true }),
      side: fc.constantFrom('buy' as const, 'sell' as const, undefined),
      id: fc.string({ unit: 'binary-ascii' }).map((text) => text.replaceAll('\n', '')),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 200 }), async (trades) => {
        const { data, first, last, count } = await pack(trades);
        const sorted = [...trades].sort((a, b) => a.ts - b.ts);
        expect(await unpackTrades(BTC, data)).toEqual(sorted);
        expect([first, last, count]).toEqual([sorted[0].ts, sorted.at(-1)?.ts, trades.length]);
      }),
      { numRuns: 50 },
    );
  });

  it.each([[new Uint8Array([1, 2, 3])], [new Uint8Array()]])('that is none is refused', async (bytes) => {
    await expect(unpackTrades(BTC, bytes)).rejects.toThrow(DataError);
  });

  it('needs a few bytes a trade', async () => {
    const trades = Array.from({ length: 4096 }, (_, i) => ({ ...trade(i), price: 64_000 + (i % 7) / 100 }));
    expect((await pack(trades)).data.length / 4096).toBeLessThan(12);
  });
});

describe('stored trades', () => {
  it('are what a plain list has of any range and number, oldest first, also where chunks overlap', async () => {
    const random = (seed: number) => ((seed * 7919) % 1000) / 1000;
    const all: Trade[] = [];
    for (let c = 0; c < 40; c++) {
      // Each chunk begins a little before the one before has ended.
      const trades = Array.from({ length: 1 + (c % 9) }, (_, i) =>
        trade(Math.floor(c * 100 + random(c * 31 + i) * 130), `${c}-${i}`),
      );
      all.push(...trades);
      await store.put([await pack(trades)]);
    }
    await store.put([await pack([{ ...trade(50), instrument: 'sim:ethusdt' }])]);
    const sorted = [...all].sort((a, b) => a.ts - b.ts);
    const ids = (trades: readonly Trade[]) => trades.map(({ id }) => id).sort();
    for (const [from, to] of [
      [0, 1e6],
      [0, 1],
      [155, 1630],
      [3999, 4000],
      [900, 900],
    ]) {
      const inside = sorted.filter(({ ts }) => ts >= from && ts < to);
      const found = await read(from, to);
      expect(found.map(({ ts }) => ts)).toEqual(inside.map(({ ts }) => ts));
      expect(ids(found)).toEqual(ids(inside));
      for (const limit of [1, 2, 10, 55, 1000]) {
        const newest = await read(from, to, limit);
        expect(newest.map(({ ts }) => ts)).toEqual(inside.slice(-limit).map(({ ts }) => ts));
      }
    }
    expect(await read(0, 1e6, undefined, 'sim:nothing')).toEqual([]);
  });

  it('are read as they are asked for', async () => {
    for (let c = 0; c < 30; c++) await store.put([await pack([trade(c * 10), trade(c * 10 + 1)])]);
    const reading = store.read(BTC, 0, 1e6);
    expect((await reading.next()).value).toHaveLength(2);
    await reading.return(undefined);
  });

  it('tell the newest time and its ids', async () => {
    expect(await store.newest(BTC)).toBeUndefined();
    await store.put([await pack([trade(1), trade(5, 'a'), trade(5, 'b')]), await pack([trade(2)])]);
    expect(await store.newest(BTC)).toEqual({ ts: 5, ids: new Set(['a', 'b']) });
  });

  it('are dropped by the chunk that ended before a time, at most so many at once', async () => {
    for (let c = 0; c < 10; c++) await store.put([await pack([trade(c * 10), trade(c * 10 + 5)])]);
    expect(await store.prune(46, 3)).toBe(3);
    expect(await store.prune(46, 3)).toBe(2);
    expect(await store.prune(46, 3)).toBe(0);
    expect((await read(0, 1e6))[0].ts).toBe(50);
  });
});
