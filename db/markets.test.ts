import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMarketStore, type MarketStore } from './markets.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

let temp: TempDatabase;
let store: MarketStore;
beforeEach(async () => {
  temp = await createTempDatabase();
  store = createMarketStore(temp.database);
});
afterEach(() => temp.drop());

const row = (instrument: string, listedAt: number, absentAt?: number, told = true) => ({
  ...{ instrument, listedAt, absentAt, told },
});
const names = async (venue: string) => (await store.of(venue)).map(({ instrument }) => instrument);

describe('markets', () => {
  it('belong to their venue, whatever other names begin alike', async () => {
    const all = ['binance:btcusdt', 'binance-usdm:btcusdt', 'binance:ethusdt', 'ccxt:kraken:btcusd', 'ccxt:kraken2:x'];
    await store.list(all.map((instrument) => row(instrument, 1)));
    expect(await names('binance')).toEqual(['binance:btcusdt', 'binance:ethusdt']);
    expect(await names('binance-usdm')).toEqual(['binance-usdm:btcusdt']);
    expect(await names('ccxt:kraken')).toEqual(['ccxt:kraken:btcusd']);
    expect(await names('okx')).toEqual([]);
  });

  it('are listed, told of, delisted and listed again', async () => {
    await store.list([row('okx:a', 10, 5, false)]);
    await store.markTold(['okx:a']);
    await store.delist(['okx:a'], 20);
    expect(await store.of('okx')).toEqual([
      { instrument: 'okx:a', listedAt: 10, delistedAt: 20, absentAt: 5, told: true },
    ]);
    await store.list([row('okx:a', 30, 25, false)]);
    expect(await store.of('okx')).toEqual([
      { instrument: 'okx:a', listedAt: 30, delistedAt: undefined, absentAt: 25, told: false },
    ]);
  });

  it('are stored by the thousand', async () => {
    await store.list(Array.from({ length: 1_201 }, (_, i) => row(`okx:${i}`, 1)));
    expect(await names('okx')).toHaveLength(1_201);
  });

  it('tell what was new at a look, and not what was there at the first one', async () => {
    await store.list([row('okx:a', 10), row('okx:b', 20, 10), row('okx:c', 20, 10), row('okx:d', 30, 20)]);
    const last = async (ts: number) => (await store.listedLast('okx', ts)).map(({ instrument }) => instrument);
    expect(await last(15)).toEqual([]);
    expect(await last(20)).toEqual(['okx:b', 'okx:c']);
    expect(await last(29)).toEqual(['okx:b', 'okx:c']);
    expect(await last(31)).toEqual(['okx:d']);
  });
});
