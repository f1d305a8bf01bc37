import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';
import { createWebhookStore } from './webhooks.ts';

let temp: TempDatabase;
beforeEach(async () => {
  temp = await createTempDatabase(() => 100);
});
afterEach(() => temp.drop());

const hook = (tokenHash: string, chatKey = 'telegram:1') => ({
  tokenHash,
  chatKey,
  template: undefined,
  ownerId: 'telegram:7',
});

describe('webhooks', () => {
  it('are found by the hash of their token, and listed by their chat, oldest first', async () => {
    const store = createWebhookStore(temp.database);
    const first = await store.insert({ ...hook('a'), template: '{close}' });
    await store.insert(hook('b'));
    await store.insert(hook('c', 'telegram:2'));
    expect(first).toEqual({
      id: '1',
      chatKey: 'telegram:1',
      template: '{close}',
      ownerId: 'telegram:7',
      createdAt: 100,
    });
    expect(await store.byHash('a')).toEqual(first);
    expect(await store.byHash('z')).toBeUndefined();
    expect((await store.list('telegram:1')).map(({ id, template }) => [id, template])).toEqual([
      ['1', '{close}'],
      ['2', undefined],
    ]);
    expect(await store.count('telegram:1')).toBe(2);
  });

  it('have a token each', async () => {
    const store = createWebhookStore(temp.database);
    await store.insert(hook('a'));
    await expect(store.insert(hook('a'))).rejects.toThrow();
  });

  it('are removed by their own chat alone, and their number is not given again', async () => {
    const store = createWebhookStore(temp.database);
    await store.insert(hook('a'));
    expect(await store.remove('telegram:2', '1')).toBe(false);
    expect(await store.remove('telegram:1', 'x')).toBe(false);
    expect(await store.remove('telegram:1', '1')).toBe(true);
    expect(await store.byHash('a')).toBeUndefined();
    expect((await store.insert(hook('b'))).id).toBe('2');
  });
});
