import { readFile, writeFile } from 'node:fs/promises';
import { type LockFile, missingPlatformPackages, platformEntry } from './platform-packages.ts';

/**
 * `npm install` leaves out the packages of other platforms that it could not look up, and `npm ci` then refuses the lock file everywhere. This puts
 * them back: `node --import tsx scripts/complete-lock.ts`.
 */
const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(await readFile(file, 'utf8')) as LockFile;
for (const { name, version, of } of missingPlatformPackages(lock)) {
  lock.packages[`node_modules/${name}`] = platformEntry(name, version, lock.packages[of] ?? {});
}
const inOrder = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
await writeFile(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(inOrder) }, null, 2)}\n`);
