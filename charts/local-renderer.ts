import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { Piscina } from 'piscina';
import type { Clock } from '../engine/clock.ts';
import { TransportError } from '../engine/errors.ts';
import { withDeadline } from './deadline.ts';
import type { Logger } from './log.ts';
import { nameOf } from './picture-name.ts';
import type { ChartRenderer, ChartRequest, PictureRequest } from './request.ts';

export interface LocalRendererOptions {
  /** Number of worker threads; by default one less than the machine has cores, at most 4. */
  readonly threads?: number;
  readonly log: Logger;
  /** A request that takes longer is given up and its thread replaced. */
  readonly timeoutMs?: number;
  /** Measures the time-out; the machine's where none is given. */
  readonly clock?: Clock;
  /** The module that draws, for tests. */
  readonly worker?: URL;
}

export interface LocalRenderer extends ChartRenderer {
  /** Starts the threads and loads fonts and code, so that the first chart that somebody asks for is as fast as the rest. */
  warm(): Promise<void>;
}

const WAITING_LIMIT = 200;

const WARM_UP: ChartRequest = {
  symbol: 'warm',
  venue: 'up',
  style: 'candles',
  interval: 60_000,
  bars: [0, 1, 2].map((n) => ({ start: n * 60_000, open: 1, high: 3, low: 1, close: 2, volume: 1, trades: 1 })),
  digits: 2,
  series: [],
  levels: [],
  marks: [],
  timeZone: 'UTC',
};

/** The workers are TypeScript as everything else: they need the loader, whatever runs the main thread. */
export function loader(worker: URL): string[] {
  if (!worker.pathname.endsWith('.ts')) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}

/** Draws in worker threads. A crash or a stuck thread costs the request that it was working on, with a TransportError. */
export function createLocalRenderer(options: LocalRendererOptions): LocalRenderer {
  const threads = Math.max(1, options.threads ?? Math.min(4, availableParallelism() - 1));
  const timeoutMs = options.timeoutMs ?? 10_000;
  const worker = options.worker ?? new URL('./worker.ts', import.meta.url);
  const pool = new Piscina<PictureRequest, Uint8Array>({
    filename: worker.href,
    execArgv: loader(worker),
    minThreads: threads,
    maxThreads: threads,
    maxQueue: WAITING_LIMIT,
    // Threads that wait by Atomics never come back to their event loop, where the canvases' memory is given back.
    atomics: 'disabled',
  });
  // An idle thread that dies reports here; without a listener it would take the process down.
  pool.on('error', (error: unknown) => options.log.error({ err: error }, 'a chart thread failed'));

  let isClosed = false;

  const draw = (request: PictureRequest): Promise<Uint8Array> =>
    withDeadline(timeoutMs, options.clock, (signal) => pool.run(request, { signal }));

  async function render(request: PictureRequest): Promise<Uint8Array> {
    try {
      return await draw(request);
    } catch (cause) {
      options.log.warn({ err: cause, picture: nameOf(request) }, 'a chart could not be drawn');
      throw new TransportError('the chart could not be drawn', { retryable: true, reason: 'unreachable', cause });
    }
  }

  return {
    render,
    async warm() {
      try {
        await Promise.all(Array.from({ length: threads }, () => draw(WARM_UP)));
      } catch (error) {
        // Who stops while this goes on has cut it off.
        if (!isClosed) throw error;
      }
    },
    async close() {
      isClosed = true;
      await pool.destroy();
    },
  };
}
