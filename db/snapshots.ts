import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** `data/bellwether.db` -> `data/backups`. */
export function snapshotFolder(file: string, folder: string | undefined): string {
  return folder ?? join(dirname(file), 'backups');
}

/** `bellwether-2026-03-02T03-40-00.db`: in the order of their times, and a name on every system. @param now in ms */
export function snapshotName(file: string, now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-');
  return `${stem(file)}-${time}.db`;
}

/** What stands behind the database's name in a snapshot's. */
const STAMPED = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.db$/;

const stem = (file: string): string => basename(file).replace(/\.[^.]*$/, '');

/** Removes all but the newest `keep` snapshots of a database. Other files are left alone. @returns what was removed */
export async function dropOldSnapshots(file: string, folder: string, keep: number): Promise<readonly string[]> {
  const prefix = `${stem(file)}-`;
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(prefix) && STAMPED.test(name.slice(prefix.length)),
  );
  names.sort();
  const old = names.slice(0, Math.max(0, names.length - keep));
  for (const name of old) await rm(join(folder, name));
  return old;
}
