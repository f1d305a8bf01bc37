import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startApp } from '../app/app.ts';
import { createLogger } from '../app/part-logger.ts';
import { systemClock } from '../app/system-clock.ts';
import { readConfig } from '../config.ts';
import { watchTurns } from './load.ts';
import type { BenchRow } from './row.ts';

const STREAMED = 200_000;
const SINGLE = 2_000;
const CLIENT = fileURLToPath(new URL('./ingest-client.ts', import.meta.url));

async function client<T>(mode: 'stream' | 'single', url: string, count: number): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CLIENT, mode, url, String(count)]);
  return JSON.parse(stdout) as T;
}

/** The whole program takes what another process posts over loopback. */
export async function benchIngest(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-bench-'));
  const config = readConfig({ FEEDS: 'ingest', HTTP_PORT: '0', DATABASE_URL: `file:${join(folder, 'bench.db')}` });
  const app = await startApp({ config, clock: systemClock, log: createLogger('silent') });
  try {
    const url = `http://127.0.0.1:${app.port}/ingest`;
    // What is warm is measured: code that was compiled, symbols that are loaded.
    await client('stream', url, 20_000);
    const turns = watchTurns();
    const stream = await client<{ seconds: number; accepted: number }>('stream', url, STREAMED);
    const longestMs = turns.stop();
    const single = await client<{ p99Ms: number; accepted: number }>('single', url, SINGLE);
    if (stream.accepted < STREAMED || single.accepted < SINGLE) throw new Error('some records were refused');
    const perSecond = Math.round(stream.accepted / stream.seconds);
    return [
      {
        name: 'records of all kinds posted as lines by another process',
        figure: `${perSecond.toLocaleString('en')} items/s`,
        wanted: 'at least 20,000 items/s',
      },
      {
        name: 'longest the thread was held up by that',
        figure: `${Math.round(longestMs)} ms`,
        wanted: 'at most 50 ms',
      },
      {
        name: 'a record in a request of its own, p99',
        figure: `${single.p99Ms.toFixed(2)} ms`,
        wanted: 'at most 10 ms',
      },
    ];
  } finally {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
