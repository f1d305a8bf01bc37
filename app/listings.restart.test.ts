import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMarketStore } from '../db/markets.ts';
import { createMetaStore } from '../db/meta.ts';
import { createTempDatabase, type TempDatabase } from '../db/temp-database.ts';
import { TransportError } from '../engine/errors.ts';
import type { MarketEvent } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { createSymbolTable } from '../engine/market/symbol-table.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createListings, type Listings } from './listings.ts';

const T0 = Date.UTC(2026, 0, 15, 12);
const HOUR = 3_600_000;

let temp: TempDatabase;
let time: ManualClock;
/** What is told of: `okx:* okx:newusdt`. */
let told: string[];
let gone: string[];
let asked: string[];
let running: Listings | undefined;
let settle: () => Promise<void>;

beforeEach(async () => {
  time = createManualClock(T0);
  temp = await createTempDatabase(time.now);
  told = [];
  gone = [];
  asked = [];
  settle = async () => undefined;
});
afterEach(async () => {
  running?.stop();
  await temp.drop();
});

const info = (instrument: string): InstrumentInfo => {
  const [venue, symbol] = instrument.split(':');
  const base = symbol.slice(0, -4);
  return {
    ...{ instrument, venue, symbol, base, quote: 'usdt' },
    ...{ kind: 'spot', tick: undefined, lot: undefined, active: true },
  };
};

function apply(event: MarketEvent): [] {
  if (event.type === 'fact' && event.value > 0) told.push(`${event.instrument} ${event.about?.join(' ')}`);
  return [];
}

/** A run of the program. @returns how a venue gives its list */
function run(venues: readonly string[] = ['okx'], start = true) {
  let hear: (venue: string, infos: readonly InstrumentInfo[]) => void = () => undefined;
  const listings = createListings({
    market: {
      venues,
      symbols: createSymbolTable(() => venues),
      onListed(listener) {
        hear = listener;
      },
      async relist(venue) {
        asked.push(venue);
        if (venue === 'down') throw new TransportError('down', { retryable: true, reason: 'unreachable' });
      },
      apply,
      now: time.now,
    },
    rules: { delist: (_venue, instruments) => void gone.push(...instruments), relist: async () => undefined },
    markets: createMarketStore(temp.database),
    meta: createMetaStore(temp.database),
    writer: { settled: () => settle() },
    clock: time.clock,
    random: () => 0,
    log: createSilentLog(),
  });
  running?.stop();
  running = listings;
  if (start) listings.start();
  return {
    listings,
    async lists(...instruments: string[]) {
      hear(instruments[0].split(':')[0], instruments.map(info));
      await listings.settled();
    },
  };
}

describe('lists over a restart', () => {
  it('tell what was listed during a stop, and since when it may be there', async () => {
    await run().lists('okx:ausdt', 'okx:busdt');
    await time.advance(9 * HOUR);
    await run().lists('okx:ausdt', 'okx:busdt', 'okx:newusdt');
    expect(told).toEqual(['okx:* okx:newusdt', 'okx:*usdt okx:newusdt']);
    expect(await createMarketStore(temp.database).listedLast('okx', time.now())).toEqual([
      { instrument: 'okx:newusdt', listedAt: T0 + 9 * HOUR, absentAt: T0, delistedAt: undefined, told: true },
    ]);
    await run().lists('okx:ausdt', 'okx:busdt', 'okx:newusdt');
    expect(told).toHaveLength(2);
  });

  it('tell again what nobody knows to have been told', async () => {
    const first = run();
    await first.lists('okx:ausdt');
    settle = () => Promise.reject(new Error('the end'));
    await first.lists('okx:ausdt', 'okx:newusdt');
    settle = async () => undefined;
    await run().lists('okx:ausdt', 'okx:newusdt');
    expect(told.filter((line) => line.startsWith('okx:* '))).toEqual(['okx:* okx:newusdt', 'okx:* okx:newusdt']);
  });

  it('wait until the rules are there', async () => {
    await run().lists('okx:ausdt');
    const { listings, lists } = run(['okx'], false);
    const heard = lists('okx:ausdt', 'okx:newusdt');
    await time.advance(1_000);
    expect(told).toEqual([]);
    listings.start();
    await heard;
    expect(told).toHaveLength(2);
  });

  it('say what was delisted during a stop, at the second look', async () => {
    await run().lists('okx:ausdt', 'okx:busdt', 'okx:cusdt');
    const { lists } = run();
    await lists('okx:ausdt', 'okx:busdt');
    expect(gone).toEqual([]);
    await lists('okx:ausdt', 'okx:busdt');
    expect(gone).toEqual(['okx:cusdt']);
    await lists('okx:ausdt', 'okx:busdt');
    expect(gone).toEqual(['okx:cusdt']);
  });

  it('are nothing that a tape or whoever hands data in has', async () => {
    const { lists } = run(['tape', 'ingest']);
    await lists('tape:ausdt');
    await lists('tape:ausdt', 'tape:busdt');
    await lists('ingest:ausdt');
    await lists('ingest:ausdt', 'ingest:busdt');
    expect(told).toEqual([]);
    await time.advance(2 * HOUR);
    expect(asked).toEqual([]);
  });
});

describe('a venue that does not answer', () => {
  it('is asked again by the hour, and holds up no other', async () => {
    run(['down', 'okx']);
    // The least that the spread of a tenth allows.
    await time.advance(0.9 * HOUR);
    expect(asked).toEqual(['down', 'okx']);
    await time.advance(0.9 * HOUR);
    expect(asked).toEqual(['down', 'okx', 'down', 'okx']);
  });
});
