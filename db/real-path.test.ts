import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realPath } from './real-path.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'bellwether-real-')));
  await mkdir(join(folder, 'deep'));
  await writeFile(join(folder, 'deep/there.db'), '');
  await symlink('deep', join(folder, 'link'));
  await symlink('link/there.db', join(folder, 'there.db'));
  await symlink('link/later.db', join(folder, 'later.db'));
  await symlink('round.db', join(folder, 'round.db'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('where a file really is', () => {
  it.each([
    ['deep/there.db', 'deep/there.db'],
    ['there.db', 'deep/there.db'],
    ['link/there.db', 'deep/there.db'],
    ['link/new.db', 'deep/new.db'],
    ['later.db', 'deep/later.db'],
    ['link/new/folder/new.db', 'deep/new/folder/new.db'],
    ['round.db', 'round.db'],
  ])('%s is %s', (path, real) => {
    expect(realPath(join(folder, path))).toBe(join(folder, real));
  });
});
