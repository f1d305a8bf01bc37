import { Piscina } from 'piscina';
import { withDeadline } from '../charts/deadline.ts';
import { loader } from '../charts/local-renderer.ts';
import type { Clock } from '../engine/clock.ts';
import type { Logger } from './part-logger.ts';

export interface WorkerThreadOptions {
  /** The module whose default export takes a task, or null to be started only. */
  readonly module: URL;
  /** What runs in it, for the log: `the desk`. */
  readonly what: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** A task that takes longer is given up and its thread replaced, in ms. */
  readonly patienceMs: number;
  /** A thread that nobody needs ends after this long, in ms. */
  readonly idleMs: number;
  /** So many tasks wait at most. */
  readonly waiting: number;
  /** So many run at once, each in a thread of its own; one if absent. */
  readonly threads?: number;
}

/** Threads that compute away from the engine's. The first starts with the first task. */
export interface WorkerThread<Task, Result> {
  /** Starts a thread, if there is none: that takes as long as bars take to come. */
  warm(): void;
  /**
   * @param transferList buffers that are given to the thread instead of copied
   * @throws what the module threw, or an error when it took too long
   */
  run(task: Task, transferList?: readonly ArrayBuffer[]): Promise<Result>;
  close(): Promise<void>;
}

export function createWorkerThread<Task, Result>(options: WorkerThreadOptions): WorkerThread<Task, Result> {
  const { module, what, clock, log, patienceMs, idleMs, waiting, threads = 1 } = options;
  const pool = new Piscina<Task | null, Result>({
    filename: module.href,
    execArgv: loader(module),
    minThreads: 0,
    maxThreads: threads,
    maxQueue: waiting,
    idleTimeout: idleMs,
    // Threads that wait by Atomics never come back to their event loop: files that were being written as they started stay open for ever.
    atomics: 'disabled',
  });
  // A thread that dies while it waits reports here; without a listener it would take the process down.
  pool.on('error', (error: unknown) => log.error({ err: error }, `the thread of ${what} failed`));
  return {
    warm() {
      pool.run(null).catch((error: unknown) => log.debug({ err: error }, 'no thread is there in advance'));
    },
    run: (task, transferList = []) =>
      withDeadline(patienceMs, clock, (signal) => pool.run(task, { signal, transferList: [...transferList] })),
    close: () => pool.destroy(),
  };
}
