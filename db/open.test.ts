import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@libsql/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../engine/errors.ts';
import { databaseFile } from './faults.ts';
import { createMetaStore } from './meta.ts';
import { type Database, openDatabase } from './open.ts';
import { quietLog } from './temp-database.ts';

const OWN = fileURLToPath(new URL('./migrations', import.meta.url));
const now = () => 1_700_000_000_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-open-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (url: string, migrations?: string): Promise<Database> =>
  openDatabase({ url, log: quietLog, now, ...(migrations === undefined ? {} : { migrations }) });

/** The program's migrations and one more, as a later version has them. */
async function laterMigrations(sql: string): Promise<string> {
  const later = join(folder, 'later');
  await cp(OWN, later, { recursive: true });
  const file = join(later, 'meta/_journal.json');
  const journal = JSON.parse(await readFile(file, 'utf8'));
  const newest = journal.entries.at(-1);
  journal.entries.push({ ...newest, idx: newest.idx + 1, when: newest.when + 1000, tag: '9999_later' });
  await writeFile(file, JSON.stringify(journal));
  await writeFile(join(later, '9999_later.sql'), sql);
  return later;
}

async function refusal(work: Promise<unknown>): Promise<ConfigError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return error as ConfigError;
}

describe('openDatabase', () => {
  it('makes the folder and a file that the next start finds again', async () => {
    const url = `file:${join(folder, 'deep/er/bot.db')}`;
    const first = await open(url);
    await createMetaStore(first).set('secret', 'kept');
    await first.close();
    expect(await readdir(join(folder, 'deep/er'))).not.toContain('bot.db.before-0000_first');
    const second = await open(url);
    expect(await createMetaStore(second).get('secret')).toBe('kept');
    await second.close();
  });

  it('writes ahead, in full, with foreign keys and a short wait for locks', async () => {
    const database = await open(`file:${join(folder, 'bot.db')}`);
    const pragma = async (name: string) => Object.values((await database.client.execute(`PRAGMA ${name}`)).rows[0])[0];
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('busy_timeout')).toBeLessThanOrEqual(500);
    await database.close();
  });

  it('uses one connection, however many calls are made at once', async () => {
    const database = await open(`file:${join(folder, 'bot.db')}`);
    await database.client.execute('CREATE TEMP TABLE mine (n)');
    const calls = Array.from({ length: 30 }, () => database.client.execute('SELECT count(*) AS n FROM mine'));
    expect((await Promise.all(calls)).map((result) => result.rows[0].n)).toEqual(Array(30).fill(0));
    await database.close();
  });

  it('works in memory', async () => {
    const database = await open(':memory:');
    const store = createMetaStore(database);
    await Promise.all([store.set('a', '1'), store.set('b', '2')]);
    expect([await store.get('a'), await store.get('b')]).toEqual(['1', '2']);
    await database.close();
  });

  it('leaves one file behind when it is closed', async () => {
    const database = await open(`file:${join(folder, 'bot.db')}`);
    await createMetaStore(database).set('a', '1');
    await database.close();
    const copy = join(folder, 'moved.db');
    await cp(join(folder, 'bot.db'), copy);
    const moved = await open(`file:${copy}`);
    expect(await createMetaStore(moved).get('a')).toBe('1');
    await moved.close();
  });

  it('copies a file before it migrates it, and the copy is what the old version had', async () => {
    const file = join(folder, 'bot.db');
    const old = await open(`file:${file}`);
    await createMetaStore(old).set('a', '1');
    await old.close();
    const later = await laterMigrations(
      "CREATE TABLE extra (a);\n--> statement-breakpoint\nUPDATE meta SET value = '2';",
    );
    const migrated = await open(`file:${file}`, later);
    expect(await createMetaStore(migrated).get('a')).toBe('2');
    await migrated.close();
    const copy = await open(`file:${file}.before-9999_later`);
    expect(await createMetaStore(copy).get('a')).toBe('1');
    const tables = await copy.client.execute("SELECT name FROM sqlite_master WHERE name = 'extra'");
    expect(tables.rows).toHaveLength(0);
    await copy.close();
  });

  it('changes nothing where a migration fails, and names the copy', async () => {
    const file = join(folder, 'bot.db');
    await (await open(`file:${file}`)).close();
    const later = await laterMigrations(
      'CREATE TABLE extra (a);\n--> statement-breakpoint\nINSERT INTO nowhere VALUES (1);',
    );
    const error = await refusal(open(`file:${file}`, later));
    expect(error.message).toContain(`${file}.before-9999_later`);
    const old = await open(`file:${file}`);
    const tables = await old.client.execute("SELECT name FROM sqlite_master WHERE name = 'extra'");
    expect(tables.rows).toHaveLength(0);
    await old.close();
  });

  it('refuses a schema that a later version wrote', async () => {
    const file = join(folder, 'bot.db');
    await (await open(`file:${file}`, await laterMigrations('CREATE TABLE extra (a);'))).close();
    const error = await refusal(open(`file:${file}`));
    expect(error.message).toMatch(/DATABASE_URL.*newer version/);
  });

  it('refuses the database of another program', async () => {
    const file = join(folder, 'other.db');
    const other = createClient({ url: `file:${file}` });
    await other.execute('CREATE TABLE users (name)');
    other.close();
    expect((await refusal(open(`file:${file}`))).message).toMatch(/DATABASE_URL.*another program/);
  });

  it('says in one line that a file is no database', async () => {
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'these are notes and no database at all. '.repeat(100));
    const { message } = await refusal(open(`file:${file}`));
    expect(message).toMatch(/^DATABASE_URL: .*notes\.txt is no database.*$/);
  });

  it('says in one line that a folder cannot be used', async () => {
    await writeFile(join(folder, 'taken'), 'a file');
    const { message } = await refusal(open(`file:${join(folder, 'taken/sub/bot.db')}`));
    expect(message).toMatch(/^DATABASE_URL: [^\n]*taken\/sub\/bot\.db[^\n]*$/);
    expect((await refusal(open(`file:${folder}`))).message).toMatch(/^DATABASE_URL: /);
    expect((await refusal(open('file:/proc/bellwether/bot.db'))).message).toMatch(/^DATABASE_URL: /);
  });

  it('refuses a URL that leads to no database', async () => {
    for (const url of ['nonsense', 'ftp://a.example', 'file:', 'http://127.0.0.1:1']) {
      expect((await refusal(open(url))).message).toMatch(/^DATABASE_URL: [^\n]+$/);
    }
  });
});

describe('databaseFile', () => {
  it('reads the path of a file URL', () => {
    expect(databaseFile('file:data/bot.db')).toBe(resolve('data/bot.db'));
    expect(databaseFile('file:/a/b.db')).toBe('/a/b.db');
    expect(databaseFile('file:///a/b.db')).toBe('/a/b.db');
    expect(databaseFile('file://localhost/a/b%20c.db?x=1')).toBe('/a/b c.db');
  });

  it('knows that memory and servers are no files', () => {
    for (const url of [':memory:', 'file::memory:', 'libsql://a.example', 'http://127.0.0.1:8080']) {
      expect(databaseFile(url)).toBeUndefined();
    }
  });
});
