import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { systemClock } from './system-clock.ts';
import { createWorkerThread } from './worker-thread.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-thread-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Open files of this process that lie in the folder. */
async function openFiles(): Promise<readonly string[]> {
  const all = await readdir('/proc/self/fd');
  const targets = await Promise.all(all.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(folder));
}

// Other systems do not tell.
it.skipIf(!existsSync('/proc/self/fd'))(
  'a thread leaves no file open that was written as it started',
  async () => {
    const thread = createWorkerThread<unknown, unknown>({
      module: new URL('./desk/worker.ts', import.meta.url),
      ...{ what: 'a test', clock: systemClock, log: createSilentLog(), patienceMs: 30_000, idleMs: 60_000, waiting: 1 },
    });
    try {
      // Nothing is asked of it: it is only to be there.
      await thread.run(null);
      expect(await readdir(folder)).not.toEqual([]);
      await expect.poll(openFiles, { timeout: 10_000 }).toEqual([]);
    } finally {
      await thread.close();
    }
  },
  60_000,
);
