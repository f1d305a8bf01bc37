import { rm, symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFiringStore, type FiringStore } from '../db/firings.ts';
import { type Journal, journalPath, openJournal } from '../db/journal.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../db/temp-database.ts';
import { TransportError } from '../engine/errors.ts';
import type { Firing } from '../engine/rules/rule.ts';
import { holdLock } from '../test/doubles/lock-holder.ts';
import { createFiringWriter, type FiringWriter } from './firing-writer.ts';
import { takeUpJournal } from './journal.ts';
import { systemClock } from './system-clock.ts';

let temp: TempDatabase;
let store: FiringStore;
let journal: Journal | undefined;
let woken: number;
beforeEach(async () => {
  temp = await createTempDatabase();
  store = createFiringStore(temp.database);
  woken = 0;
});
afterEach(async () => {
  await journal?.close();
  await temp.drop();
});

async function writerOver(limit?: number): Promise<FiringWriter> {
  journal = await openJournal(journalPath(temp.url)!, quietLog, limit);
  return createFiringWriter(store, systemClock, quietLog, () => woken++, journal);
}

function add(writer: FiringWriter, n: number, text = ''): void {
  const firing: Firing = {
    ...{ id: `7.${n}`, ruleId: '7', ts: n, instrument: 'sim:btcusdt', price: n, tradeId: undefined, suppressed: 0 },
    values: [{ series: `close${text}`, value: n, before: 1, threshold: 2 }],
  };
  const owed = { chatKey: 'telegram:1', firingId: firing.id, kind: 'alert', payload: null, priority: 10 };
  writer.add({ firings: [firing], deliveries: [{ ...owed, dedupeKey: firing.id, dueAt: n, createdAt: n }] });
}

const ids = async () => (await store.byRule('7', 1000)).map(({ id }) => id).reverse();
const owed = async () => (await createOutboxStore(temp.database).counts()).pending;
const upTo = (count: number) => Array.from({ length: count }, (_, i) => `7.${i + 1}`);
const recovered = (writer: FiringWriter) => vi.waitFor(() => expect(writer.fault()).toBeUndefined(), 10_000);

describe('while another process holds the lock', { timeout: 60_000 }, () => {
  it('firings are committed to the journal, and are in the database once it lets go', async () => {
    const writer = await writerOver();
    const holder = await holdLock(temp.url);
    for (const n of [1, 2, 3]) {
      add(writer, n);
      await writer.settled();
    }
    expect(writer.fault()?.reason).toBe('another process holds its lock');
    expect([writer.kept(), journal!.waiting(), await writer.tried(), woken]).toEqual([3, 3, true, 0]);
    await expect(writer.stored()).rejects.toBeInstanceOf(TransportError);
    expect(await ids()).toEqual([]);
    await holder.release();
    await recovered(writer);
    expect([await ids(), await owed(), writer.kept(), woken > 0]).toEqual([upTo(3), 3, 0, true]);
    add(writer, 4);
    await writer.stored();
    expect(await ids()).toEqual(upTo(4));
  });

  it('the program may be killed: the next run puts them into the database before it begins', async () => {
    const writer = await writerOver();
    const holder = await holdLock(temp.url);
    for (const n of [1, 2, 3]) add(writer, n);
    await writer.settled();
    // The file as a kill leaves it: nobody has closed or cleared anything.
    const killed = takeUpJournal(temp.url, store, quietLog);
    await expect(killed).rejects.toBeInstanceOf(TransportError);
    await holder.release();
    const next = await takeUpJournal(temp.url, store, quietLog);
    expect([await ids(), await owed()]).toEqual([upTo(3), 3]);
    await next!.close();
    await writer.stop();
    expect([await ids(), await owed()]).toEqual([upTo(3), 3]);
  });
});

describe('while the database cannot grow', () => {
  const grow = (pages: number) => temp.database.client.execute(`PRAGMA max_page_count = ${pages}`);
  /** So much that a few pages do not take it. */
  const LONG = 'x'.repeat(20_000);

  it('firings go into the journal until that is full, then into memory, and all into the database in order', async () => {
    const writer = await writerOver(150_000);
    await grow(60);
    for (let n = 1; n <= 20; n++) {
      add(writer, n, LONG);
      await writer.settled();
    }
    expect(writer.fault()?.reason).toBe('the disk is full');
    expect(journal!.waiting()).toBeGreaterThan(3);
    expect(writer.kept()).toBeGreaterThan(journal!.waiting());
    // What is in memory alone does not outlive the program: bars must not be stored past it.
    expect([await writer.tried(), writer.dropped()]).toEqual([false, 0]);
    await grow(100_000);
    await recovered(writer);
    expect([await ids(), await owed(), await writer.tried()]).toEqual([upTo(20), 20, true]);
  });

  it('what finds no room anywhere is counted, and what comes after the recovery is stored', async () => {
    const writer = await writerOver(20);
    await grow(60);
    const most = 20_000 / 2;
    for (let n = 1; n <= most + 25; n++) add(writer, n, n === 1 ? LONG.repeat(10) : '');
    await writer.settled();
    expect(writer.dropped()).toBeGreaterThanOrEqual(25);
    const lost = writer.dropped();
    await grow(100_000);
    await recovered(writer);
    add(writer, 20_000);
    await writer.stored();
    expect(writer.dropped()).toBe(lost);
    const { rows } = await temp.database.client.execute('SELECT count(*) AS n FROM firings');
    expect(Number(rows[0]!.n) + lost).toBe(most + 25 + 1);
  });
});

it('thousands of firings at once leave the thread to others between their batches', async () => {
  const writer = await writerOver();
  for (let n = 1; n <= 2_000; n++) add(writer, n);
  let turns = 0;
  let next = setImmediate(function turn() {
    turns++;
    next = setImmediate(turn);
  });
  await writer.stored();
  clearImmediate(next);
  // Ten batches.
  expect(turns).toBeGreaterThanOrEqual(9);
});

it('a journal that cannot be made is done without, and a disk that takes nothing of it', async () => {
  const path = journalPath(temp.url)!;
  await rm(path, { force: true });
  await symlink('/dev/full', path);
  expect(await takeUpJournal(temp.url, store, quietLog)).toBeUndefined();
});
