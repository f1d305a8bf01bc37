import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError } from '../engine/errors.ts';
import { strayLines, withoutStrayLines } from './stray-lines.ts';

type Variables = Readonly<Record<string, string | undefined>>;

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`ENV_FILE cannot be read: ${path}`, { cause });
  }
}

const load = (path: string): Variables => parseEnv(withoutStrayLines(textOf(path)));

/** The file that Node was told to read the environment from: `node --env-file=.env main.ts`. */
function fileOfNode(execArgv: readonly string[]): string | undefined {
  return execArgv.findLast((arg) => arg.startsWith('--env-file='))?.slice('--env-file='.length);
}

/** The file that the settings are read from as well; undefined where there is none. */
function environmentFile(env: Variables, execArgv: readonly string[]): string | undefined {
  return env.ENV_FILE?.trim() || fileOfNode(execArgv) || undefined;
}

/**
 * The variables as they are now: those of the environment, which stay as they were at the start, and those of the file that `ENV_FILE` or
 * Node's `--env-file` names. The environment goes before, but where it says what the file said at the start, it had it from there (as
 * systemd's `EnvironmentFile` does), and follows the file.
 * @returns reads them; throws a ConfigError where the file cannot be read
 */
export function createEnvironment(env: Variables, execArgv: readonly string[] = []): () => Variables {
  const path = environmentFile(env, execArgv);
  if (path === undefined) return () => env;
  const first = load(path);
  const own = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== undefined && value !== first[name]),
  );
  return () => ({ ...load(path), ...own });
}

/** One sentence for each line of that file that counts for nothing. What stands in it is not shown: it may be a secret. */
export function fileFaults(env: Variables, execArgv: readonly string[] = []): readonly string[] {
  const path = environmentFile(env, execArgv);
  if (path === undefined) return [];
  return strayLines(textOf(path)).map((i) => `${path}, line ${i + 1} is not NAME=value and counts for nothing`);
}
