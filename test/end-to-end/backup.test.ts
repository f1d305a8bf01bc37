import { execFile } from 'node:child_process';
import { open, readdir, stat, truncate } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@libsql/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moduleOf, runToEnd, startProgram, temporaryFolder } from './program.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

describe('snapshots of the program’s database', { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file: string;
  let env: Record<string, string>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    file = `${folder.path}/bot.db`;
    env = { DATABASE_URL: `file:${file}` };
  });
  afterEach(() => folder.drop());

  async function printed(command: string, args: readonly string[]): Promise<string> {
    const { PATH = '', HOME = '' } = process.env;
    return (await run(command, args, { cwd: ROOT, env: { PATH, HOME, ...env } })).stdout.trim();
  }

  /** An operator's command. @returns what it printed; rejects with it where it failed */
  const npm = (script: 'backup' | 'restore', ...args: readonly string[]): Promise<string> =>
    printed('npm', ['run', '--silent', script, '--', ...args]);
  /** What that command runs, sooner. */
  const node = (script: 'backup' | 'restore', ...args: readonly string[]): Promise<string> =>
    printed(process.execPath, [...moduleOf(`scripts/${script}`), ...args]);

  async function say(url: string, text: string): Promise<string> {
    const response = await fetch(`${url}/api/console`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    });
    return JSON.stringify(await response.json());
  }

  it('are made while it runs, and put back while it does not', async () => {
    const first = await startProgram(env);
    await say(first.url, '/alert btcusdt > 900k');
    const snapshot = await npm('backup');
    expect(snapshot).toMatch(new RegExp(`^${folder.path}/backups/bot-[\\dT-]+\\.db$`));
    const named = await node('backup', `${folder.path}/mine.db`);
    expect(named).toBe(`${folder.path}/mine.db`);
    await say(first.url, '/alert btcusdt > 950k');
    await expect(node('restore', snapshot)).rejects.toMatchObject({
      stderr: expect.stringMatching(/^bellwether: .*in use by another Bellwether[^\n]*\n$/),
    });
    expect(await say(first.url, '/alerts')).toContain('950,000');
    await first.end('SIGTERM');

    expect(await npm('restore', snapshot)).toMatch(/bot\.db is what .* was; what was there before is at .*\.replaced-/);
    const second = await startProgram(env);
    const alerts = await say(second.url, '/alerts');
    expect(alerts).toContain('900,000');
    expect(alerts).not.toContain('950,000');
    expect(await second.end('SIGTERM')).toBe(0);
  });

  it('are what the refusal of a damaged file speaks of, and they help', async () => {
    const first = await startProgram(env);
    await say(first.url, '/alert btcusdt > 900k');
    const snapshot = await node('backup');
    await first.end('SIGTERM');
    // A page of the deliveries, which nothing reads at the start.
    const client = createClient({ url: env.DATABASE_URL! });
    const { rows } = await client.execute("SELECT rootpage FROM sqlite_master WHERE name = 'deliveries'");
    client.close();
    const bytes = await open(file, 'r+');
    await bytes.write(Buffer.alloc(4_096, 0xa5), 0, 4_096, (Number(rows[0]!.rootpage) - 1) * 4_096);
    await bytes.close();
    const { code, stdout, stderr } = await runToEnd({ ...env, LOG_LEVEL: 'warn' });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^bellwether: DATABASE_URL: \S+bot\.db .*damaged.*npm run restore FILE[^\n]*\n$/);

    await node('restore', snapshot);
    const second = await startProgram(env);
    expect(await say(second.url, '/alerts')).toContain('900,000');
    await second.end('SIGTERM');
  });

  it('are not needed where a power cut has taken the end of what was written ahead', async () => {
    const first = await startProgram(env);
    await say(first.url, '/alert btcusdt > 900k');
    const { size } = await stat(`${file}-wal`);
    for (let i = 0; i < 20; i++) await say(first.url, '/alert btcusdt > 950k');
    await first.end('SIGKILL');
    expect((await stat(`${file}-wal`)).size).toBeGreaterThan(size);
    // In the middle of a frame, behind the first alert.
    await truncate(`${file}-wal`, size + 1_234);
    const second = await startProgram(env);
    expect(await say(second.url, '/alerts')).toContain('900,000');
    expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
    expect(await second.end('SIGTERM')).toBe(0);
    expect((await readdir(folder.path)).filter((name) => name.includes('replaced'))).toEqual([]);
  });
});
