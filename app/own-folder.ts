import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { makeFolderSync } from '../db/folder.ts';
import { ConfigError } from '../engine/errors.ts';

type Setting = 'RECORD' | 'BACKUP_FOLDER';

/** Makes the folder that a setting names, so that what is wrong with it is said at once. @throws ConfigError */
export function takeFolder(config: Pick<Config, Setting>, name: Setting): void {
  const named = config[name];
  if (named === undefined) return;
  const folder = resolve(named);
  try {
    makeFolderSync(folder);
  } catch (cause) {
    throw new ConfigError(`${name}: the folder ${folder} cannot be made`, { cause });
  }
  if (!statSync(folder).isDirectory()) throw new ConfigError(`${name}: ${folder} is a file, and must be a folder`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new ConfigError(`${name}: nothing can be written into the folder ${folder}`, { cause });
  }
}
