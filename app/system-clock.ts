import type { Clock } from '../engine/clock.ts';

/** Node's longest timer in ms; longer waits are split. */
const LONGEST_TIMER = 2_147_483_647;

/** The machine’s clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    if (ms > LONGEST_TIMER) {
      let cancel = systemClock.after(LONGEST_TIMER, () => {
        cancel = systemClock.after(ms - LONGEST_TIMER, task);
      });
      return () => cancel();
    }
    const timer = setTimeout(task, Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};
