import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Firing, SavedRule } from '../engine/rules/rule.ts';
import { createChatStore } from './chats.ts';
import type { NewDelivery } from './delivery-rows.ts';
import { createFiringStore, type FiringStore } from './firings.ts';
import { createOutboxStore } from './outbox.ts';
import { createRuleStore, type RuleStore } from './rules.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

const ARMED: SavedRule = { state: 'armed', since: 1, truth: false, firings: 0 };
const FIRED: SavedRule = { state: 'fired', since: 100, truth: true, lastFiredAt: 100, firings: 1 };
const SETTINGS = { venue: undefined, interval: 60_000, quote: 'usdt', timeZone: 'UTC', locale: 'en' };

function firing(ruleId: string, n: number, ts = 100 * n, instrument = 'sim:btcusdt'): Firing {
  const values = [{ series: 'z', value: 2.31, before: 1.94, threshold: 2 }];
  return { id: `${ruleId}.${n}`, ruleId, ts, instrument, price: 64_402.1, values, tradeId: `t${n}`, suppressed: 0 };
}

const delivery = (firingId: string, chatKey = 'telegram:1'): NewDelivery => ({
  dedupeKey: `${firingId}:${chatKey}`,
  chatKey,
  firingId,
  kind: 'alert',
  payload: { firingId },
  priority: 1,
  dueAt: 100,
  createdAt: 100,
});

let temp: TempDatabase;
let firings: FiringStore;
let rules: RuleStore;
let ids: string[];
beforeEach(async () => {
  temp = await createTempDatabase();
  firings = createFiringStore(temp.database);
  rules = createRuleStore(temp.database);
  const chats = createChatStore(temp.database);
  ids = [];
  for (const chatKey of ['telegram:1', 'telegram:2']) {
    await chats.ensure({ key: chatKey, title: chatKey, kind: 'private', ...SETTINGS });
    const rule = { chatKey, ownerId: 'u', text: 'z > 2', instrument: 'sim:btcusdt', saved: ARMED, createdAt: 1 };
    ids.push((await rules.insert(rule)).id);
  }
});
afterEach(() => temp.drop());

describe('commit', () => {
  it('stores firings, deliveries and states together', async () => {
    const fired = firing(ids[0], 1);
    const state = {
      ruleId: ids[0],
      ts: 100,
      from: 'armed' as const,
      to: 'fired' as const,
      cause: 'fired',
      saved: FIRED,
    };
    await firings.commit({ firings: [fired], deliveries: [delivery(fired.id)], states: [state] });
    expect(await firings.get(fired.id)).toEqual(fired);
    expect(await createOutboxStore(temp.database).byFiring(fired.id)).toMatchObject([
      { chatKey: 'telegram:1', state: 'pending', kind: 'alert', payload: { firingId: fired.id }, attempts: 0 },
    ]);
    expect((await rules.get(ids[0]))?.saved).toEqual(FIRED);
    expect(await rules.changes(ids[0], 5)).toHaveLength(1);
  });

  it('stores nothing at all where a part of it is refused', async () => {
    const fired = firing(ids[0], 1);
    const broken = { ...delivery(fired.id), dueAt: Number.NaN };
    const commit = { firings: [fired], deliveries: [broken], states: [] };
    await expect(firings.commit(commit)).rejects.toThrow('storing firings failed');
    expect(await firings.get(fired.id)).toBeUndefined();
  });

  it('changes nothing when the same firings are computed again', async () => {
    const fired = firing(ids[0], 1);
    const commit = { firings: [fired], deliveries: [delivery(fired.id)], states: [] };
    await firings.commit(commit);
    await firings.commit({ ...commit, firings: [{ ...fired, price: 1 }] });
    expect((await firings.get(fired.id))?.price).toBe(64_402.1);
    expect(await createOutboxStore(temp.database).counts()).toMatchObject({ pending: 1 });
  });

  it('keeps values that are no numbers and those that are missing apart', async () => {
    const values = [
      { series: 'a', value: Number.NaN, before: undefined, threshold: 2 },
      { series: 'b', value: 1, before: Number.NaN, threshold: undefined },
    ];
    const fired = { ...firing(ids[0], 1), price: Number.NaN, values, tradeId: undefined };
    await firings.commit({ firings: [fired], deliveries: [], states: [] });
    expect(await firings.get(fired.id)).toEqual(fired);
    const raw = await temp.database.client.execute('SELECT price, "values" AS v FROM firings');
    expect(raw.rows[0].price).toBeNull();
    expect(raw.rows[0].v).not.toContain('NaN');
  });

  it('takes an empty commit', async () => {
    await firings.commit({ firings: [], deliveries: [], states: [] });
    expect(await firings.recent(10)).toEqual([]);
  });

  it('takes thousands at once, and lets others run meanwhile', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => firing(ids[0], i + 1));
    const state = { ruleId: ids[0], ts: 1, from: 'armed' as const, to: 'fired' as const, cause: 'fired', saved: FIRED };
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const deliveries = [...many.map((item) => delivery(item.id)), delivery('elsewhere.1')];
    const saved = { ...FIRED, firings: 2500 };
    await firings.commit({ firings: many, deliveries, states: [state, { ...state, saved }] });
    done = true;
    expect(turns).toBeGreaterThanOrEqual(4);
    expect(await firings.byRule(ids[0], 5000)).toHaveLength(2500);
    expect(await createOutboxStore(temp.database).counts()).toMatchObject({ pending: 2501 });
    expect((await rules.get(ids[0]))?.saved.firings).toBe(2500);
  });
});

describe('reading firings', () => {
  beforeEach(async () => {
    const other = firing(ids[0], 3, 250, 'sim:ethusdt');
    const all = [firing(ids[0], 1), firing(ids[0], 2), other, firing(ids[1], 1, 150), firing('unstored', 1, 170)];
    await firings.commit({ firings: all, deliveries: [], states: [] });
  });
  const idsOf = (found: readonly Firing[]): readonly string[] => found.map((item) => item.id);

  it('finds those of a rule, newest first', async () => {
    expect(idsOf(await firings.byRule(ids[0], 2))).toEqual([`${ids[0]}.3`, `${ids[0]}.2`]);
    expect((await firings.last(ids[0]))?.id).toBe(`${ids[0]}.3`);
    expect(await firings.last('99')).toBeUndefined();
  });

  it('finds the newest of all, and those of one chat', async () => {
    expect(idsOf(await firings.recent(3))).toEqual([`${ids[0]}.3`, `${ids[0]}.2`, 'unstored.1']);
    expect(idsOf(await firings.byChat('telegram:2', 10))).toEqual([`${ids[1]}.1`]);
  });

  it('finds those of an instrument in a span of time that concern a chat', async () => {
    const found = await firings.byInstrumentBetween('sim:btcusdt', 100, 200, 'telegram:1');
    expect(idsOf(found)).toEqual([`${ids[0]}.1`]);
    expect(idsOf(await firings.byInstrumentBetween('sim:btcusdt', 100, 201, 'telegram:1'))).toHaveLength(2);
  });

  it('finds the rule of a firing by its primary key', async () => {
    const plan = await temp.database.client.execute(
      "EXPLAIN QUERY PLAN SELECT * FROM firings JOIN rules ON rules.id = firings.rule_id WHERE firings.instrument = 'x' AND firings.ts > 1",
    );
    const steps = plan.rows.map((row) => String(row.detail)).join('; ');
    expect(steps).toMatch(/firings USING INDEX firings_instrument/);
    expect(steps).toMatch(/rules USING INTEGER PRIMARY KEY/);
  });
});

describe('pruning', () => {
  it('drops old firings with their messages, oldest first, up to the limit', async () => {
    const outbox = createOutboxStore(temp.database);
    const all = [1, 2, 3, 4].map((n) => firing(ids[0], n));
    await firings.commit({ firings: all, deliveries: all.map(({ id }) => delivery(id)), states: [] });
    for (const { id } of await outbox.claimDue(100, 1, [])) await outbox.markFailed(id, 'gone', 100);
    for (const n of [2, 3, 4]) await outbox.markFailed(String(n), 'gone', 100);
    expect(await firings.prune(400, 2)).toBe(2);
    const left = async () => (await firings.byRule(ids[0], 9)).map(({ id }) => id);
    expect(await left()).toEqual([`${ids[0]}.4`, `${ids[0]}.3`]);
    expect(await outbox.byFiring(`${ids[0]}.2`)).toEqual([]);
    expect(await outbox.byFiring(`${ids[0]}.3`)).toHaveLength(1);
    expect(await firings.prune(400, 2)).toBe(1);
    expect(await firings.prune(400, 2)).toBe(0);
    expect(await left()).toEqual([`${ids[0]}.4`]);
  });

  it('keeps a firing of which a message is still owed, whatever its age', async () => {
    const outbox = createOutboxStore(temp.database);
    const old = firing(ids[0], 1);
    await firings.commit({ firings: [old], deliveries: [delivery(old.id)], states: [] });
    expect(await firings.prune(1_000_000, 10)).toBe(0);
    expect(await outbox.byFiring(old.id)).toMatchObject([{ state: 'pending' }]);
    await outbox.claimDue(100, 1, []);
    expect(await firings.prune(1_000_000, 10)).toBe(0);
    expect(await firings.get(old.id)).toEqual(old);
  });
});
