import type { Clock } from '../engine/clock.ts';

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

/** Waits `ms`. @returns false where `signal` cut the wait short */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return await new Promise<boolean>((resolve) => {
    const onAbort = () => {
      cancel();
      resolve(false);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
