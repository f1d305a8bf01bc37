import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChatStore } from './chats.ts';
import { createMuteStore, type MuteStore } from './mutes.ts';
import { createPingStore } from './pings.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';
import { createUserStore } from './users.ts';

let temp: TempDatabase;
let now = 1_000;
let mutes: MuteStore;
beforeEach(async () => {
  now = 1_000;
  temp = await createTempDatabase(() => now);
  mutes = createMuteStore(temp.database);
});
afterEach(() => temp.drop());

describe('mutes', () => {
  const mute = (symbol: string, until: number, chatKey = 'telegram:-1') => ({
    ...{ chatKey, symbol, until, userId: 'telegram:7' },
  });

  it('hold until their time, the last one of a symbol counts', async () => {
    await mutes.set(mute('btcusdt', 2_000));
    await mutes.set(mute('btcusdt', 3_000));
    await mutes.set(mute('', 2_500));
    await mutes.set(mute('ethusdt', 9_000, 'telegram:-2'));
    expect(await mutes.list('telegram:-1')).toEqual([mute('', 2_500), mute('btcusdt', 3_000)]);
    expect([...(await mutes.chats())].sort()).toEqual(['telegram:-1', 'telegram:-2']);
    now = 2_500;
    expect(await mutes.list('telegram:-1')).toEqual([mute('btcusdt', 3_000)]);
  });

  it('are ended one by one or all', async () => {
    for (const symbol of ['btcusdt', 'ethusdt', 'solusdt']) await mutes.set(mute(symbol, 2_000));
    expect(await mutes.remove('telegram:-1', 'btcusdt')).toBe(1);
    expect(await mutes.remove('telegram:-1', 'btcusdt')).toBe(0);
    now = 2_000;
    expect(await mutes.remove('telegram:-1')).toBe(0);
    expect(await mutes.chats()).toEqual([]);
  });

  it('go with their chat where it moves, and so do its quiet hours', async () => {
    const chats = createChatStore(temp.database);
    const settings = { venue: undefined, interval: 60_000, quote: 'usdt', timeZone: 'UTC', locale: 'en' };
    await chats.ensure({ key: 'telegram:-1', title: 'Traders', kind: 'group', ...settings });
    await chats.updateSettings('telegram:-1', { quiet: '22:00-07:00', resolve: true });
    await mutes.set(mute('btcusdt', 2_000));
    await chats.move('telegram:-1', 'telegram:-1001');
    expect(await mutes.list('telegram:-1001')).toEqual([mute('btcusdt', 2_000, 'telegram:-1001')]);
    expect(await mutes.list('telegram:-1')).toEqual([]);
    expect(await chats.get('telegram:-1001')).toMatchObject({ quiet: '22:00-07:00', resolve: true });
    expect(await chats.updateSettings('telegram:-1001', { quiet: undefined })).toMatchObject({ quiet: undefined });
  });
});

describe('pings', () => {
  it('name each user once, in the order in which they asked, until they take it back', async () => {
    const [pings, users] = [createPingStore(temp.database), createUserStore(temp.database)];
    for (const [id, name] of [
      ['telegram:1', 'Ann'],
      ['telegram:2', 'Bob'],
    ])
      await users.ensure({ id, name });
    expect(await pings.toggle('5', 'telegram:2')).toBe(true);
    now += 1;
    expect(await pings.toggle('5', 'telegram:1')).toBe(true);
    expect(await pings.toggle('6', 'telegram:2')).toBe(true);
    const both = [
      { userId: 'telegram:2', name: 'Bob' },
      { userId: 'telegram:1', name: 'Ann' },
    ];
    expect(await pings.of(['5', '6'])).toEqual(both);
    expect(await pings.toggle('5', 'telegram:2')).toBe(false);
    expect(await pings.of(['5'])).toEqual([both[1]]);
    expect(await pings.of([])).toEqual([]);
  });
});
