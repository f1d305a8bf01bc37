import { uptime } from 'node:os';
import type { Clock } from '../engine/clock.ts';
import { createSteadyTime } from './steady-time.ts';

/** Node's longest timer in ms; longer waits are split. */
const LONGEST_TIMER = 2_147_483_647;
/** So often the steady time is held against the machine's clock, in ms. */
const CHECK_MS = 5_000;

const time = createSteadyTime({
  wall: () => Date.now(),
  running: () => performance.now(),
  awakeOrAsleep: () => uptime() * 1_000,
});

/** The machine's time of day, but for its leaps. */
export const systemClock: Clock = {
  now: () => Math.floor(time.now()),
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

/** Watches for leaps of the machine's clock for as long as the program runs. @param told how far it was set, in ms */
export function watchClock(told: (leap: { readonly movedMs: number; readonly isBelieved: boolean }) => void): void {
  const check = (): void => {
    const leap = time.check();
    if (leap !== undefined) told(leap);
  };
  setInterval(check, CHECK_MS).unref();
}
