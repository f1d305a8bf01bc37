import { LibsqlError } from '@libsql/client';
import { ConfigError, DataError, TransportError } from '../engine/errors.ts';

/** What may be over soon: a lock, a full disk, a broken line. Everything else fails the same way again. */
const PASSING = /^(SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|NOMEM|PROTOCOL)|E[A-Z]{3,}$|UND_ERR)/;

/** The first cause. Drizzle's own errors are dropped: their message lists the query's parameters. */
export function rootCause(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && !(root instanceof LibsqlError) && root.cause !== undefined) root = root.cause;
  return root;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

/** Whether the same call may work later. @param cause as `rootCause` gives it */
export function isPassing(cause: unknown): boolean {
  const code = codeOf(cause);
  return PASSING.test(code) || (cause instanceof LibsqlError && !code.startsWith('SQLITE_'));
}

/**
 * Runs `work` and turns what it throws into one of the house's errors, without the query's parameters.
 * @throws TransportError where the database could not be reached or written now, DataError where it refused the data
 */
export async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DataError || error instanceof TransportError || error instanceof ConfigError) throw error;
    const cause = rootCause(error);
    const code = codeOf(cause);
    const message = `database: ${what} failed (${code})`;
    if (isPassing(cause)) throw new TransportError(message, { retryable: true, reason: 'storage', cause });
    throw new DataError(message, { cause });
  }
}
