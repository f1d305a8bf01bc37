import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../engine/errors.ts';
import { createFactStore, type FactRow, type FactStore } from './facts.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

const MINUTE = 60_000;
const row = (name: string, minute: number, value: number, instrument?: string): FactRow => ({
  ...{ name, instrument, slot: minute * MINUTE, at: minute * MINUTE + 30_000, ts: minute * MINUTE + 29_000, value },
});
const OI = { name: 'oi', instrument: 'sim:btcusdt' };

let temp: TempDatabase;
let facts: FactStore;
beforeEach(async () => {
  temp = await createTempDatabase();
  facts = createFactStore(temp.database);
});
afterEach(() => temp.drop());

describe('facts', () => {
  it('are given back since a time, and the one that held then, oldest first', async () => {
    await facts.put([1, 2, 3, 4].map((minute) => row('oi', minute, minute / 3, 'sim:btcusdt')));
    const found = await facts.since(OI, 3 * MINUTE, 10);
    expect(found.map(({ value }) => value)).toEqual([2 / 3, 1, 4 / 3]);
    expect(found[0]).toEqual({ at: 2.5 * MINUTE, ts: 2 * MINUTE + 29_000, value: 2 / 3 });
    expect((await facts.since(OI, 0, 2)).map(({ value }) => value)).toEqual([1, 4 / 3]);
  });

  it('replace those of the same slot, and know instruments and none apart', async () => {
    await facts.put([row('oi', 1, 5, 'sim:btcusdt'), row('oi', 1, 6, 'sim:ethusdt'), row('oi', 1, 7)]);
    await facts.put([row('oi', 1, 8, 'sim:btcusdt')]);
    const newest = await facts.newest();
    expect(newest.map(({ name, instrument, value }) => [name, instrument, value])).toEqual([
      ['oi', undefined, 7],
      ['oi', 'sim:btcusdt', 8],
      ['oi', 'sim:ethusdt', 6],
    ]);
  });

  it('come in their order from more than one page', async () => {
    await facts.put(Array.from({ length: 2_500 }, (_, i) => row('oi', i, i, 'sim:btcusdt')));
    const found = await facts.since(OI, 0, 5_000);
    expect(found.map(({ value }) => value)).toEqual(Array.from({ length: 2_500 }, (_, i) => i));
  });

  it('are dropped by their age, but never the newest', async () => {
    await facts.put([
      ...[1, 2, 3].map((minute) => row('oi', minute, minute, 'sim:btcusdt')),
      row('gdp_growth_rate', 1, 2),
    ]);
    expect(await facts.prune(10 * MINUTE, 1)).toBe(1);
    expect(await facts.prune(10 * MINUTE, 100)).toBe(1);
    expect((await facts.newest()).map(({ name, value }) => [name, value])).toEqual([
      ['gdp_growth_rate', 2],
      ['oi', 3],
    ]);
    expect(await facts.since(OI, 0, 10)).toHaveLength(1);
  });

  it('that are no numbers are not stored', async () => {
    await expect(facts.put([row('oi', 1, Number.NaN)])).rejects.toThrow(DataError);
  });
});
