import { type Client, LibsqlError } from '@libsql/client';

/** What can be fetched again, and is too much to be read at every start. */
const LARGE: ReadonlySet<string> = new Set(['bars', 'facts', 'trades']);

function refuse(found: string): never {
  throw new LibsqlError(found, 'SQLITE_CORRUPT');
}

/**
 * Reads every page of the tables that cannot be had again: a damaged one must not be found out about when an alert is due.
 * @throws LibsqlError SQLITE_CORRUPT
 */
export async function checkPages(client: Client): Promise<void> {
  const tables = await client.execute("SELECT name FROM sqlite_master WHERE type = 'table'");
  for (const { name } of tables.rows) {
    if (LARGE.has(String(name))) continue;
    const { rows } = await client.execute(`PRAGMA quick_check('${String(name).replaceAll("'", "''")}')`);
    const found = String(rows[0]?.quick_check ?? Object.values(rows[0] ?? {})[0]);
    if (found !== 'ok') refuse(found);
  }
}

/** Reads the whole file, indexes included. @throws LibsqlError SQLITE_CORRUPT */
export async function checkWhole(client: Client): Promise<void> {
  const { rows } = await client.execute('PRAGMA integrity_check(1)');
  const found = String(Object.values(rows[0] ?? {})[0]);
  if (found !== 'ok') refuse(found);
}
