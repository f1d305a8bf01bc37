import { copyFile, link, mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../engine/errors.ts';
import { journalPath } from './journal.ts';
import { lockDatabase } from './lock.ts';
import { createMetaStore } from './meta.ts';
import { openDatabase } from './open.ts';
import { restoreSnapshot } from './restore.ts';
import { writeSnapshot } from './snapshot.ts';
import { dropOldSnapshots, snapshotFolder, snapshotName } from './snapshots.ts';
import { createTempDatabase, quietLog, type TempDatabase } from './temp-database.ts';

const NOW = Date.UTC(2026, 2, 2, 3, 40);

let temp: TempDatabase;
let file: string;
let target: string;
beforeEach(async () => {
  temp = await createTempDatabase();
  file = join(temp.folder, 'test.db');
  target = join(temp.folder, 'deep/copy.db');
});
afterEach(() => temp.drop());

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as Error).message).not.toContain('\n');
  return (error as Error).message;
}

async function valueIn(path: string): Promise<string | undefined> {
  const database = await openDatabase({ url: `file:${path}`, log: quietLog, now: () => NOW });
  const value = await createMetaStore(database).get('test');
  await database.close();
  return value;
}

const set = (value: string) => createMetaStore(temp.database).set('test', value);

describe('a snapshot', () => {
  it('is the database at one moment, while it is in use, for its owner’s eyes alone', async () => {
    await set('1');
    await writeSnapshot(file, target);
    await set('2');
    expect(await valueIn(target)).toBe('1');
    expect((await stat(target)).mode & 0o077).toBe(0);
    expect((await readdir(join(temp.folder, 'deep'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('replaces an older one only when it is whole', async () => {
    await set('1');
    await writeSnapshot(file, target);
    await temp.database.close();
    await truncate(file, 8_192);
    expect(await refusal(writeSnapshot(file, target))).toMatch(/^no snapshot was made: .*test\.db is no database/);
    expect(await valueIn(target)).toBe('1');
  });

  it('takes the place of an older one alone, and never of the database or what belongs to it', async () => {
    await set('1');
    const inside = (name: string) => join(temp.folder, name);
    await symlink('test.db', inside('link.db'));
    await link(file, inside('hard.db'));
    await symlink('.', inside('round'));
    await writeFile(inside('letter.txt'), 'a letter');
    await writeFile(inside('empty.txt'), '');
    await writeFile(inside('other.db'), '');
    await writeFile(inside('other.db.lock'), '');
    const foreign = createClient({ url: `file:${inside('foreign.db')}` });
    await foreign.execute('CREATE TABLE t (a)');
    foreign.close();
    const cases: readonly (readonly [string, RegExp])[] = [
      ...['test.db', 'link.db', 'hard.db', 'round/test.db', 'deep/../test.db'].map(
        (name) => [name, /test\.db is the database itself|(link|hard)\.db is the database itself/] as const,
      ),
      ...['-wal', '-shm', '-journal', '.journal', '.lock', '.pid'].map(
        (part) => [`test.db${part}`, /belongs to the database .*test\.db: name another file/] as const,
      ),
      ['other.db', /other\.db is the database of a Bellwether/],
      ['letter.txt', /letter\.txt is there already and is no snapshot of ours/],
      ['empty.txt', /is no snapshot of ours/],
      ['foreign.db', /is no snapshot of ours/],
      ['round', /round is a folder: name a file in it/],
    ];
    const before = await readdir(temp.folder);
    for (const [name, wanted] of cases) expect(await refusal(writeSnapshot(file, inside(name)))).toMatch(wanted);
    expect(await readdir(temp.folder)).toEqual(before);
    expect(await readFile(inside('letter.txt'), 'utf8')).toBe('a letter');
    expect(await createMetaStore(temp.database).get('test')).toBe('1');
  });

  it('does not write over a database whose name is that of a half snapshot', async () => {
    const half = join(temp.folder, 'copy.part');
    await writeSnapshot(file, half);
    expect(await refusal(writeSnapshot(half, join(temp.folder, 'copy')))).toMatch(/copy\.part is the database itself/);
  });

  it('is not made of what is not there', async () => {
    const missing = join(temp.folder, 'missing.db');
    expect(await refusal(writeSnapshot(missing, target))).toMatch(/missing\.db is not there/);
    expect(await readdir(temp.folder)).not.toContain('missing.db');
  });
});

describe('snapshots of many nights', () => {
  it('are named by their time, and the newest stay; what else lies there is left alone', async () => {
    const folder = snapshotFolder(file, undefined);
    expect(folder).toBe(join(temp.folder, 'backups'));
    await mkdir(folder);
    const names = [3, 1, 4, 0, 2].map((day) => snapshotName(file, NOW + day * 86_400_000));
    for (const name of [...names, 'test-notes.txt', 'test-2026.db', 'other-2026-03-02T03-40-00.db']) {
      await writeFile(join(folder, name), '');
    }
    expect(await dropOldSnapshots(file, folder, 3)).toEqual([
      'test-2026-03-02T03-40-00.db',
      'test-2026-03-03T03-40-00.db',
    ]);
    expect((await readdir(folder)).sort()).toEqual([
      'other-2026-03-02T03-40-00.db',
      'test-2026-03-04T03-40-00.db',
      'test-2026-03-05T03-40-00.db',
      'test-2026-03-06T03-40-00.db',
      'test-2026.db',
      'test-notes.txt',
    ]);
    expect(await dropOldSnapshots(file, folder, 3)).toEqual([]);
  });
});

describe('a restore', () => {
  const restore = () => restoreSnapshot(temp.url, target, NOW);

  async function madeAndChanged(): Promise<void> {
    await set('1');
    await writeSnapshot(file, target);
    await set('2');
  }

  it('puts a snapshot in the place of a database, and keeps what was there with all that belongs to it', async () => {
    await madeAndChanged();
    // As a kill leaves it: what was written last is in the file beside it.
    const killed = join(temp.folder, 'killed.db');
    for (const beside of ['', '-wal']) await copyFile(`${file}${beside}`, `${killed}${beside}`);
    await writeFile(journalPath(`file:${killed}`)!, 'kept');
    const { aside } = await restoreSnapshot(`file:${killed}`, target, NOW);
    expect(aside).toBe(`${killed}.replaced-2026-03-02T03-40-00`);
    expect(await valueIn(killed)).toBe('1');
    expect(await valueIn(aside!)).toBe('2');
    expect(await readFile(`${aside}.journal`, 'utf8')).toBe('kept');
    expect(await valueIn(target)).toBe('1');
  });

  it('makes a database where there is none', async () => {
    await madeAndChanged();
    const empty = join(temp.folder, 'new/place.db');
    expect(await restoreSnapshot(`file:${empty}`, target, NOW)).toEqual({ file: empty, aside: undefined });
    expect(await valueIn(empty)).toBe('1');
  });

  it('takes a copy of a running database with what lies beside it', async () => {
    await set('1');
    const copy = join(temp.folder, 'raw.db');
    for (const beside of ['', '-wal']) await copyFile(`${file}${beside}`, `${copy}${beside}`);
    const place = join(temp.folder, 'place.db');
    await restoreSnapshot(`file:${place}`, copy, NOW);
    expect(await valueIn(place)).toBe('1');
  });

  it('replaces what a link leads to, with what lies beside it there', async () => {
    await madeAndChanged();
    await mkdir(join(temp.folder, 'real'));
    const real = join(temp.folder, 'real/bot.db');
    await writeSnapshot(file, real);
    await symlink('real/bot.db', join(temp.folder, 'named.db'));
    const { aside } = await restoreSnapshot(`file:${join(temp.folder, 'named.db')}`, target, NOW);
    expect(aside).toBe(`${real}.replaced-2026-03-02T03-40-00`);
    expect([await valueIn(real), await valueIn(aside!)]).toEqual(['1', '2']);
  });

  it('is refused of the database itself, of what a restore has left, and where it was just done', async () => {
    await madeAndChanged();
    await symlink('test.db', join(temp.folder, 'link.db'));
    expect(await refusal(restoreSnapshot(temp.url, join(temp.folder, 'link.db'), NOW))).toMatch(/the database itself/);
    const left = join(temp.folder, 'other.db.restoring');
    await copyFile(target, left);
    const other = `file:${join(temp.folder, 'other.db')}`;
    expect(await refusal(restoreSnapshot(other, left, NOW))).toMatch(/what a restore has left that was cut off/);
    expect(await valueIn(left)).toBe('1');
    await restoreSnapshot(other, target, NOW);
    await restoreSnapshot(other, target, NOW);
    expect(await refusal(restoreSnapshot(other, target, NOW))).toMatch(/replaced-.* is there already/);
  });

  it('is refused while the program runs, and changes nothing', async () => {
    await madeAndChanged();
    const lock = await lockDatabase(temp.url);
    expect(await refusal(restore())).toMatch(/in use by another Bellwether \(process \d+\)/);
    await lock.release();
    expect(await createMetaStore(temp.database).get('test')).toBe('2');
  });

  it('is refused where the snapshot is damaged, another program’s, newer, empty or missing, and leaves nothing behind', async () => {
    await madeAndChanged();
    const before = await readdir(temp.folder);
    const whole = await readFile(target);
    const middle = Math.floor(whole.length / 2 / 4096) * 4096;
    for (const [content, wanted] of [
      [
        Buffer.from('a letter, and no database at all'.repeat(200)),
        /^nothing was restored: .*copy\.db is damaged, or no database: take another one$/,
      ],
      [
        Buffer.concat([whole.subarray(0, middle), Buffer.alloc(4096, 0xa5), whole.subarray(middle + 4096)]),
        /copy\.db is damaged/,
      ],
      [Buffer.alloc(0), /copy\.db is empty/],
    ] as const) {
      await writeFile(target, content);
      expect(await refusal(restore())).toMatch(wanted);
    }
    expect(await refusal(restoreSnapshot(temp.url, join(temp.folder, 'nowhere'), NOW))).toMatch(/nowhere is not there/);
    expect((await readdir(temp.folder)).filter((name) => name !== 'test.db.lock')).toEqual(before);
    expect(await createMetaStore(temp.database).get('test')).toBe('2');
  });
});
