import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetaStore } from '../db/meta.ts';
import { createOutageStore } from '../db/outages.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../db/temp-database.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createDowntime, type Downtime } from './downtime.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const MINUTE = 60_000;

let temp: TempDatabase;
let time: ManualClock;
beforeEach(async () => {
  time = createManualClock(NOON);
  temp = await createTempDatabase(time.now);
});
afterEach(() => temp.drop());

async function run(): Promise<Downtime> {
  const stores = { meta: createMetaStore(temp.database), outages: createOutageStore(temp.database) };
  const made = createDowntime({ ...stores, clock: time.clock, log: quietLog });
  await made.open();
  return made;
}
const stored = async () =>
  (await createOutageStore(temp.database).last('telegram:1', 9)).map(({ cause, startedAt, endedAt }) => [
    cause,
    startedAt - NOON,
    endedAt! - NOON,
  ]);

describe('the time in which the program did not run', () => {
  it('is from its stop to its next start, for every chat', async () => {
    const first = await run();
    expect(first.around(NOON, MINUTE)).toBeUndefined();
    await time.advance(3 * MINUTE);
    await first.stop();
    time = createManualClock(NOON + 8 * MINUTE);
    const second = await run();
    const span = { from: NOON + 3 * MINUTE, to: NOON + 8 * MINUTE };
    expect(second.around(NOON + 4 * MINUTE, 0)).toEqual(span);
    expect(second.around(NOON + 3 * MINUTE - 1, 0)).toBeUndefined();
    expect(second.around(NOON + 3 * MINUTE - 1, 10_000)).toEqual(span);
    expect(await stored()).toEqual([['program', 3 * MINUTE, 8 * MINUTE]]);
    await second.stop();
  });

  it('begins ten seconds before a kill at the earliest', async () => {
    await run();
    await time.advance(3 * MINUTE + 9_999);
    // A clock of its own: nothing that the killed run still waits for happens.
    time = createManualClock(NOON + 5 * MINUTE);
    const second = await run();
    expect(second.around(NOON + 4 * MINUTE, 0)).toEqual({ from: NOON + 3 * MINUTE, to: NOON + 5 * MINUTE });
    await second.stop();
  });

  it('is none where a new run took over at once', async () => {
    await (await run()).stop();
    await time.advance(1_500);
    await (await run()).stop();
    expect(await stored()).toEqual([]);
  });

  it('is also that in which the machine slept', async () => {
    // Timers do not run while it sleeps.
    let slept = 0;
    const clock = { now: () => time.now() + slept, after: time.clock.after };
    const stores = { meta: createMetaStore(temp.database), outages: createOutageStore(temp.database) };
    const sleeper = createDowntime({ ...stores, clock, log: quietLog });
    await sleeper.open();
    await time.advance(30_000);
    slept = 2 * 60 * MINUTE;
    const woken = clock.now() + 10_000;
    await time.advance(10_000);
    expect(sleeper.around(NOON + 60 * MINUTE, 0)).toEqual({ from: NOON + 30_000, to: woken });
    await sleeper.stop();
  });
});
