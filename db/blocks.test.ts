import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BlockStore, createBlockStore } from './blocks.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';
import { createUserStore } from './users.ts';

let temp: TempDatabase;
let blocks: BlockStore;
beforeEach(async () => {
  temp = await createTempDatabase();
  blocks = createBlockStore(temp.database);
});
afterEach(() => temp.drop());

it('holds in its place, or everywhere, until it is lifted', async () => {
  const block = { place: 'telegram:-1', userId: 'telegram:7', byId: 'telegram:1' };
  expect([await blocks.add(block), await blocks.add(block)]).toEqual([true, false]);
  expect(await blocks.find('telegram:-1', 'telegram:7')).toBe('here');
  expect(await blocks.find('telegram:-2', 'telegram:7')).toBeUndefined();
  expect(await blocks.find('telegram:-1', 'telegram:8')).toBeUndefined();
  await blocks.add({ ...block, place: '*' });
  expect(await blocks.find('telegram:-1', 'telegram:7')).toBe('everywhere');
  expect(await blocks.find('telegram:-2', 'telegram:7')).toBe('everywhere');
  expect([await blocks.remove('*', 'telegram:7'), await blocks.remove('*', 'telegram:7')]).toEqual([true, false]);
  expect(await blocks.find('telegram:-2', 'telegram:7')).toBeUndefined();
});

it('a handle means the one who had it last, on its own platform', async () => {
  const users = createUserStore(temp.database);
  await users.ensure({ id: 'telegram:7', name: 'Ann', handle: 'Ann_T' });
  await users.ensure({ id: 'discord:7', name: 'Bo', handle: 'ann_t' });
  expect((await users.byHandle('telegram', 'ANN_t'))?.id).toBe('telegram:7');
  await users.ensure({ id: 'telegram:7', name: 'Ann' });
  expect((await users.get('telegram:7'))?.handle).toBe('ann_t');
  await users.ensure({ id: 'telegram:8', name: 'Cy', handle: 'ann_t' });
  expect((await users.byHandle('telegram', 'ann_t'))?.id).toBe('telegram:8');
  expect((await users.get('telegram:7'))?.handle).toBeUndefined();
  expect((await users.byHandle('discord', 'ann_t'))?.id).toBe('discord:7');
});
