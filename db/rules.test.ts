import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../engine/errors.ts';
import type { SavedRule } from '../engine/rules/rule.ts';
import { createChatStore } from './chats.ts';
import { createRuleStore, type NewRule, type RuleStore } from './rules.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

const ARMED: SavedRule = { state: 'armed', since: 1, truth: false, firings: 0 };
const SETTINGS = { venue: undefined, interval: 60_000, quote: 'usdt', timeZone: 'UTC', locale: 'en' };

const rule = (chatKey = 'telegram:1', text = 'btcusdt z > 2'): NewRule => ({
  chatKey,
  ownerId: 'telegram:7',
  text,
  instrument: 'binance:btcusdt',
  saved: ARMED,
  createdAt: 10,
});

let temp: TempDatabase;
let rules: RuleStore;
beforeEach(async () => {
  temp = await createTempDatabase();
  rules = createRuleStore(temp.database);
  const chats = createChatStore(temp.database);
  for (const key of ['telegram:1', 'telegram:2']) await chats.ensure({ key, title: key, kind: 'private', ...SETTINGS });
});
afterEach(() => temp.drop());

describe('rules', () => {
  it('gives back what was stored', async () => {
    const saved: SavedRule = { state: 'muted', since: 5, truth: true, lastFiredAt: 4, mutedUntil: 9, firings: 3 };
    const stored = await rules.insert({ ...rule(), saved });
    expect(stored).toEqual({ ...rule(), saved, id: stored.id, number: 1, definitions: [], deletedAt: undefined });
    expect(await rules.get(stored.id)).toEqual(stored);
    expect(await rules.byChat('telegram:1')).toEqual([stored]);
    expect(await rules.byNumber('telegram:1', 1)).toEqual(stored);
    expect(await rules.active()).toEqual([stored]);
  });

  it('remembers the names that a rule was written with', async () => {
    const stored = await rules.insert({ ...rule(), definitions: ['calm', 'tight'] });
    expect(stored.definitions).toEqual(['calm', 'tight']);
    expect(await rules.active()).toEqual([stored]);
  });

  it('refuses a rule of a chat that is not stored, without a word of the rule in the error', async () => {
    const error = await rules.insert(rule('telegram:404', 'secret strategy')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    const told = JSON.stringify([String(error), String((error as Error).cause), (error as Error).stack]);
    expect(told).toContain('CONSTRAINT');
    expect(told).not.toContain('secret strategy');
  });

  it('knows no rule under a text that is no id', async () => {
    await rules.insert(rule());
    for (const id of ['', '1.1', '-1', '1 OR 1', '99', '9'.repeat(30)]) expect(await rules.get(id)).toBeUndefined();
  });

  it('numbers the rules of a chat with the lowest free number', async () => {
    const operation = fc.oneof(
      fc.record({ type: fc.constant('add' as const), chat: fc.constantFrom('telegram:1', 'telegram:2') }),
      fc.record({ type: fc.constant('remove' as const), pick: fc.nat() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        for (const { id } of await rules.active()) await rules.remove(id, 1, 'cleared');
        let model: { id: string; chat: string; number: number }[] = [];
        for (const step of operations) {
          if (step.type === 'add') {
            const taken = new Set(model.filter((item) => item.chat === step.chat).map((item) => item.number));
            let free = 1;
            while (taken.has(free)) free += 1;
            const stored = await rules.insert(rule(step.chat));
            expect(stored.number).toBe(free);
            model.push({ id: stored.id, chat: step.chat, number: free });
          } else if (model.length > 0) {
            const gone = model[step.pick % model.length];
            expect(await rules.remove(gone.id, 2, 'deleted by its owner')).toBe(true);
            model = model.filter((item) => item !== gone);
          }
        }
        for (const chat of ['telegram:1', 'telegram:2']) {
          const mine = model.filter((item) => item.chat === chat).sort((a, b) => a.number - b.number);
          expect((await rules.byChat(chat)).map((stored) => stored.id)).toEqual(mine.map((item) => item.id));
          expect(await rules.countByChat(chat)).toBe(mine.length);
        }
        expect(await rules.countByOwner('telegram:7')).toBe(model.length);
      }),
      { numRuns: 25 },
    );
  });

  it('removes once, keeps what was, and tells why', async () => {
    const { id } = await rules.insert(rule());
    expect(await rules.remove(id, 50, 'deleted by its owner')).toBe(true);
    expect(await rules.remove(id, 60, 'again')).toBe(false);
    expect(await rules.get(id)).toMatchObject({ deletedAt: 50, text: 'btcusdt z > 2' });
    expect(await rules.changes(id, 10)).toEqual([
      { ruleId: id, ts: 50, from: 'armed', to: 'deleted', cause: 'deleted by its owner' },
    ]);
  });

  it('brings a removed rule back as it was last, with its number, once', async () => {
    const [kept, gone] = [await rules.insert(rule()), await rules.insert(rule())];
    const last: SavedRule = { state: 'fired', since: 40, truth: true, lastFiredAt: 40, firings: 3 };
    await rules.remove(gone.id, 50, 'deleted by its owner', last);
    const back = await rules.restore(gone.id, 60, 'brought back');
    expect(back).toEqual({ ...gone, saved: last });
    expect(await rules.byChat('telegram:1')).toEqual([kept, back]);
    expect(await rules.restore(gone.id, 70, 'again')).toBeUndefined();
    expect(await rules.restore('999', 70, 'never was')).toBeUndefined();
    expect((await rules.changes(gone.id, 10)).map(({ ts, from, to }) => [ts, from, to])).toEqual([
      [60, 'deleted', 'fired'],
      [50, 'armed', 'deleted'],
    ]);
  });

  it('brings a rule back under the lowest free number where its own is taken', async () => {
    const [first, second, third] = [await rules.insert(rule()), await rules.insert(rule()), await rules.insert(rule())];
    await rules.remove(first.id, 50, 'deleted');
    await rules.insert(rule());
    expect((await rules.restore(first.id, 60, 'back'))?.number).toBe(4);
    await rules.remove(second.id, 70, 'deleted');
    await rules.remove(third.id, 71, 'deleted');
    await rules.insert(rule());
    expect((await rules.restore(second.id, 80, 'back'))?.number).toBe(3);
    await rules.insert(rule('telegram:2'));
    expect((await rules.restore(third.id, 90, 'back'))?.number).toBe(5);
  });

  it('tells a chat its removed rules, the last removed first, all or those that had a number', async () => {
    const [a, b, c] = [await rules.insert(rule()), await rules.insert(rule()), await rules.insert(rule('telegram:2'))];
    await rules.remove(b.id, 50, 'deleted');
    await rules.remove(a.id, 60, 'deleted');
    await rules.remove(c.id, 70, 'deleted');
    await rules.insert(rule());
    const ids = async (limit: number, number?: number) =>
      (await rules.removed('telegram:1', limit, number)).map(({ id }) => id);
    expect(await ids(10)).toEqual([a.id, b.id]);
    expect(await ids(1)).toEqual([a.id]);
    expect(await ids(10, 2)).toEqual([b.id]);
  });

  it('stores the last state of each rule and every change', async () => {
    const [a, b] = [await rules.insert(rule()), await rules.insert(rule())];
    const pending: SavedRule = { state: 'pending', since: 20, truth: true, pendingSince: 20, firings: 0 };
    const fired: SavedRule = { state: 'fired', since: 30, truth: true, lastFiredAt: 30, firings: 1 };
    await rules.saveState([
      { ruleId: a.id, ts: 20, from: 'armed', to: 'pending', cause: 'condition true', saved: pending },
      { ruleId: b.id, ts: 25, from: 'armed', to: 'paused', cause: "it's mine", saved: { ...ARMED, state: 'paused' } },
      { ruleId: a.id, ts: 30, from: 'pending', to: 'fired', cause: 'held', saved: fired },
      { ruleId: `${a.id}/x`, ts: 30, from: 'armed', to: 'fired', cause: 'not stored here', saved: ARMED },
    ]);
    expect((await rules.get(a.id))?.saved).toEqual(fired);
    expect((await rules.get(b.id))?.saved.state).toBe('paused');
    expect((await rules.changes(a.id, 10)).map(({ ts, from, to }) => [ts, from, to])).toEqual([
      [30, 'pending', 'fired'],
      [20, 'armed', 'pending'],
    ]);
    expect((await rules.changes(b.id, 1))[0].cause).toBe("it's mine");
    expect(await rules.changes(`${a.id}/x`, 5)).toHaveLength(1);
  });

  it('stores a quiet change without a word in the history', async () => {
    const { id } = await rules.insert(rule());
    const saved: SavedRule = { ...ARMED, truth: true, suppressed: 2, sinceTrade: '12' };
    await rules.saveState([{ ruleId: id, ts: 20, from: 'armed', to: 'armed', cause: '', saved, isQuiet: true }]);
    expect((await rules.get(id))?.saved).toEqual(saved);
    expect(await rules.changes(id, 5)).toEqual([]);
  });

  it('replaces the text under the same id and number', async () => {
    await rules.insert(rule());
    const { id } = await rules.insert(rule());
    const to = { text: 'ethusdt > 1', instrument: 'binance:ethusdt', saved: { ...ARMED, since: 99 } };
    expect(await rules.replace(id, to)).toMatchObject({ ...to, id, number: 2 });
    await rules.remove(id, 1, 'gone');
    expect(await rules.replace(id, to)).toBeUndefined();
  });

  it('loads as many as there are, in the order in which they were made', async () => {
    const many = 5001;
    await temp.database.client.execute({
      sql: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
            INSERT INTO rules (number, chat_key, owner_id, text, instrument, state, saved, created_at)
            SELECT i, 'telegram:1', 'telegram:7', 'rule ' || i, 'sim:btcusdt', 'armed', ?, i FROM n`,
      args: [many, JSON.stringify(ARMED)],
    });
    const all = await rules.active();
    expect(all.map((stored) => stored.createdAt)).toEqual(Array.from({ length: many }, (_, i) => i + 1));
    expect(all[4999]).toEqual(await rules.get('5000'));
  });
});

describe('pruning the history', () => {
  it('drops the changes of rules that were removed long ago, and of no others', async () => {
    const [gone, lately, kept] = [
      await rules.insert(rule()),
      await rules.insert(rule()),
      await rules.insert(rule()),
    ].map(({ id }) => id);
    const change = (ruleId: string, ts: number) => ({
      ...{ ruleId, ts, from: 'armed' as const, to: 'stale' as const, cause: 'no data', saved: ARMED },
    });
    await rules.saveState([gone, lately, kept, gone].map((id, i) => change(id, i)));
    await rules.remove(gone, 1_000, 'deleted');
    await rules.remove(lately, 2_000, 'deleted');
    expect(await rules.pruneChanges(2_000, 2)).toBe(2);
    expect(await rules.pruneChanges(2_000, 2)).toBe(1);
    expect(await rules.pruneChanges(2_000, 2)).toBe(0);
    const counts = await Promise.all([gone, lately, kept].map(async (id) => (await rules.changes(id, 9)).length));
    expect(counts).toEqual([0, 2, 1]);
  });
});
