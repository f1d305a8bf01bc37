import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { databaseFile } from '../db/faults.ts';
import { dropOldSnapshots, snapshotFolder, snapshotName } from '../db/snapshots.ts';
import type { Clock } from '../engine/clock.ts';
import type { Logger } from './part-logger.ts';

const SCRIPT = fileURLToPath(new URL('../scripts/backup.ts', import.meta.url));

export interface SnapshotOptions {
  readonly url: string;
  /** Undefined: `backups` beside the database. */
  readonly folder: string | undefined;
  /** How many stay; 0: none is made. */
  readonly keep: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/**
 * Makes a snapshot of the database and removes the oldest ones. It is written by a process of its own: libSQL would do it on our thread,
 * and it takes seconds. A database on a server is copied there.
 * @throws Error with what the process said
 */
export async function nightlySnapshot({ url, folder, keep, clock, log }: SnapshotOptions): Promise<void> {
  const file = databaseFile(url);
  if (file === undefined || keep === 0) return;
  const into = snapshotFolder(file, folder);
  const target = join(into, snapshotName(file, clock.now()));
  await runBackup(url, target);
  const dropped = await dropOldSnapshots(file, into, keep);
  log.info({ snapshot: target, dropped }, 'a snapshot of the database was made');
}

/** The process is told no more of our environment than it needs: no token is among it. */
async function runBackup(url: string, target: string): Promise<void> {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', loader, SCRIPT, target], {
    env: { PATH, HOME, DATABASE_URL: url },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(0, 2_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(said.trim() || `the snapshot process ended with ${code}`);
}
