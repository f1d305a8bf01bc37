import { readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@libsql/client';
import { migrate } from 'drizzle-orm/libsql/migrator';
import { ConfigError } from '../engine/errors.ts';
import { rootCause } from './errors.ts';
import type { Database, Logger } from './open.ts';

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));

interface Step {
  readonly tag: string;
  /** When it was generated, in ms: its identity in the table of applied migrations. */
  readonly when: number;
}

function knownSteps(folder: string): readonly Step[] {
  const journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as { entries: Step[] };
  return journal.entries;
}

async function appliedSteps(client: Client, what: string): Promise<{ empty: boolean; applied: readonly number[] }> {
  const tables = await client.execute(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
  );
  if (tables.rows.length === 0) return { empty: true, applied: [] };
  if (!tables.rows.some((row) => row.name === '__drizzle_migrations')) {
    throw new ConfigError(`${what}: this is a database of another program; name an empty place for it`);
  }
  const rows = await client.execute('SELECT created_at AS at FROM __drizzle_migrations');
  return { empty: false, applied: rows.rows.map((row) => Number(row.at)) };
}

/** Writes a whole copy beside the file; a copy that an earlier start left under this name is replaced. */
async function copyFile(client: Client, file: string, tag: string): Promise<string> {
  const target = `${file}.before-${tag}`;
  const half = `${target}.part`;
  await rm(half, { force: true });
  await client.execute({ sql: 'VACUUM INTO ?', args: [half] });
  await rename(half, target);
  return target;
}

/**
 * What is to be done to bring a database up to this program's schema.
 * @param what the name of the setting, or of the file, that it comes from
 * @throws ConfigError where its schema is newer than the program, or belongs to another one
 */
export async function pendingSteps(
  client: Client,
  what: string,
  folder = FOLDER,
): Promise<{ empty: boolean; pending: readonly Step[] }> {
  const steps = knownSteps(folder);
  const { empty, applied } = await appliedSteps(client, what);
  const unknown = applied.filter((when) => !steps.some((step) => step.when === when));
  if (unknown.length > 0) {
    throw new ConfigError(
      `${what}: the database was written by a newer version (${unknown.length} unknown migration(s)); run that version, or restore a copy made before the update`,
    );
  }
  return { empty, pending: steps.filter((step) => !applied.includes(step.when)) };
}

/**
 * Brings the schema up to this program's. A file that has data is copied first, to `<file>.before-<migration>`.
 * @throws ConfigError where the schema is newer than the program, belongs to another one, or a migration fails
 */
export async function bringUpToDate(
  database: Pick<Database, 'client' | 'orm'>,
  file: string | undefined,
  log: Logger,
  folder = FOLDER,
): Promise<void> {
  const { empty, pending } = await pendingSteps(database.client, 'DATABASE_URL', folder);
  const first = pending[0];
  if (first === undefined) return;
  const copy = empty || file === undefined ? undefined : await copyFile(database.client, file, first.tag);
  try {
    await migrate(database.orm, { migrationsFolder: folder });
  } catch (error) {
    const rescue = copy === undefined ? '' : `; nothing was changed, a copy is at ${copy}`;
    throw new ConfigError(`DATABASE_URL: migration from ${first.tag} on failed${rescue}`, { cause: rootCause(error) });
  }
  log.info({ migrations: pending.map((step) => step.tag), copy }, 'database migrated');
}
