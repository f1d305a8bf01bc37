import { resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { restoreSnapshot } from '../db/restore.ts';
import { ConfigError } from '../engine/errors.ts';
import { failed } from './failed.ts';
import { fileArgument } from './file-argument.ts';

const USAGE = 'npm run restore FILE puts the snapshot FILE in the place of the database that DATABASE_URL names';

/** Puts a snapshot in the place of the database that DATABASE_URL names, while the program does not run: `npm run restore FILE`. */
async function main(): Promise<void> {
  const from = fileArgument(process.argv.slice(2), USAGE);
  if (from === undefined) throw new ConfigError(`which snapshot? ${USAGE}`);
  const { file, aside } = await restoreSnapshot(readConfig(process.env).DATABASE_URL, resolve(from), Date.now());
  const before = aside === undefined ? '' : `; what was there before is at ${aside}`;
  process.stdout.write(`${file} is what ${resolve(from)} was${before}\n`);
}

main().catch(failed);
