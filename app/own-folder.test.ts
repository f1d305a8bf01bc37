import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigError } from '../engine/errors.ts';
import { takeFolder } from './own-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const take = (path: string | undefined) => takeFolder({ RECORD: undefined, BACKUP_FOLDER: path }, 'BACKUP_FOLDER');

it('makes a folder with those that it is in, once', async () => {
  const deep = join(folder, 'a/b/c');
  take(deep);
  take(deep);
  expect((await stat(deep)).isDirectory()).toBe(true);
  take(undefined);
});

it('refuses a file, and what is in one', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  expect(() => take(file)).toThrow(new ConfigError(`BACKUP_FOLDER: ${file} is a file, and must be a folder`));
  expect(() => take(`${file}/deep/er`)).toThrow(
    new ConfigError(`BACKUP_FOLDER: the folder ${file}/deep/er cannot be made`),
  );
});

// Node's own recursive mkdir goes round in it for ever.
it.runIf(process.platform === 'linux')('refuses what is in /proc, and ends', () => {
  expect(() => takeFolder({ RECORD: '/proc/x/y', BACKUP_FOLDER: undefined }, 'RECORD')).toThrow(
    new ConfigError('RECORD: the folder /proc/x/y cannot be made'),
  );
});
