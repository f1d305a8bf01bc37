import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEnvironment, fileFaults } from './environment.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-env-'));
  path = join(folder, '.env');
  await writeFile(path, 'LOG_LEVEL=info\nADMINS=telegram:1\n# SYMBOLS=btcusdt\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('is the environment where no file is named', () => {
  expect(createEnvironment({ LOG_LEVEL: 'warn' })()).toEqual({ LOG_LEVEL: 'warn' });
});

it('has what the file says now, and what the environment says before it', async () => {
  const read = createEnvironment({ ENV_FILE: path, LOG_LEVEL: 'warn' });
  expect(read()).toMatchObject({ LOG_LEVEL: 'warn', ADMINS: 'telegram:1' });
  await writeFile(path, 'LOG_LEVEL=debug\nSYMBOLS=ethusdt\n');
  expect(read()).toEqual({ ENV_FILE: path, LOG_LEVEL: 'warn', SYMBOLS: 'ethusdt' });
});

it('follows the file in what a supervisor or Node had read of it into the environment', async () => {
  const systemd = createEnvironment({ ENV_FILE: path, LOG_LEVEL: 'info', ADMINS: 'telegram:1', SYMBOLS: 'solusdt' });
  const node = createEnvironment({ LOG_LEVEL: 'info', ADMINS: 'telegram:1' }, [
    '--import',
    'tsx',
    `--env-file=${path}`,
  ]);
  await writeFile(path, 'LOG_LEVEL=debug\nSYMBOLS=ethusdt\n');
  expect(systemd()).toEqual({ ENV_FILE: path, LOG_LEVEL: 'debug', SYMBOLS: 'solusdt' });
  expect(node()).toEqual({ LOG_LEVEL: 'debug', SYMBOLS: 'ethusdt' });
});

it('names the lines that count for nothing, without what is in them, and reads those around them', async () => {
  await writeFile(path, 'LOG_LEVEL=debug\nsecret-token 1234\nADMINS=telegram:1\n');
  expect(fileFaults({ ENV_FILE: path })).toEqual([`${path}, line 2 is not NAME=value and counts for nothing`]);
  expect(fileFaults({}, [`--env-file=${path}`])).toHaveLength(1);
  expect(fileFaults({})).toEqual([]);
  const env = { ENV_FILE: path };
  expect(createEnvironment(env)()).toEqual({ ...env, LOG_LEVEL: 'debug', ADMINS: 'telegram:1' });
});

it('is refused in one sentence where the file cannot be read', () => {
  expect(() => createEnvironment({ ENV_FILE: join(folder, 'nowhere') })).toThrow(
    `ENV_FILE cannot be read: ${join(folder, 'nowhere')}`,
  );
});
