import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type LockFile, missingPlatformPackages, platformEntry } from './platform-packages.ts';

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as LockFile;

test('the lock file has an entry for every platform, as npm ci demands', () => {
  expect(missingPlatformPackages(lock)).toEqual([]);
});

test('the lock file names no host that packages came from', () => {
  expect(JSON.stringify(lock)).not.toContain('"resolved"');
});

test('the lock file has no entry that some versions of npm would install on every platform', () => {
  const entries = Object.entries(lock.packages).filter(([, entry]) => 'extraneous' in entry);
  expect(entries).toEqual([]);
});

test('what a package wants for a platform and has no entry for is missing', () => {
  const packages = {
    'node_modules/a': { optionalDependencies: { 'a-linux-x64': '1.0.0', 'a-win32-x64': '1.0.0' } },
    'node_modules/a-linux-x64': {},
  };
  expect(missingPlatformPackages({ packages })).toEqual([
    { name: 'a-win32-x64', version: '1.0.0', of: 'node_modules/a' },
  ]);
});

test('every entry that npm wrote itself is what its name tells', () => {
  const written = Object.entries(lock.packages).filter(
    ([path, entry]) => entry.os && /(linux|darwin|win32)-\w+(-gnu|-musl|-msvc)?$/.test(path),
  );
  expect(written.length).toBeGreaterThan(30);
  for (const [path, { os, cpu }] of written) {
    const name = path.split('node_modules/').at(-1) ?? '';
    expect(platformEntry(name, '1.0.0', {}), name).toMatchObject({ os, cpu });
  }
});

test('a name without a platform is an error', () => {
  expect(() => platformEntry('left-pad', '1.0.0', {})).toThrow('left-pad does not tell its platform');
});
