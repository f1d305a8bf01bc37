import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChatStore } from './chats.ts';
import { createFiringStore } from './firings.ts';
import { createOutageStore, type Outage } from './outages.ts';
import { createOutboxStore } from './outbox.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

let temp: TempDatabase;
beforeEach(async () => {
  temp = await createTempDatabase(() => 1_000);
});
afterEach(() => temp.drop());

const outage = (over: Partial<Outage> = {}): Outage => ({
  ...{
    chatKey: 'telegram:1',
    cause: 'binance',
    alerts: 3,
    startedAt: 100,
    endedAt: undefined,
    fired: 0,
    missed: 0,
    feeds: 0,
    signals: 0,
  },
  ...over,
});

describe('outages', () => {
  it('are one row from their start to their end', async () => {
    const store = createOutageStore(temp.database);
    await store.put([outage(), outage({ chatKey: 'telegram:2' })]);
    expect(await store.open()).toHaveLength(2);
    await store.put([outage({ endedAt: 400, fired: 2, missed: 1, alerts: 5 })]);
    expect(await store.open()).toEqual([outage({ chatKey: 'telegram:2' })]);
    expect(await store.last('telegram:1', 5)).toEqual([outage({ endedAt: 400, fired: 2, missed: 1, alerts: 5 })]);
  });

  it('of the program are those of every chat, the newest first', async () => {
    const store = createOutageStore(temp.database);
    const stop = outage({ chatKey: '', cause: 'program', alerts: 0, startedAt: 500, endedAt: 900 });
    await store.put([outage({ endedAt: 400 }), stop]);
    expect((await store.last('telegram:1', 2)).map(({ startedAt }) => startedAt)).toEqual([500, 100]);
    expect(await store.last('telegram:9', 2)).toEqual([stop]);
    expect(await store.open()).toEqual([]);
  });

  it('are stored with the message that tells of them, or not at all, and go with their chat', async () => {
    const firings = createFiringStore(temp.database);
    const outbox = createOutboxStore(temp.database);
    const chatKeys = Array.from({ length: 1_200 }, (_, i) => `telegram:${i}`);
    const base = { kind: 'notice', payload: null, priority: 10, dueAt: 1, createdAt: 1 };
    await firings.commit({
      ...{ firings: [], states: [] },
      deliveries: chatKeys.map((chatKey) => ({ ...base, chatKey, dedupeKey: `outage>${chatKey}` })),
      outages: chatKeys.map((chatKey) => outage({ chatKey })),
    });
    const store = createOutageStore(temp.database);
    expect(await store.open()).toHaveLength(1_200);
    expect((await outbox.counts()).pending).toBe(1_200);
    await createChatStore(temp.database).move('telegram:7', 'telegram:-7');
    expect(await store.last('telegram:-7', 1)).toHaveLength(1);
  });

  it('are dropped when they are old, but not while they last', async () => {
    const store = createOutageStore(temp.database);
    await store.put([outage(), outage({ startedAt: 200, endedAt: 300 }), outage({ startedAt: 400, endedAt: 5_000 })]);
    expect(await store.prune(1_000, 10)).toBe(1);
    expect((await store.last('telegram:1', 9)).map(({ startedAt }) => startedAt)).toEqual([400, 100]);
  });
});

describe('a delivery that waits', () => {
  it('is brought forward with all of its kind, and keeps what was tried waiting', async () => {
    const outbox = createOutboxStore(temp.database);
    const base = { chatKey: 'telegram:1', payload: null, priority: 10, dueAt: 9_000, createdAt: 1 };
    await outbox.enqueue([
      { ...base, kind: 'missed', dedupeKey: 'a' },
      { ...base, kind: 'missed', dedupeKey: 'b' },
      { ...base, kind: 'alert', dedupeKey: 'c' },
    ]);
    await outbox.bringForward('missed', 2_000);
    const [first, ...others] = await outbox.claimDue(2_000, 9, []);
    expect([first.dedupeKey, others.length]).toEqual(['a', 0]);
    expect((await outbox.peekWith(first, 2_000, 9)).free.map(({ dedupeKey }) => dedupeKey)).toEqual(['b']);
    await outbox.retryAt('1', 7_000, 'away');
    await outbox.bringForward('missed', 3_000);
    expect(await outbox.nextDueAt(3_000)).toBe(7_000);
  });
});
