import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTempDatabase, type TempDatabase } from '../db/temp-database.ts';
import type { TradeChunk } from '../db/trade-chunk.ts';
import { createTradeStore, type TradeStore } from '../db/trades.ts';
import type { Trade } from '../engine/market/events.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createTradeWriter } from './trade-writer.ts';

const trade = (ts: number, instrument = 'sim:btcusdt', id = `t${ts}`): Trade => ({
  ...{ type: 'trade', instrument, ts, price: 1 + ts, size: 1, side: 'buy', id },
});

let temp: TempDatabase;
let store: TradeStore;
beforeEach(async () => {
  temp = await createTempDatabase();
  store = createTradeStore(temp.database);
});
afterEach(() => temp.drop());

async function stored(instrument = 'sim:btcusdt'): Promise<readonly Trade[]> {
  const found: Trade[] = [];
  for await (const portion of store.read(instrument, 0, Number.MAX_SAFE_INTEGER)) found.push(...portion);
  return found;
}

/** Counts the calls of the real store. */
function counted() {
  const calls: (readonly TradeChunk[])[] = [];
  const put = async (chunks: readonly TradeChunk[]) => {
    calls.push(chunks);
    await store.put(chunks);
  };
  return { calls, put, newest: store.newest };
}

describe('the writer of trades', () => {
  it('stores what came in few writes, ten seconds later or when a row is full', async () => {
    const time = createManualClock();
    const counting = counted();
    const writer = createTradeWriter(counting, time.clock, createSilentLog());
    const trades = Array.from({ length: 10_000 }, (_, i) => trade(i, i % 2 === 0 ? 'sim:btcusdt' : 'sim:ethusdt'));
    for (const one of trades) writer.add(one);
    await time.advance(9_000);
    await vi.waitFor(() => expect(writer.counters().stored).toBe(2 * 4096));
    await time.advance(2_000);
    await writer.flush();
    expect(writer.counters()).toEqual({ stored: 10_000, dropped: 0, waiting: 0 });
    expect(counting.calls.length).toBeLessThan(5);
    expect(await stored()).toEqual(trades.filter(({ instrument }) => instrument === 'sim:btcusdt'));
    await writer.stop();
  });

  it('leaves out what a run before has stored, and nothing else of that moment', async () => {
    const time = createManualClock();
    const first = createTradeWriter(store, time.clock, createSilentLog());
    for (const ts of [10, 20, 30]) first.add(trade(ts));
    await first.stop();
    const second = createTradeWriter(store, time.clock, createSilentLog());
    for (const ts of [20, 30]) second.add(trade(ts));
    second.add(trade(30, 'sim:btcusdt', 'another'));
    second.add(trade(40));
    await second.flush();
    second.add(trade(35));
    await second.stop();
    expect((await stored()).map(({ id }) => id)).toEqual(['t10', 't20', 't30', 'another', 't35', 't40']);
    expect(second.counters()).toEqual({ stored: 3, dropped: 0, waiting: 0 });
  });

  it('keeps what could not be stored for the next time', async () => {
    const time = createManualClock();
    let isBroken = true;
    const put = (chunks: readonly TradeChunk[]) => (isBroken ? Promise.reject(new Error('full')) : store.put(chunks));
    const writer = createTradeWriter({ put, newest: store.newest }, time.clock, createSilentLog());
    writer.add(trade(1));
    await writer.flush();
    writer.add(trade(2));
    expect(writer.counters()).toEqual({ stored: 0, dropped: 0, waiting: 2 });
    isBroken = false;
    await time.advance(10_000);
    await writer.flush();
    expect((await stored()).map(({ ts }) => ts)).toEqual([1, 2]);
    await writer.stop();
  });

  it('drops and counts what comes while 400,000 wait, and never waits itself', async () => {
    const time = createManualClock();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const writer = createTradeWriter({ put: () => held, newest: store.newest }, time.clock, createSilentLog());
    for (let i = 0; i < 400_500; i++) writer.add(trade(i));
    expect(writer.counters()).toMatchObject({ waiting: 400_000, dropped: 500 });
    release();
    await writer.stop();
    expect(writer.counters()).toMatchObject({ waiting: 0, stored: 400_000 });
  });
});
