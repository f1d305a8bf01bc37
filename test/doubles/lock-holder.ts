import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const HOLD = `import { createClient } from '@libsql/client';
const client = createClient({ url: process.argv[1], timeout: 5000 });
await client.executeMultiple('PRAGMA journal_mode = WAL');
const held = await client.transaction('write');
process.stdout.write('held');
process.stdin.once('data', async () => {
  await held.rollback();
  client.close();
  process.stdout.write('free');
  process.exit(0);
});`;

/** Another program that holds the lock of a database. */
export interface LockHolder {
  /** Lets go of it, as somebody does who is done. */
  release(): Promise<void>;
  /** Is gone without a word. */
  kill(): Promise<void>;
}

/** Starts a process of its own that opens a write transaction on the file and keeps it. Resolves when it has it. */
export async function holdLock(url: string): Promise<LockHolder> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', HOLD, url], { cwd: ROOT });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the holder ended with ${code}: ${errors}`)));
  });
  return {
    async release() {
      child.stdin.write('go\n');
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
