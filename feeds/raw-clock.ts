import type { Clock } from '../engine/clock.ts';

/** The time of a raw tape: it goes on with the lines, and what falls due in between runs before the next of them. */
export interface RawClock {
  readonly clock: Clock;
  /** Something falls due up to `at` (ms). */
  isDue(at: number): boolean;
  /** Runs the earliest of what falls due up to `at`; false where there is none, and it is `at` then. Time never goes back. */
  runNext(at: number): boolean;
}

export function createRawClock(): RawClock {
  const tasks = new Map<number, { readonly at: number; readonly run: () => void }>();
  let now = 0;
  let nextId = 1;
  /** No task is earlier; it may be that of one that was cancelled. */
  let earliest = Number.POSITIVE_INFINITY;

  function find(): readonly [id: number, at: number] {
    let [best, at] = [0, Number.POSITIVE_INFINITY];
    for (const [id, task] of tasks) if (task.at < at) [best, at] = [id, task.at];
    return [best, at];
  }

  return {
    clock: {
      now: () => now,
      after(ms, run) {
        const id = nextId++;
        const at = now + Math.max(0, ms);
        tasks.set(id, { at, run });
        earliest = Math.min(earliest, at);
        return () => tasks.delete(id);
      },
    },
    isDue: (at) => earliest <= at,
    runNext(at) {
      const [id, due] = earliest <= at ? find() : [0, earliest];
      earliest = due;
      if (due > at) {
        now = Math.max(now, at);
        return false;
      }
      const task = tasks.get(id);
      tasks.delete(id);
      now = Math.max(now, due);
      earliest = find()[1];
      task?.run();
      return true;
    },
  };
}
