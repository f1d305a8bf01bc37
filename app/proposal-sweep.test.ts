import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAuditStore } from '../db/audit.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createProposalStore } from '../db/proposals.ts';
import { createTempDatabase, type TempDatabase } from '../db/temp-database.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createProposalSweep } from './proposal-sweep.ts';

const CHAT = 'telegram:-1';
const DAY = 86_400_000;
const time = createManualClock(1_000);
let temp: TempDatabase;
beforeEach(async () => {
  temp = await createTempDatabase(time.now);
});
afterEach(() => temp.drop());

function setUp() {
  const { database } = temp;
  const stores = {
    proposals: createProposalStore(database),
    audit: createAuditStore(database),
    outbox: createOutboxStore(database),
  };
  let woken = 0;
  const sweep = createProposalSweep({ ...stores, clock: time.clock, log: createSilentLog(), wake: () => void woken++ });
  const propose = () =>
    stores.proposals.insert({
      ...{
        chatKey: CHAT,
        proposerId: 'telegram:7',
        proposerName: 'Ann',
        text: 'sim:btcusdt price > 1',
        definitions: [],
      },
      ...{ votesNeeded: 0, expiresAt: time.now() + DAY },
    });
  const owed = () => stores.outbox.claimDue(time.now(), 10, []);
  return { ...stores, sweep, propose, owed, woken: () => woken };
}

it('tells the chat once that nobody decided, within five minutes, and logs it', async () => {
  const { sweep, propose, owed, proposals, audit, woken } = setUp();
  await sweep.start();
  const { id } = await propose();
  await time.advance(DAY - 1);
  expect(await owed()).toEqual([]);
  await time.advance(5 * 60_000);
  await expect.poll(woken).toBe(1);
  const [message, ...others] = await owed();
  expect(others).toEqual([]);
  expect(JSON.stringify(message.payload)).toContain('Nobody decided on Ann’s proposal');
  expect(await proposals.get(id)).toMatchObject({ state: 'expired' });
  expect(await audit.newest(CHAT, 5)).toMatchObject([{ userId: 'system', what: 'proposal.decide', after: 'expired' }]);
  await time.advance(DAY);
  expect(await owed()).toEqual([]);
  sweep.stop();
});

it('opens again what was approved when the program ended before there was an alert', async () => {
  const { sweep, propose, proposals } = setUp();
  const [lost, whole] = [await propose(), await propose()];
  for (const { id } of [lost, whole]) await proposals.decide(id, 'approved', 'telegram:1');
  await proposals.armed(whole.id, '3');
  await sweep.start();
  sweep.stop();
  expect(await proposals.get(lost.id)).toMatchObject({ state: 'open' });
  expect(await proposals.get(whole.id)).toMatchObject({ state: 'approved', ruleId: '3' });
});
