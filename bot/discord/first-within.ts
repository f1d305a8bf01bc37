import type { Clock } from '../../engine/clock.ts';

/** Waits for `work`, but no longer than `ms`. @returns its value in a box, or undefined if it takes longer */
export async function firstWithin<T>(clock: Clock, ms: number, work: Promise<T>): Promise<{ value: T } | undefined> {
  let cancel = () => {};
  const timeout = new Promise<undefined>((resolve) => {
    cancel = clock.after(ms, () => resolve(undefined));
  });
  try {
    return await Promise.race([work.then((value) => ({ value })), timeout]);
  } finally {
    cancel();
  }
}
