import { LibsqlError } from '@libsql/client';
import { DrizzleQueryError } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { DataError, TransportError } from '../engine/errors.ts';
import { guarded } from './errors.ts';

const fail = (error: unknown): Promise<unknown> =>
  guarded('saving a rule', () => Promise.reject(error)).catch((reason: unknown) => reason);

describe('guarded', () => {
  it('says that a lock or a full disk may pass', async () => {
    for (const code of ['SQLITE_BUSY', 'SQLITE_FULL', 'SQLITE_IOERR', 'HRANA_WEBSOCKET_ERROR', 'SERVER_ERROR']) {
      const error = await fail(new LibsqlError('x', code));
      expect(error).toBeInstanceOf(TransportError);
      expect(error).toMatchObject({ retryable: true, message: `database: saving a rule failed (${code})` });
    }
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(await fail(new TypeError('fetch failed', { cause: refused }))).toBeInstanceOf(TransportError);
  });

  it('says that data which the database refuses will be refused again', async () => {
    expect(await fail(new LibsqlError('x', 'SQLITE_CONSTRAINT'))).toBeInstanceOf(DataError);
    expect(await fail(new RangeError('Only finite numbers'))).toBeInstanceOf(DataError);
    expect(await fail('no error at all')).toBeInstanceOf(DataError);
  });

  it('keeps the parameters of a query out of the error and its causes', async () => {
    const cause = new LibsqlError('UNIQUE constraint failed', 'SQLITE_CONSTRAINT');
    let error = await fail(new DrizzleQueryError('insert into rules values (?)', ['my secret rule'], cause));
    for (; error instanceof Error; error = error.cause) {
      expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('my secret rule');
    }
  });

  it('lets the errors of the house through', async () => {
    const error = new DataError('there is no such chat');
    expect(await fail(error)).toBe(error);
  });
});
