import type { Clock } from '../engine/clock.ts';

/** Waits for `work`, but no longer than `ms`. @returns whether it was through by then */
export async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  let cancel = (): void => {};
  const patience = new Promise<boolean>((resolve) => {
    cancel = clock.after(ms, () => resolve(false));
  });
  try {
    return await Promise.race([work.then(() => true), patience]);
  } finally {
    cancel();
  }
}
