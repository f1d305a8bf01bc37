import { afterEach, beforeEach, expect, it } from 'vitest';
import { createProposalStore, type ProposalStore } from './proposals.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

let temp: TempDatabase;
let proposals: ProposalStore;
let now: number;
beforeEach(async () => {
  now = 1_000;
  temp = await createTempDatabase(() => now);
  proposals = createProposalStore(temp.database);
});
afterEach(() => temp.drop());

const propose = (over: object = {}) =>
  proposals.insert({
    ...{ chatKey: 'telegram:-1', proposerId: 'telegram:7', proposerName: 'Ann', text: 'sim:btcusdt price > 1' },
    ...{ definitions: ['tight'], votesNeeded: 2, expiresAt: 2_000, ...over },
  });

it('counts each member’s vote once, and outlives a restart', async () => {
  const { id } = await propose();
  expect(await proposals.vote(id, 'telegram:1')).toEqual({ votes: 1, isNew: true });
  expect(await proposals.vote(id, 'telegram:1')).toEqual({ votes: 1, isNew: false });
  const again = createProposalStore(await temp.reopen());
  expect(await again.vote(id, 'telegram:2')).toEqual({ votes: 2, isNew: true });
  expect(await again.get(id)).toMatchObject({
    id,
    text: 'sim:btcusdt price > 1',
    definitions: ['tight'],
    state: 'open',
  });
});

it('is decided once, whoever else decides at the same time', async () => {
  const { id } = await propose();
  const both = [proposals.decide(id, 'approved', 'telegram:1'), proposals.decide(id, 'rejected', 'telegram:2')];
  expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
  expect(await proposals.decide(id, 'approved', 'telegram:3')).toBe(false);
});

it('is open until its time is over, and then not to be decided', async () => {
  const { id } = await propose();
  now = 1_999;
  expect([await proposals.countOpen('telegram:-1'), await proposals.expire()]).toEqual([1, []]);
  now = 2_000;
  expect(await proposals.countOpen('telegram:-1')).toBe(0);
  expect(await proposals.decide(id, 'approved', 'telegram:1')).toBe(false);
  expect((await proposals.expire()).map((each) => each.id)).toEqual([id]);
  expect(await proposals.expire()).toEqual([]);
});

it('is counted by chat and by proposer', async () => {
  await propose();
  await propose({ proposerId: 'telegram:8' });
  await propose({ chatKey: 'telegram:-2' });
  expect(await proposals.countOpen('telegram:-1')).toBe(2);
  expect(await proposals.countOpen('telegram:-1', 'telegram:8')).toBe(1);
});

it('is found again where no alert came of its approval', async () => {
  const [lost, whole] = [await propose(), await propose()];
  for (const { id } of [lost, whole]) await proposals.decide(id, 'approved', 'telegram:1');
  await proposals.armed(whole.id, '5');
  expect((await proposals.unarmed()).map(({ id }) => id)).toEqual([lost.id]);
  await proposals.reopen(lost.id);
  expect(await proposals.get(lost.id)).toMatchObject({ state: 'open' });
  await proposals.reopen(whole.id);
});
