import { Piscina } from 'piscina';
import { createDesk } from '../app/desk/desk.ts';
import { systemClock } from '../app/system-clock.ts';
import { loader } from '../charts/local-renderer.ts';
import { logReturns } from '../engine/quant/sample.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { QuantTask } from './quant-worker.ts';
import type { BenchRow } from './row.ts';

const RUNS = 7;
const quiet = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** Prices whose steps are of one size or, for `calm` above 0, turn back towards 100 by that share. */
function path(seed: number, count: number, calm = 0): Float64Array {
  const random = createRandom(seed);
  let at = 100;
  return Float64Array.from({ length: count }, () => {
    at += (100 - at) * calm + (random() + random() + random() - 1.5) * 0.4;
    return at;
  });
}

const many = (count: number, bars: number): readonly Float64Array[] =>
  Array.from({ length: count }, (_, i) => path(100 + i, bars));

const middle = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await ask();
  return performance.now() - from;
}

interface Taken {
  readonly ms: number;
  /** Processor time of all threads, which a busy machine stretches less. */
  readonly cpuMs: number;
}

async function runs(measure: () => Promise<number>): Promise<Taken> {
  const taken: Taken[] = [];
  // The first is compiled, and starts the thread.
  for (let run = -2; run < RUNS; run++) {
    const from = process.cpuUsage();
    const ms = await measure();
    const { user, system } = process.cpuUsage(from);
    if (run >= 0) taken.push({ ms, cpuMs: (user + system) / 1000 });
  }
  return { ms: middle(taken.map(({ ms }) => ms)), cpuMs: middle(taken.map(({ cpuMs }) => cpuMs)) };
}

/** The desk's slow questions, all in a thread: whole ones from the asking to the answer, parts of them as they take there. */
export async function benchQuant(): Promise<readonly BenchRow[]> {
  const desk = createDesk({ clock: systemClock, log: quiet });
  const worker = new URL('./quant-worker.ts', import.meta.url);
  const parts = new Piscina<QuantTask, number>({ filename: worker.href, execArgv: loader(worker), maxThreads: 1 });
  const [matrix, scan] = [many(100, 1_001), many(50, 500)];
  const [level, returns] = [path(1, 1_000, 0.05), logReturns(path(2, 2_001))];
  try {
    const figures = [
      {
        name: 'correlations of 100 symbols over 1,000 bars',
        taken: await runs(() => timed(() => desk.analyse('correlations', { closes: matrix }))),
        wanted: 'at most 50 ms',
      },
      {
        name: 'ADF test of 1,000 bars, its lags chosen',
        taken: await runs(() => parts.run({ what: 'adf', values: level })),
        wanted: 'at most 5 ms',
      },
      {
        name: 'GARCH(1,1) of 2,000 returns',
        taken: await runs(() => parts.run({ what: 'garch', values: returns })),
        wanted: 'at most 50 ms',
      },
      {
        name: 'scan of 1,225 pairs for cointegration, 500 bars, both ways',
        taken: await runs(() => timed(() => desk.analyse('pairs', { closes: scan }))),
        wanted: 'at most 2 s',
      },
    ];
    return figures.map(({ name, taken: { ms, cpuMs }, wanted }) => ({
      name,
      figure: `p50 ${ms.toFixed(1)} ms in a thread, ${cpuMs.toFixed(1)} ms of processor time`,
      wanted,
    }));
  } finally {
    await Promise.all([desk.close(), parts.destroy()]);
  }
}
