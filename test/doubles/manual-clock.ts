import type { Clock } from '../../engine/clock.ts';

export interface ManualClock {
  readonly clock: Clock;
  now(): number;
  /** Moves time on, runs what falls due in order, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Number of tasks that wait. */
  pending(): number;
}

/** Turns of the event loop after a task, and at the end: what gives way to others when it has taken long needs more on a slow machine. */
const [TURNS, LAST_TURNS] = [5, 25];

/** Lets everything that is ready to run, run: promises and what came in on sockets meanwhile. */
async function settle(turns = TURNS): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A clock that stands still until it is told to move. */
export function createManualClock(start = 1_700_000_000_000): ManualClock {
  let now = start;
  let nextId = 1;
  const tasks = new Map<number, { at: number; run: () => void }>();

  function earliest(limit: number): number | undefined {
    let best: number | undefined;
    for (const [id, task] of tasks) {
      if (task.at > limit) continue;
      if (best === undefined || task.at < tasks.get(best)!.at) best = id;
    }
    return best;
  }

  return {
    clock: {
      now: () => now,
      after(ms, run) {
        const id = nextId++;
        tasks.set(id, { at: now + Math.max(0, ms), run });
        return () => tasks.delete(id);
      },
    },
    now: () => now,
    pending: () => tasks.size,
    async advance(ms) {
      const end = now + ms;
      for (let id = earliest(end); id !== undefined; id = earliest(end)) {
        const task = tasks.get(id)!;
        tasks.delete(id);
        now = Math.max(now, task.at);
        task.run();
        await settle();
      }
      now = end;
      await settle(LAST_TURNS);
    },
  };
}
