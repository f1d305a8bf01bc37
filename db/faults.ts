import { resolve } from 'node:path';
import { ConfigError } from '../engine/errors.ts';
import { isPassing, rootCause } from './errors.ts';

/** Path of a `file:` URL, undefined for a server or for memory. */
export function databaseFile(url: string): string | undefined {
  const match = /^file:(?:\/\/(?:localhost)?(?=\/))?([^?#]*)/i.exec(url);
  if (match === null || match[1] === '' || match[1] === ':memory:') return undefined;
  return resolve(decodeURIComponent(match[1]));
}

/** What can be wrong with a file: by what libSQL and the system call it, in a few words, and what is to be done. */
interface Fault {
  readonly pattern: RegExp;
  readonly word: string;
  readonly advice: (file: string) => string;
}

const FAULTS: readonly Fault[] = [
  {
    pattern: /NOTADB|CORRUPT/,
    word: 'its file is damaged',
    advice: (file) =>
      `${file} is no database, or a damaged one: npm run restore FILE puts a snapshot in its place; or move it away to start with an empty one`,
  },
  {
    pattern: /READONLY|EACCES|EPERM|EROFS/,
    word: 'its file cannot be written',
    advice: (file) => `${file} cannot be written: its file or folder belongs to somebody else`,
  },
  {
    pattern: /BUSY|LOCKED/,
    word: 'another process holds its lock',
    advice: (file) => `${file} is in use by another process`,
  },
  {
    pattern: /SQLITE_FULL|ENOSPC|EDQUOT/,
    word: 'the disk is full',
    advice: (file) => `${file} cannot be written: the disk is full`,
  },
  {
    pattern: /SQLITE_(IOERR|CANTOPEN)|EIO/,
    word: 'the disk reports errors',
    advice: (file) => `${file} cannot be read or written: the disk reports errors`,
  },
  {
    pattern: /ENOTDIR|EEXIST/,
    word: 'a file is in the way of its folder',
    advice: (file) => `the folder of ${file} cannot be made: a file is in the way`,
  },
];

function faultOf(error: unknown): Fault | undefined {
  const { message = '', code = '' } = (error ?? {}) as { message?: unknown; code?: unknown };
  const text = `${message} ${code}`;
  return FAULTS.find(({ pattern }) => pattern.test(text));
}

/** One line for the operator; undefined where the file is not to blame. */
export function describeFault(error: unknown, file: string): string | undefined {
  return faultOf(error)?.advice(file);
}

/** Why nothing can be stored just now, in a few words; undefined where it is the data that were refused. */
export function shortFault(error: unknown): string | undefined {
  const word = faultOf(error)?.word;
  return word ?? (isPassing(error) ? 'it does not answer' : undefined);
}

/** What stopped the start: a ConfigError that names the file where the file is to blame, else the error itself. */
export function startFault(error: unknown, url: string): unknown {
  const file = databaseFile(url);
  const cause = rootCause(error);
  const fault = error instanceof ConfigError || file === undefined ? undefined : describeFault(cause, file);
  return fault === undefined ? error : new ConfigError(`DATABASE_URL: ${fault}`, { cause });
}
