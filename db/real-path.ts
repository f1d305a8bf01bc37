import { readlinkSync, realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** Where a file really is, behind all links, as SQLite finds it: two names of one file are one. The file need not be there yet. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const folder = dirname(path);
    // What cannot be followed is told by whoever opens it.
    if ((error as { code?: string }).code !== 'ENOENT' || folder === path) return path;
    const real = realPath(folder);
    const target = linkTarget(path);
    return target === undefined ? join(real, basename(path)) : realPath(resolve(real, target));
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Whether two paths lead to one file that is there, be it by hard links. */
export async function isOneFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
