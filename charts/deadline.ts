import type { Clock } from '../engine/clock.ts';

const systemTimer: Pick<Clock, 'after'> = {
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Runs `task` with a signal that aborts after `ms`, and rejects then even where the task does not heed it.
 * @param clock the machine's where none is given
 */
export async function withDeadline<T>(
  ms: number,
  clock: Pick<Clock, 'after'> | undefined,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = (clock ?? systemTimer).after(ms, () => {
      const reason = new Error(`no answer after ${ms} ms`);
      reject(reason);
      controller.abort(reason);
    });
  });
  try {
    return await Promise.race([task(controller.signal), late]);
  } finally {
    cancel();
  }
}
