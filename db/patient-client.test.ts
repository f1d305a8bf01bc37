import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@libsql/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdLock } from '../test/doubles/lock-holder.ts';
import { createMetaStore } from './meta.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';

let temp: TempDatabase;
let now = 1_700_000_000_000;
beforeEach(async () => {
  temp = await createTempDatabase(() => now);
});
afterEach(() => temp.drop());

/** What another program reads. */
async function seenByOthers(): Promise<Record<string, string>> {
  const other = createClient({ url: temp.url });
  const { rows } = await other.execute("SELECT key, value FROM meta WHERE key LIKE 'test%'");
  other.close();
  return Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)]));
}

/** How often a timer of 10 ms came to its turn while `work` ran. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  const timer = setInterval(() => turns++, 10);
  await work();
  clearInterval(timer);
  return turns;
}

describe('a lock of another process', { timeout: 60_000 }, () => {
  it('is waited for without holding up the thread, and what is written then is there for everybody', async () => {
    const meta = createMetaStore(temp.database);
    await meta.set('test-before', '1');
    const holder = await holdLock(temp.url);
    const wait = Promise.all([meta.set('test-1', 'a'), meta.set('test-2', 'b')]);
    const turns = await turnsDuring(async () => {
      await pause(500);
      await holder.release();
      await wait;
    });
    // Of about 50; where the connection itself waits, as it did for 250 ms at a time, it is two or three.
    expect(turns).toBeGreaterThan(10);
    expect(temp.database.fault()).toBeUndefined();
    expect(await seenByOthers()).toEqual({ 'test-before': '1', 'test-1': 'a', 'test-2': 'b' });
  });

  it('keeps nobody from reading', async () => {
    const meta = createMetaStore(temp.database);
    await meta.set('test', '1');
    const holder = await holdLock(temp.url);
    const wait = meta.set('test', '2');
    expect(await meta.get('test')).toBe('1');
    await holder.release();
    await wait;
    expect(await meta.get('test')).toBe('2');
  });

  it('has writes done in the order in which they were asked for', async () => {
    const meta = createMetaStore(temp.database);
    const holder = await holdLock(temp.url);
    const waits = Array.from({ length: 20 }, (_, i) => meta.set('test', String(i)));
    await pause(100);
    await holder.release();
    await Promise.all(waits);
    expect(await seenByOthers()).toEqual({ test: '19' });
  });

  it('that is held on is a fault, from then until a write works again; a kill of the holder is enough', async () => {
    const meta = createMetaStore(temp.database);
    const holder = await holdLock(temp.url);
    await expect(meta.set('test', '1')).rejects.toMatchObject({ name: 'TransportError', reason: 'storage' });
    expect(temp.database.fault()).toEqual({ since: now, reason: 'another process holds its lock' });
    now += 5_000;
    await temp.database.probe();
    expect(temp.database.fault()?.since).toBe(now - 5_000);
    await holder.kill();
    await temp.database.probe();
    expect(temp.database.fault()).toBeUndefined();
    await meta.set('test', '2');
    expect(await seenByOthers()).toEqual({ test: '2' });
  });
});

it('thousands of calls at once leave the thread to others between them', async () => {
  await temp.database.client.execute("INSERT INTO meta (key, value) VALUES ('large', hex(zeroblob(500000)))");
  let turns = 0;
  let next = setImmediate(function turn() {
    turns++;
    next = setImmediate(turn);
  });
  // Each takes a ms or so: without a breath between them all of it is one turn. Asking takes no time at all.
  const sql = "SELECT value FROM meta WHERE key = 'large'";
  await Promise.all(Array.from({ length: 300 }, () => temp.database.client.execute(sql)));
  clearImmediate(next);
  expect(turns).toBeGreaterThan(5);
});

describe('a database that may not grow', () => {
  const LARGE = { sql: "INSERT INTO meta (key, value) VALUES ('test', hex(zeroblob(200000)))", args: [] };

  it('is at fault until what failed works again, though smaller writes work', async () => {
    const { client } = temp.database;
    await client.execute('PRAGMA max_page_count = 60');
    await expect(client.execute(LARGE)).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    await createMetaStore(temp.database).set('small', '1');
    await temp.database.probe();
    expect(temp.database.fault()).toEqual({ since: now, reason: 'the disk is full' });
    await client.execute('PRAGMA max_page_count = 100000');
    await client.execute(LARGE);
    expect(temp.database.fault()).toBeUndefined();
  });

  it('is well again where what failed is not tried any more', async () => {
    await temp.database.client.execute('PRAGMA max_page_count = 60');
    await expect(temp.database.client.execute(LARGE)).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    now += 15_000;
    expect(temp.database.fault()).toBeDefined();
    now += 1;
    expect(temp.database.fault()).toBeUndefined();
  });
});
