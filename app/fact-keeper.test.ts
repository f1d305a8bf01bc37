import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFactStore, type FactStore } from '../db/facts.ts';
import { createTempDatabase, type TempDatabase } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import type { MarketEvent } from '../engine/market/events.ts';
import { factKey } from '../engine/market/facts.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createFactKeeper, type FactKeeper } from './fact-keeper.ts';

const MINUTE = 60_000;
const T0 = 1_768_478_400_000;
const BTC = 'sim:btcusdt';

let temp: TempDatabase;
let store: FactStore;
let time: ManualClock;
beforeEach(async () => {
  temp = await createTempDatabase();
  store = createFactStore(temp.database);
  time = createManualClock(T0 + 10 * MINUTE);
});
afterEach(() => temp.drop());

/** A run of the engine with what it stores. */
function run(over: Partial<FactStore> = {}): { engine: Engine; keeper: FactKeeper; apply(event: MarketEvent): void } {
  const engine = new Engine();
  const apply = (event: MarketEvent) => {
    const events = engine.apply(event);
    for (const each of events) if (each.type === 'fact-taken') keeper.add(each);
    return events;
  };
  const keeper = createFactKeeper({
    ...{ engine, store: { ...store, ...over }, clock: time.clock, log: createSilentLog(), now: time.now, apply },
  });
  return { engine, keeper, apply };
}

const told = (name: string, seconds: number, value: number): MarketEvent => ({
  ...{ type: 'fact', name, instrument: BTC, ts: T0 + seconds * 1000, value },
});

describe('facts', () => {
  it('are stored in one row a minute: the newest, or the sum of events', async () => {
    const { keeper, apply } = run();
    for (const [second, value] of [
      [1, 5],
      [30, 6],
      [61, 7],
    ] as const) {
      apply(told('oi', second, value));
      apply(told('liquidations', second, value));
    }
    await keeper.stop();
    const values = async (name: string) =>
      (await store.since({ name, instrument: BTC }, 0, 9)).map(({ value }) => value);
    expect(await values('oi')).toEqual([6, 7]);
    expect(await values('liquidations')).toEqual([11, 7]);
  });

  it('are there again after a restart, and what goes on in the same minute is added', async () => {
    const first = run();
    first.apply(told('liquidations', 1, 5));
    first.apply(told('oi', 1, 5));
    await first.keeper.stop();
    const second = run();
    await second.keeper.loadNewest();
    expect(second.engine.factOf('oi', BTC)).toMatchObject({ value: 5, at: T0 + 1000 });
    second.apply(told('liquidations', 20, 2));
    await second.keeper.stop();
    const found = await store.since({ name: 'liquidations', instrument: BTC }, 0, 9);
    expect(found.map(({ value }) => value)).toEqual([5, 2]);
  });

  it('are read as far back as they are stored, before what the engine holds', async () => {
    const first = run();
    for (let minute = 0; minute < 5; minute++) first.apply(told('oi', 60 * minute, minute));
    await first.keeper.stop();
    const { keeper, apply } = run();
    await keeper.loadNewest();
    apply(told('oi', 400, 9));
    const source = await keeper.read([factKey('oi', BTC), factKey('oi', undefined)], T0 + 2 * MINUTE);
    expect(source(factKey('oi', BTC))?.values).toEqual([1, 2, 3, 4, 9]);
    expect(source(factKey('oi', undefined))).toBeUndefined();
    await keeper.stop();
  });

  it('wait where the database takes nothing, and are stored with the next', async () => {
    let isDown = true;
    const { keeper, apply } = run({
      async put(rows) {
        if (isDown) throw new Error('locked');
        await store.put(rows);
      },
    });
    apply(told('oi', 1, 5));
    await time.advance(2_000);
    isDown = false;
    apply(told('oi', 90, 6));
    await keeper.stop();
    expect((await store.since({ name: 'oi', instrument: BTC }, 0, 9)).map(({ value }) => value)).toEqual([5, 6]);
  });
});
