import type { Clock } from '../engine/clock.ts';

/** The time of a raw tape: it goes on with the lines of the tape. */
export interface RawClock {
  readonly clock: Clock;
  /** Something falls due up to `limit` (ms). */
  isDue(limit: number): boolean;
  /** Makes it `at` (ms); time never goes back. */
  move(at: number): void;
  /** Runs the earliest of what falls due up to `limit`, if any. */
  runNext(limit: number): void;
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
    isDue(limit) {
      // What is earliest may be gone.
      if (earliest <= limit) earliest = find()[1];
      return earliest <= limit;
    },
    move(at) {
      now = Math.max(now, at);
    },
    runNext(limit) {
      const [id, due] = find();
      if (due > limit) return;
      const task = tasks.get(id);
      tasks.delete(id);
      task?.run();
    },
  };
}
