import { ConfigError } from '../engine/errors.ts';

/** Ends a script: with one line for what the operator can mend, with everything for what is our fault. */
export function failed(error: unknown): never {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`bellwether: ${text}\n`);
  process.exit(1);
}
