import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createClient } from '@libsql/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type From, runToEnd, startProgram, temporaryFolder } from './program.ts';

/** What a refused start says: one line on standard error and nothing anywhere else. */
async function refusal(env: Readonly<Record<string, string>>, from?: From): Promise<string> {
  const { code, stdout, stderr } = await runToEnd({ ...env, LOG_LEVEL: 'warn' }, from);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^bellwether: [^\n]+\n$/);
  return stderr;
}

/** Writes over the first page of a table. */
async function damage(path: string, table: string): Promise<void> {
  const client = createClient({ url: `file:${path}` });
  const size = Number((await client.execute('PRAGMA page_size')).rows[0].page_size);
  const { rows } = await client.execute(`SELECT rootpage FROM sqlite_master WHERE name = '${table}'`);
  client.close();
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(size, 0xa5), 0, size, (Number(rows[0].rootpage) - 1) * size);
  await file.close();
}

describe('a start that cannot be', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await temporaryFolder();
    path = `${folder.path}/bot.db`;
    env = { DATABASE_URL: `file:${path}` };
  });
  afterEach(() => folder.drop());

  it.each([
    [{ FEEDS: 'foo' }, /FEEDS.*foo.*sim, binance, .*tape:<file>/],
    [{ FEEDS: 'sim,sim' }, /FEEDS.*once.*sim,sim/],
    [{ RECORD: '/proc/bellwether/tape' }, /RECORD: the folder \/proc\/bellwether\/tape cannot be made/],
    [{ RECORD: '/dev/null' }, /RECORD: \/dev\/null is a file/],
    [{ BACKUP_FOLDER: '/proc/bellwether' }, /BACKUP_FOLDER: the folder \/proc\/bellwether cannot be made/],
    [{ BACKUP_FOLDER: '/dev/null' }, /BACKUP_FOLDER: \/dev\/null is a file, and must be a folder/],
  ])('because of its settings leaves no database behind: %j', async (wrong, wanted) => {
    expect(await refusal({ ...env, ...wrong })).toMatch(wanted);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('because the port is taken says so, and leaves no database behind', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(await refusal({ ...env, HTTP_PORT: String(port) })).toContain(
      `HTTP_PORT: port ${port} on 127.0.0.1 is in use`,
    );
    expect(await readdir(folder.path)).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('because another one uses the database names that one, which goes on; after a kill the next one starts at once', async () => {
    const first = await startProgram(env, 'sources');
    const pid = /^\d+/.exec(await readFile(`${path}.pid`, 'utf8'))?.[0];
    expect(await refusal(env, 'sources')).toContain(`${path} is in use by another Bellwether (process ${pid})`);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    await first.end('SIGKILL');
    const second = await startProgram(env, 'sources');
    expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
    expect(await second.end('SIGTERM')).toBe(0);
  });

  it('because the file is none, or damaged at its beginning or later on, names the file and what to do', async () => {
    await writeFile(path, 'this is a letter, and a rather long one, but no database at all'.repeat(100));
    expect(await refusal(env)).toMatch(/DATABASE_URL: \S+bot\.db is no database.*move it away/);
    const other = `${folder.path}/other.db`;
    const program = await startProgram({ DATABASE_URL: `file:${other}` });
    await program.end('SIGTERM');
    await damage(other, 'rules');
    expect(await refusal({ DATABASE_URL: `file:${other}` })).toMatch(
      /DATABASE_URL: \S+other\.db .*damaged.*move it away/,
    );
  });

  it('because nothing can be made where the database should be names the place', async () => {
    const line = await refusal({ DATABASE_URL: 'file:/proc/bellwether/bot.db' });
    expect(line).toMatch(/DATABASE_URL: \/proc\/bellwether\/bot\.db cannot be/);
  });
});

describe('settings that are nearly right', { timeout: 60_000 }, () => {
  it('are told at the start and by SIGHUP, and a wrong one changes nothing', async () => {
    const folder = await temporaryFolder();
    const path = `${folder.path}/settings.env`;
    await writeFile(path, 'SYMBOL=btcusdt\nnonsense line\nADMINS=telegram:1\n');
    const program = await startProgram({ DATABASE_URL: `file:${folder.path}/bot.db`, ENV_FILE: path });
    const slip = 'SYMBOL is not a setting; did you mean SYMBOLS?';
    const stray = `${path}, line 2 is not NAME=value and counts for nothing`;
    const told = () => program.log.filter(({ level }) => Number(level) >= 40).map(({ reason, msg }) => reason ?? msg);
    expect(told()).toEqual([stray, slip]);

    program.signal('SIGHUP');
    await vi.waitFor(() => expect(told()).toEqual([stray, slip, stray, slip]), 10_000);
    await writeFile(path, `BACKUP_FOLDER=${path}\n`);
    program.signal('SIGHUP');
    const refused = `BACKUP_FOLDER: ${path} is a file, and must be a folder`;
    await vi.waitFor(() => expect(told().slice(4)).toEqual([refused]), 10_000);
    expect(await program.end('SIGTERM')).toBe(0);
    // The charts may still have been warming up.
    expect(told()).toHaveLength(5);
    await folder.drop();
  });
});
