import type { Clock } from '../../engine/clock.ts';

/** The machine's clock, so many ms ahead. */
export function shiftedClock(shiftOf: () => number): Clock {
  return {
    now: () => Date.now() + shiftOf(),
    after(ms, task) {
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
  };
}
