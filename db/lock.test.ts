import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../engine/errors.ts';
import { lockDatabase } from './lock.ts';

const MODULE = fileURLToPath(new URL('./lock.ts', import.meta.url));

let folder: string;
let url: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-lock-'));
  url = `file:${join(folder, 'bot.db')}`;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
}

/** A process of its own that holds the lock until it is killed. */
async function holder() {
  const code = `import { lockDatabase } from ${JSON.stringify(MODULE)};
    const lock = await lockDatabase(${JSON.stringify(url)});
    process.stdout.write('held');
    setInterval(() => lock, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code]);
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error(errors)));
  });
  return {
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('lockDatabase', () => {
  it('refuses a second holder in one line that names the first, until it lets go', async () => {
    const first = await lockDatabase(url);
    const line = await refusal(lockDatabase(url));
    expect(line).toMatch(/^DATABASE_URL: .*bot\.db is in use by another Bellwether \(process \d+\)[^\n]*$/);
    expect(line).toContain(`process ${process.pid})`);
    await first.release();
    await (await lockDatabase(url)).release();
  });

  it('refuses while another process holds it, and is free at once when that was killed', {
    timeout: 30_000,
  }, async () => {
    const other = await holder();
    expect(await refusal(lockDatabase(url))).toContain(`(process ${other.pid})`);
    await other.kill();
    await (await lockDatabase(url)).release();
  });

  it('gives it to one of many that start at once', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockDatabase(url)));
    const held = tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(held).toHaveLength(1);
    expect(await refusal(lockDatabase(url))).toMatch(/in use/);
    await held[0].release();
    await (await lockDatabase(url)).release();
  });

  it('is one lock by all names of a file, be it there yet or not', async () => {
    await mkdir(join(folder, 'deep'));
    await symlink('deep', join(folder, 'link'));
    await symlink('link/real.db', join(folder, 'bot.db'));
    const names = ['bot.db', 'link/real.db', 'deep/real.db'].map((name) => `file:${join(folder, name)}`);
    for (const isThere of [false, true]) {
      if (isThere) await writeFile(join(folder, 'deep/real.db'), '');
      for (const [i, name] of names.entries()) {
        const held = await lockDatabase(name);
        expect(await refusal(lockDatabase(names[(i + 1) % names.length]))).toMatch(/in use by another Bellwether/);
        await held.release();
      }
    }
    expect(await readdir(folder)).toEqual(['bot.db', 'deep', 'link']);
  });

  it('names the machine of a holder elsewhere, and nobody where the holder has not said who it is', async () => {
    const held = await lockDatabase(url);
    await writeFile(join(folder, 'bot.db.pid'), `${process.pid} otherbox\n`);
    expect(await refusal(lockDatabase(url))).toContain(`(process ${process.pid} on otherbox)`);
    await writeFile(join(folder, 'bot.db.pid'), '');
    expect(await refusal(lockDatabase(url))).toContain('(one that is just starting)');
    await held.release();
  });

  it('does not care for a name that a kill or a power cut left behind, be it our own number', async () => {
    await writeFile(join(folder, 'bot.db.lock'), '');
    await writeFile(join(folder, 'bot.db.pid'), `${process.pid} ${hostname()}\n`);
    await (await lockDatabase(url)).release();
  });

  it('leaves one empty file behind', async () => {
    const held = await lockDatabase(url);
    expect((await readdir(folder)).sort()).toEqual(['bot.db.lock', 'bot.db.pid']);
    expect(await readFile(join(folder, 'bot.db.pid'), 'utf8')).toBe(`${process.pid} ${hostname()}\n`);
    await held.release();
    expect(await readdir(folder)).toEqual(['bot.db.lock']);
    expect((await stat(join(folder, 'bot.db.lock'))).size).toBe(0);
  });

  it('leaves servers and memory alone', async () => {
    for (const other of [':memory:', 'http://127.0.0.1:1']) {
      await lockDatabase(other);
      await (await lockDatabase(other)).release();
    }
  });

  it('says in one line where nothing can be written', async () => {
    await writeFile(join(folder, 'taken'), 'a file');
    const line = await refusal(lockDatabase(`file:${join(folder, 'taken/sub/bot.db')}`));
    expect(line).toMatch(/^DATABASE_URL: the folder of .*taken\/sub\/bot\.db cannot be made[^\n]*$/);
  });
});
