import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewDelivery } from './delivery-rows.ts';
import { createOutboxStore, type OutboxStore } from './outbox.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

let temp: TempDatabase;
let outbox: OutboxStore;
beforeEach(async () => {
  temp = await createTempDatabase();
  outbox = createOutboxStore(temp.database);
});
afterEach(() => temp.drop());

const owed = (dedupeKey: string, chatKey: string, dueAt = 0): NewDelivery => {
  return { dedupeKey, chatKey, kind: 'alert', payload: { text: dedupeKey }, priority: 1, dueAt, createdAt: dueAt };
};

describe('the outbox', () => {
  it('gives a claimed row as it was owed', async () => {
    await outbox.enqueue([{ ...owed('a', 'discord:9223372036854775807/5'), firingId: '1.1', payload: [1, null, 'ü'] }]);
    expect(await outbox.claimDue(10, 5, [])).toEqual([
      {
        id: '1',
        dedupeKey: 'a',
        chatKey: 'discord:9223372036854775807/5',
        firingId: '1.1',
        kind: 'alert',
        payload: [1, null, 'ü'],
        priority: 1,
        dueAt: 0,
        attempts: 1,
        createdAt: 0,
      },
    ]);
  });

  it('knows of a later change of a message, whichever of what it tells that is of', async () => {
    const of = (key: string, firingId: string, kind: string) => ({ ...owed(key, 'telegram:1'), firingId, kind });
    const signals = ['1.1', '1.2', '2.1'].map((id) => of(`s ${id}`, id, 'signal'));
    await outbox.enqueue([...signals, of('m 1.1', '1.1', 'moved'), of('m 1.2', '1.2', 'moved'), of('x', '1.1', 'x')]);
    await outbox.claimDue(0, 1, []);
    await outbox.carry('1', ['2'], 0);
    const later = (after: string) => outbox.isOwedLater('1', 'moved', after);
    expect([await later('4'), await later('5'), await outbox.isOwedLater('3', 'moved', '0')]).toEqual([
      true,
      false,
      false,
    ]);
    await outbox.markExpired('5', 'done', 1);
    expect(await later('4')).toBe(false);
  });

  it('finds a chat behind thousands of rows of another one', async () => {
    const flood = Array.from({ length: 3000 }, (_, i) => owed(`f${i}`, 'telegram:1'));
    await outbox.enqueue([...flood, owed('late', 'telegram:2', 5)]);
    const rows = await outbox.claimDue(10, 16, []);
    expect(rows.map((row) => row.dedupeKey)).toEqual(['f0', 'late']);
  });

  it('keeps the place of a row that is tried again', async () => {
    await outbox.enqueue([owed('first', 'telegram:1', 0), owed('second', 'telegram:1', 1)]);
    const [first] = await outbox.claimDue(5, 1, []);
    await outbox.retryAt(first.id, 20, 'busy');
    await outbox.deferChat('telegram:1', 20);
    expect(await outbox.claimDue(19, 5, [])).toEqual([]);
    expect((await outbox.claimDue(20, 5, []))[0].dedupeKey).toBe('first');
  });

  it('counts what has ended since a time, and all that has not', async () => {
    await outbox.enqueue([owed('a', 'telegram:1'), owed('b', 'telegram:2'), owed('c', 'telegram:3')]);
    const [a, b] = await outbox.claimDue(1, 2, []);
    await outbox.markSent(a.id, 'm', 10);
    await outbox.markSent(b.id, 'm', 20);
    const none = { claimed: 0, merged: 0, expired: 0, failed: 0 };
    expect(await outbox.counts(15)).toEqual({ ...none, sent: 1, pending: 1 });
    expect(await outbox.counts()).toEqual({ ...none, sent: 2, pending: 1 });
  });

  it('tells how a row ended', async () => {
    await outbox.enqueue([owed('a', 'telegram:1'), owed('b', 'telegram:2')]);
    await outbox.claimDue(1, 2, []);
    await outbox.markSent('1', 'message 77', 10);
    await outbox.markFailed('2', 'chat not found', 11);
    expect(await outbox.get('1')).toMatchObject({ state: 'sent', messageId: 'message 77', finishedAt: 10 });
    expect(await outbox.get('2')).toMatchObject({ state: 'failed', error: 'chat not found', finishedAt: 11 });
    expect(await outbox.get('3')).toBeUndefined();
  });

  it('forgets what ended long ago, never what is owed', async () => {
    await outbox.enqueue(['a', 'b', 'c', 'd'].map((key) => owed(key, `telegram:${key}`)));
    await outbox.claimDue(1, 3, []);
    for (const [id, at] of [
      ['1', 10],
      ['2', 11],
      ['3', 50],
    ] as const)
      await outbox.markSent(id, 'm', at);
    expect(await outbox.prune(50, 1)).toBe(1);
    expect(await outbox.prune(50, 10)).toBe(1);
    expect(await outbox.counts()).toMatchObject({ sent: 1, pending: 1 });
  });
});
