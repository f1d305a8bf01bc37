import { resolve } from 'node:path';
import { ConfigError } from '../engine/errors.ts';
import { rootCause } from './errors.ts';

/** Path of a `file:` URL, undefined for a server or for memory. */
export function databaseFile(url: string): string | undefined {
  const match = /^file:(?:\/\/(?:localhost)?(?=\/))?([^?#]*)/i.exec(url);
  if (match === null || match[1] === '' || match[1] === ':memory:') return undefined;
  return resolve(decodeURIComponent(match[1]));
}

/** What is wrong with a file and what to do, by what libSQL and the system call it: their own words are not meant for people. */
const FAULTS: readonly (readonly [RegExp, (file: string) => string])[] = [
  [
    /NOTADB|CORRUPT/,
    (file) =>
      `${file} is no database, or a damaged one: put a copy in its place, or move it away to start with an empty one`,
  ],
  [/READONLY|EACCES|EPERM|EROFS/, (file) => `${file} cannot be written: its file or folder belongs to somebody else`],
  [/BUSY|LOCKED/, (file) => `${file} is in use by another process`],
  [/SQLITE_FULL|ENOSPC/, (file) => `${file} cannot be written: the disk is full`],
  [/SQLITE_IOERR/, (file) => `${file} cannot be read or written: the disk reports errors`],
  [/ENOTDIR|EEXIST/, (file) => `the folder of ${file} cannot be made: a file is in the way`],
];

/** One line for the operator; undefined where the file is not to blame. */
export function describeFault(error: unknown, file: string): string | undefined {
  const text = error instanceof Error ? `${error.message} ${(error as { code?: string }).code ?? ''}` : '';
  return FAULTS.find(([pattern]) => pattern.test(text))?.[1](file);
}

/** What stopped the start: a ConfigError that names the file where the file is to blame, else the error itself. */
export function startFault(error: unknown, url: string): unknown {
  const file = databaseFile(url);
  const cause = rootCause(error);
  const fault = error instanceof ConfigError || file === undefined ? undefined : describeFault(cause, file);
  return fault === undefined ? error : new ConfigError(`DATABASE_URL: ${fault}`, { cause });
}
