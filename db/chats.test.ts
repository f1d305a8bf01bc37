import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../engine/errors.ts';
import { createBlockStore } from './blocks.ts';
import { type ChatStore, createChatStore, type NewChat } from './chats.ts';
import { createOutboxStore } from './outbox.ts';
import { createProposalStore } from './proposals.ts';
import { createRuleStore, type NewRule } from './rules.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';
import { createViewStore } from './views.ts';

const group = (key = 'telegram:-1'): NewChat => ({
  key,
  title: 'Traders',
  kind: 'group',
  venue: undefined,
  interval: 300_000,
  quote: 'usdt',
  timeZone: 'Europe/Berlin',
  locale: 'en',
});

const rule = (chatKey: string, text: string): NewRule => ({
  chatKey,
  ownerId: 'telegram:7',
  text,
  instrument: 'sim:btcusdt',
  saved: { state: 'armed', since: 1, truth: false, firings: 0 },
  createdAt: 1,
});

let temp: TempDatabase;
let chats: ChatStore;
beforeEach(async () => {
  temp = await createTempDatabase(() => 42);
  chats = createChatStore(temp.database);
});
afterEach(() => temp.drop());

describe('chats', () => {
  it('adds a chat with the settings that it was given', async () => {
    const expected = {
      ...group(),
      quiet: undefined,
      resolve: false,
      active: true,
      inactiveReason: undefined,
      createdAt: 42,
    };
    expect(await chats.ensure(group())).toEqual(expected);
    expect(await chats.get('telegram:-1')).toEqual(expected);
  });

  it('takes over a new title, but never the settings of a chat that is known', async () => {
    await chats.ensure(group());
    await chats.updateSettings('telegram:-1', { quote: 'eur', venue: 'kraken' });
    const chat = await chats.ensure({ ...group(), title: 'Renamed', quote: 'usd', interval: 1000 });
    expect(chat).toMatchObject({ title: 'Renamed', quote: 'eur', venue: 'kraken', interval: 300_000 });
  });

  it('forgets a venue that is set to undefined', async () => {
    await chats.ensure({ ...group(), venue: 'binance' });
    expect((await chats.updateSettings('telegram:-1', { venue: undefined })).venue).toBeUndefined();
    expect((await chats.updateSettings('telegram:-1', {})).venue).toBeUndefined();
  });

  it('refuses settings of a chat that is not known', async () => {
    await expect(chats.updateSettings('telegram:9', { quote: 'eur' })).rejects.toBeInstanceOf(DataError);
  });

  it('is off until somebody writes there again', async () => {
    await chats.ensure(group());
    await chats.deactivate('telegram:-1', 'the bot was removed');
    expect(await chats.get('telegram:-1')).toMatchObject({ active: false, inactiveReason: 'the bot was removed' });
    expect(await chats.ensure(group())).toMatchObject({ active: true, inactiveReason: undefined });
  });

  it('moves with its settings, rules, views and what is still owed', async () => {
    const [rules, outbox, views] = [
      createRuleStore(temp.database),
      createOutboxStore(temp.database),
      createViewStore(temp.database),
    ];
    await chats.ensure(group());
    await chats.updateSettings('telegram:-1', { quote: 'eur', heartbeat: 'daily 09:00' });
    await chats.beaten('telegram:-1', 77);
    const first = await rules.insert(rule('telegram:-1', 'a'));
    const second = await rules.insert(rule('telegram:-1', 'b'));
    const view = await views.insert({ chatKey: 'telegram:-1', state: { symbol: 'btcusdt' } });
    const owed = { kind: 'alert', payload: {}, priority: 0, dueAt: 0, createdAt: 0, chatKey: 'telegram:-1' };
    await outbox.enqueue([
      { ...owed, dedupeKey: 'done' },
      { ...owed, dedupeKey: 'claimed' },
      { ...owed, dedupeKey: 'pending' },
    ]);
    const [done] = await outbox.claimDue(0, 1, []);
    await outbox.markSent(done.id, 'm1', 1);
    await outbox.claimDue(0, 1, []);

    await chats.move('telegram:-1', 'telegram:-1002');

    expect(await chats.get('telegram:-1')).toBeUndefined();
    expect(await chats.get('telegram:-1002')).toMatchObject({ quote: 'eur', title: 'Traders', active: true });
    expect(await chats.beating()).toMatchObject([{ key: 'telegram:-1002', heartbeat: 'daily 09:00', heartbeatAt: 77 }]);
    const moved = await rules.byChat('telegram:-1002');
    expect(moved.map(({ id, number }) => [id, number])).toEqual([
      [first.id, 1],
      [second.id, 2],
    ]);
    expect(await views.get(view)).toMatchObject({ chatKey: 'telegram:-1002' });
    const keys = await Promise.all(['1', '2', '3'].map(async (id) => (await outbox.get(id))?.chatKey));
    expect(keys).toEqual(['telegram:-1', 'telegram:-1002', 'telegram:-1002']);
  });

  it('takes its blocks, its proposals and who may set alerts along', async () => {
    const [blocks, proposals] = [createBlockStore(temp.database), createProposalStore(temp.database)];
    await chats.ensure(group('telegram:-1'));
    await chats.updateSettings('telegram:-1', { rulePolicy: 'vote 3' });
    await blocks.add({ place: 'telegram:-1', userId: 'telegram:7', byId: 'telegram:1' });
    const { id } = await proposals.insert({
      ...{ chatKey: 'telegram:-1', proposerId: 'telegram:5', proposerName: 'Ann', text: 'x', definitions: [] },
      ...{ votesNeeded: 3, expiresAt: Number.MAX_SAFE_INTEGER },
    });
    await chats.move('telegram:-1', 'telegram:-1002');
    expect((await chats.get('telegram:-1002'))?.rulePolicy).toBe('vote 3');
    expect(await blocks.find('telegram:-1002', 'telegram:7')).toBe('here');
    expect(await proposals.get(id)).toMatchObject({ chatKey: 'telegram:-1002', state: 'open' });
  });

  it('moves into a chat that exists already: both keep all rules, each with a number of its own', async () => {
    const rules = createRuleStore(temp.database);
    await chats.ensure({ ...group('telegram:-1'), quote: 'eur' });
    await chats.ensure(group('telegram:-2'));
    for (const text of ['a', 'b', 'c']) await rules.insert(rule('telegram:-1', text));
    for (const text of ['x', 'y']) await rules.insert(rule('telegram:-2', text));
    await chats.move('telegram:-1', 'telegram:-2');
    const all = await rules.byChat('telegram:-2');
    expect(all.map(({ number, text }) => [number, text])).toEqual([
      [1, 'x'],
      [2, 'y'],
      [3, 'a'],
      [4, 'b'],
      [5, 'c'],
    ]);
    expect((await chats.get('telegram:-2'))?.quote).toBe('eur');
    expect(await chats.list()).toHaveLength(1);
  });

  it('survives a move onto itself and a move of a chat that is not known', async () => {
    await chats.ensure(group());
    await chats.move('telegram:-1', 'telegram:-1');
    await chats.move('telegram:5', 'telegram:6');
    expect((await chats.list()).map((chat) => chat.key)).toEqual(['telegram:-1']);
  });
});
