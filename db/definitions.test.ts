import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChatStore } from './chats.ts';
import { createDefinitionStore, type DefinitionStore } from './definitions.ts';
import { createRuleStore } from './rules.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

const CHAT = 'telegram:-1';
const SETTINGS = { venue: undefined, interval: 60_000, quote: 'usdt', timeZone: 'UTC', locale: 'en' };

let temp: TempDatabase;
let now: number;
let store: DefinitionStore;
beforeEach(async () => {
  now = 100;
  temp = await createTempDatabase(() => now);
  store = createDefinitionStore(temp.database);
});
afterEach(() => temp.drop());

const save = (name: string, text: string, authorId = 'telegram:7', chatKey = CHAT) =>
  store.save({ chatKey, name, text, authorId });
const textsOf = async (chatKey = CHAT) => (await store.list(chatKey)).map(({ name, text }) => `${name}=${text}`);

describe('definitions', () => {
  it('gives back what was defined, by name and chat by chat', async () => {
    const saved = await save('squeeze', 'bbw(20) < 0.05');
    await save('fast', 'ema(9)');
    await save('other', 'rsi', 'telegram:7', 'telegram:-2');
    const holds = { chatKey: CHAT, name: 'squeeze', text: 'bbw(20) < 0.05', endedAt: undefined };
    expect(saved).toEqual({ ...holds, id: saved.id, ownerId: 'telegram:7', authorId: 'telegram:7', createdAt: 100 });
    expect(await store.get(saved.id)).toEqual(saved);
    expect(await textsOf()).toEqual(['fast=ema(9)', 'squeeze=bbw(20) < 0.05']);
  });

  it('keeps the versions of a name and its first owner', async () => {
    const first = await save('fast', 'ema(9)');
    now = 200;
    const second = await save('fast', 'ema(8)', 'telegram:8');
    expect(second).toMatchObject({ text: 'ema(8)', ownerId: 'telegram:7', authorId: 'telegram:8', createdAt: 200 });
    expect(await textsOf()).toEqual(['fast=ema(8)']);
    expect(await store.versions(CHAT, 'fast', 10)).toEqual([second, { ...first, endedAt: 200 }]);
    expect(await store.versions(CHAT, 'fast', 1)).toEqual([second]);
  });

  it('belongs to whoever defines it anew after it was deleted, in the same millisecond too', async () => {
    const { id } = await save('fast', 'ema(9)');
    expect(await store.remove(id)).toBe(true);
    expect(await store.remove(id)).toBe(false);
    expect(await store.list(CHAT)).toEqual([]);
    expect(await save('fast', 'ema(7)', 'telegram:8')).toMatchObject({ ownerId: 'telegram:8' });
    expect((await store.versions(CHAT, 'fast', 10)).map(({ text }) => text)).toEqual(['ema(7)', 'ema(9)']);
  });

  it('counts the alerts that were written with a name', async () => {
    const rules = createRuleStore(temp.database);
    const chats = createChatStore(temp.database);
    for (const key of [CHAT, 'telegram:-2']) await chats.ensure({ key, title: key, kind: 'group', ...SETTINGS });
    const saved = { state: 'armed', since: 1, truth: false, firings: 0 } as const;
    const insert = (chatKey: string, definitions?: readonly string[]) =>
      rules.insert({
        ...{ chatKey, ownerId: 'telegram:7', text: 'btcusdt z > 2', instrument: 'sim:btcusdt', saved, createdAt: 1 },
        ...(definitions === undefined ? {} : { definitions }),
      });
    const both = await insert(CHAT, ['fast', 'slow']);
    const gone = await insert(CHAT, ['fast']);
    await insert(CHAT);
    await insert('telegram:-2', ['fast']);
    await rules.remove(gone.id, 5, 'deleted');
    expect(await store.alertsWith(CHAT, 'fast')).toBe(1);
    expect(await store.alertsWith(CHAT, 'fas')).toBe(0);
    await rules.replace(both.id, { text: 'btcusdt z > 2 once', instrument: 'sim:btcusdt', saved });
    expect(await store.alertsWith(CHAT, 'slow')).toBe(1);
  });

  it('goes with its chat to another key, where a name that holds there already stays', async () => {
    const chats = createChatStore(temp.database);
    await chats.ensure({ key: CHAT, title: 'Traders', kind: 'group', ...SETTINGS });
    await save('fast', 'ema(9)');
    await save('slow', 'ema(50)');
    await save('slow', 'ema(60)', 'telegram:8', 'telegram:-2');
    await chats.move(CHAT, CHAT);
    expect(await textsOf()).toEqual(['fast=ema(9)', 'slow=ema(50)']);
    await chats.move(CHAT, 'telegram:-2');
    expect(await textsOf()).toEqual([]);
    expect(await textsOf('telegram:-2')).toEqual(['fast=ema(9)', 'slow=ema(60)']);
  });
});
