import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../engine/errors.ts';
import type { Bar } from '../engine/market/events.ts';
import { type BarStore, createBarStore } from './bars.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

const MINUTE = 60_000;
const bar = (i: number, close = i): Bar => ({
  start: i * MINUTE,
  open: 0.1 + 0.2,
  high: 1e21,
  low: 5e-324,
  close,
  volume: 0,
  trades: i,
});
const upTo = (n: number): readonly Bar[] => Array.from({ length: n }, (_, i) => bar(i));

let temp: TempDatabase;
let bars: BarStore;
beforeEach(async () => {
  temp = await createTempDatabase();
  bars = createBarStore(temp.database);
});
afterEach(() => temp.drop());

describe('bars', () => {
  it('of many instruments are stored in a few batches, each under its own name', async () => {
    const items = Array.from({ length: 700 }, (_, i) => ({
      instrument: `sim:${i}`,
      interval: MINUTE,
      bars: [bar(1, i)],
    }));
    let batches = 0;
    const { client } = temp.database;
    const counted: typeof client.batch = (...args) => {
      batches++;
      return client.batch(...args);
    };
    const store = createBarStore({ ...temp.database, client: { ...client, batch: counted } });
    await store.putMany(items);
    expect(batches).toBe(2);
    expect(await bars.last('sim:3', MINUTE, 5)).toEqual([bar(1, 3)]);
    expect(await bars.last('sim:699', MINUTE, 5)).toEqual([bar(1, 699)]);
  });

  it('gives back every bit of a number', async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const bought = fc.option(number, { nil: undefined });
    const any = fc.record({ open: number, high: number, low: number, close: number, volume: number, bought });
    await fc.assert(
      fc.asyncProperty(any, async (values) => {
        await bars.put('sim:btcusdt', MINUTE, [{ start: 0, trades: 3, ...values }]);
        expect(await bars.last('sim:btcusdt', MINUTE, 1)).toEqual([{ start: 0, trades: 3, ...values }]);
      }),
    );
  });

  it('gives back every bit of many numbers', async () => {
    const numbers = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), {
      numRuns: 4_000,
      seed: 11,
    });
    const prices = fc.sample(fc.double({ noNaN: true, min: 1e-9, max: 1e9 }), { numRuns: 4_000, seed: 12 });
    const made = numbers.map((number, i): Bar => {
      const [volume, close] = [prices[i]!, prices[i]! / 7];
      return { start: i * MINUTE, open: number, high: number / 3, low: number * 0.1, close, volume, trades: i };
    });
    await bars.put('sim:btcusdt', MINUTE, made);
    expect(await bars.range('sim:btcusdt', MINUTE, 0, 1e12, 1e6)).toEqual(made);
  });

  it('keeps that nobody knows what was bought', async () => {
    await bars.put('sim:btcusdt', MINUTE, [
      { ...bar(0), bought: 0 },
      { ...bar(1), bought: Number.NaN },
      { ...bar(2), bought: 2 },
    ]);
    await bars.put('sim:btcusdt', MINUTE, [bar(2)]);
    const found = await bars.last('sim:btcusdt', MINUTE, 9);
    expect(found.map(({ bought }) => bought)).toEqual([0, undefined, undefined]);
  });

  it('replaces a bar with the same start and leaves others alone', async () => {
    await bars.put('sim:btcusdt', MINUTE, upTo(3));
    await bars.put('sim:ethusdt', MINUTE, [bar(1, 77)]);
    await bars.put('sim:btcusdt', 5 * MINUTE, [bar(5, 88)]);
    await bars.put('sim:btcusdt', MINUTE, [bar(1, 99), bar(3)]);
    expect((await bars.last('sim:btcusdt', MINUTE, 9)).map((item) => item.close)).toEqual([0, 99, 2, 3]);
    expect((await bars.last('sim:ethusdt', MINUTE, 9)).map((item) => item.close)).toEqual([77]);
  });

  it('reads a range or the newest, oldest first, over any number of pages', async () => {
    const all = upTo(3300);
    await bars.put('sim:btcusdt', MINUTE, all);
    const range = (from: number, to: number, limit: number) =>
      bars.range('sim:btcusdt', MINUTE, from * MINUTE, to * MINUTE, limit);
    expect(await range(0, 9999, 9999)).toEqual(all);
    expect(await range(10, 13, 9999)).toEqual(all.slice(10, 13));
    expect(await range(10, 3000, 2500)).toEqual(all.slice(10, 2510));
    expect(await range(10, 13, 0)).toEqual([]);
    expect(await bars.last('sim:btcusdt', MINUTE, 2345)).toEqual(all.slice(-2345));
    expect(await bars.last('sim:btcusdt', MINUTE, 9999)).toEqual(all);
    expect(await bars.newestStart('sim:btcusdt', MINUTE)).toBe(3299 * MINUTE);
    expect(await bars.newestStart('sim:none', MINUTE)).toBeUndefined();
  });

  it('refuses a bar that holds no number', async () => {
    await expect(bars.put('sim:btcusdt', MINUTE, [{ ...bar(1), close: Number.NaN }])).rejects.toBeInstanceOf(DataError);
    expect(await bars.last('sim:btcusdt', MINUTE, 9)).toEqual([]);
  });

  it('prunes one interval of all instruments, a limited number at a time', async () => {
    for (const name of ['sim:a', 'sim:b', 'sim:c']) await bars.put(name, MINUTE, upTo(700));
    await bars.put('sim:b', 5 * MINUTE, upTo(5));
    const left = async () =>
      (await Promise.all(['sim:a', 'sim:b', 'sim:c'].map((name) => bars.last(name, MINUTE, 999)))).map((b) => b.length);
    expect(await bars.prune(MINUTE, 600 * MINUTE, 1000)).toBe(1000);
    expect(await left()).toEqual([100, 300, 700]);
    expect(await bars.prune(MINUTE, 600 * MINUTE, 10_000)).toBe(800);
    expect(await left()).toEqual([100, 100, 100]);
    expect(await bars.prune(MINUTE, 600 * MINUTE, 10_000)).toBe(0);
    expect(await bars.last('sim:b', 5 * MINUTE, 9)).toHaveLength(5);
  });

  it('is stored without row ids', async () => {
    const rows = await temp.database.client.execute("SELECT sql FROM sqlite_master WHERE name = 'bars'");
    expect(rows.rows[0].sql).toMatch(/WITHOUT ROWID$/);
  });
});
