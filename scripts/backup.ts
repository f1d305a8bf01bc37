import { join, resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { databaseFile } from '../db/faults.ts';
import { writeSnapshot } from '../db/snapshot.ts';
import { snapshotFolder, snapshotName } from '../db/snapshots.ts';
import { ConfigError } from '../engine/errors.ts';
import { failed } from './failed.ts';
import { fileArgument } from './file-argument.ts';

const USAGE =
  'npm run backup [FILE] copies the database that DATABASE_URL names to FILE, or to a file named by the time';

/** Copies the database that DATABASE_URL names, whether or not the program runs: `npm run backup [FILE]`. */
async function main(): Promise<void> {
  const given = fileArgument(process.argv.slice(2), USAGE);
  const config = readConfig(process.env);
  const file = databaseFile(config.DATABASE_URL);
  if (file === undefined)
    throw new ConfigError('DATABASE_URL names no file: a server’s database is copied on the server');
  const target = given ?? join(snapshotFolder(file, config.BACKUP_FOLDER), snapshotName(file, Date.now()));
  await writeSnapshot(file, resolve(target));
  process.stdout.write(`${resolve(target)}\n`);
}

main().catch(failed);
