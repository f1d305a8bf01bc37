import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetaStore } from '../db/meta.ts';
import { openDatabase } from '../db/open.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../db/temp-database.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { nightlySnapshot, type SnapshotOptions } from './nightly-snapshot.ts';

let temp: TempDatabase;
let now = Date.UTC(2026, 2, 2, 3, 40);
let options: SnapshotOptions;
beforeEach(async () => {
  temp = await createTempDatabase();
  const rest = { folder: undefined, keep: 2, clock: { now: () => now }, log: createSilentLog() };
  options = { url: temp.url, ...rest };
});
afterEach(() => temp.drop());

const made = async () => (await readdir(join(temp.folder, 'backups'))).sort();

describe('a nightly snapshot', { timeout: 120_000 }, () => {
  it('leaves the thread alone however large the database is, and is whole', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `('large ${i}', hex(randomblob(500000)))`);
    for (const row of rows) await temp.database.client.execute(`INSERT INTO meta (key, value) VALUES ${row}`);
    let writes = 0;
    const snapshot = nightlySnapshot(options).finally(() => {
      writes = -writes;
    });
    const meta = createMetaStore(temp.database);
    while (writes >= 0) {
      await meta.set('test', String(++writes));
      await new Promise<void>((resolve) => setTimeout(resolve, 5));
    }
    await snapshot;
    // On this thread nothing could be written until it is made.
    expect(-writes).toBeGreaterThan(10);
    const [name] = await made();
    const url = `file:${join(temp.folder, 'backups', name!)}`;
    const copy = await openDatabase({ url, log: quietLog, now: () => now });
    const { rows: found } = await copy.client.execute("SELECT count(*) AS n FROM meta WHERE key LIKE 'large%'");
    await copy.close();
    expect(found[0]!.n).toBe(40);
    expect(temp.database.fault()).toBeUndefined();
  });

  it('takes the place of the oldest, but only when it is there', async () => {
    for (let day = 0; day < 3; day++, now += 86_400_000) await nightlySnapshot(options);
    expect(await made()).toEqual(['test-2026-03-03T03-40-00.db', 'test-2026-03-04T03-40-00.db']);
    await expect(nightlySnapshot({ ...options, url: `file:${temp.folder}/none.db` })).rejects.toThrow(
      /none\.db is not there/,
    );
    expect(await made()).toHaveLength(2);
  });

  it('is not made where none are kept, or where the database is on a server', async () => {
    await nightlySnapshot({ ...options, keep: 0 });
    await nightlySnapshot({ ...options, url: 'libsql://db.example' });
    await expect(made()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
