import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChatStore } from './chats.ts';
import { createStrategyStore, type StrategyStore } from './strategies.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

const CHAT = 'telegram:-1';
const SETTINGS = { venue: undefined, interval: 60_000, quote: 'usdt', timeZone: 'UTC', locale: 'en' };

let temp: TempDatabase;
let now: number;
let store: StrategyStore;
beforeEach(async () => {
  now = 100;
  temp = await createTempDatabase(() => now);
  store = createStrategyStore(temp.database);
});
afterEach(() => temp.drop());

const save = (name: string, text: string, authorId = 'telegram:7', chatKey = CHAT) =>
  store.save({ chatKey, name, text, authorId });

describe('strategies', () => {
  it('gives back what was saved, by name and chat by chat', async () => {
    const saved = await save('dips', 'dips on …');
    await save('cross', 'cross on …');
    await save('other', 'other on …', 'telegram:7', 'telegram:-2');
    const who = {
      ownerId: 'telegram:7',
      authorId: 'telegram:7',
      createdAt: 100,
      endedAt: undefined,
      publishedAt: undefined,
    };
    expect(saved).toEqual({ id: saved.id, chatKey: CHAT, name: 'dips', version: 1, text: 'dips on …', ...who });
    expect(await store.get(saved.id)).toEqual(saved);
    expect(await store.find(CHAT, 'dips')).toEqual(saved);
    expect((await store.list(CHAT)).map(({ name }) => name)).toEqual(['cross', 'dips']);
    expect(await store.find(CHAT, 'other')).toBeUndefined();
  });

  it('counts versions, keeps the first owner, and goes on counting after a removal', async () => {
    const first = await save('dips', 'a');
    now = 200;
    const second = await save('dips', 'b', 'telegram:8');
    expect(second).toMatchObject({
      version: 2,
      text: 'b',
      ownerId: 'telegram:7',
      authorId: 'telegram:8',
      createdAt: 200,
    });
    expect(await store.get(first.id)).toEqual({ ...first, endedAt: 200 });
    expect(await store.list(CHAT)).toEqual([second]);
    expect(await store.remove(second.id)).toBe(true);
    expect(await store.remove(second.id)).toBe(false);
    expect(await store.list(CHAT)).toEqual([]);
    expect(await save('dips', 'c', 'telegram:8')).toMatchObject({ version: 3, ownerId: 'telegram:8' });
    expect(await store.versions(CHAT, 'dips')).toBe(3);
  });

  it('is public from version to version, until it is taken back or removed', async () => {
    const first = await save('dips', 'a');
    await save('cross', 'x', 'telegram:7', 'telegram:-2');
    expect(await store.published(10)).toEqual([]);
    now = 200;
    expect(await store.publish(first.id, true)).toBe(true);
    now = 300;
    const second = await save('dips', 'b');
    expect(await store.published(10)).toEqual([{ ...second, publishedAt: 200 }]);
    expect(await store.publish(first.id, true)).toBe(false);
    expect((await store.history(CHAT, 'dips', 10)).map(({ version, text }) => `${version} ${text}`)).toEqual([
      '2 b',
      '1 a',
    ]);
    expect(await store.publish(second.id, false)).toBe(true);
    expect(await store.published(10)).toEqual([]);
    await store.publish(second.id, true);
    await store.remove(second.id);
    expect(await store.published(10)).toEqual([]);
    // A name that is used anew after a removal is nobody else's business.
    expect(await save('dips', 'c')).toMatchObject({ version: 3, publishedAt: undefined });
  });

  it('goes with its chat; a name that is taken there stays what it is', async () => {
    const chats = createChatStore(temp.database);
    for (const key of ['old', 'new']) await chats.ensure({ key, title: key, kind: 'group', ...SETTINGS });
    await save('dips', 'of the old', 'telegram:7', 'old');
    await save('cross', 'of the old', 'telegram:7', 'old');
    await save('dips', 'of the new', 'telegram:7', 'new');
    await chats.move('old', 'new');
    const texts = (await store.list('new')).map(({ name, text }) => `${name}: ${text}`);
    expect(texts).toEqual(['cross: of the old', 'dips: of the new']);
  });
});
