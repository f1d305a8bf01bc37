import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError } from '../engine/errors.ts';

type Variables = Readonly<Record<string, string | undefined>>;

function load(path: string): Variables {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ConfigError(`ENV_FILE cannot be read: ${path}`, { cause });
  }
}

/** The file that Node was told to read the environment from: `node --env-file=.env main.ts`. */
function fileOfNode(execArgv: readonly string[]): string | undefined {
  return execArgv.findLast((arg) => arg.startsWith('--env-file='))?.slice('--env-file='.length);
}

/**
 * The variables as they are now: those of the environment, which stay as they were at the start, and those of the file that `ENV_FILE` or
 * Node's `--env-file` names. The environment goes before, but where it says what the file said at the start, it had it from there (as
 * systemd's `EnvironmentFile` does), and follows the file.
 * @returns reads them; throws a ConfigError where the file cannot be read
 */
export function createEnvironment(env: Variables, execArgv: readonly string[] = []): () => Variables {
  const path = env.ENV_FILE?.trim() || fileOfNode(execArgv);
  if (path === undefined || path === '') return () => env;
  const first = load(path);
  const own = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== undefined && value !== first[name]),
  );
  return () => ({ ...load(path), ...own });
}
