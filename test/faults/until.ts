/** Between two looks, in ms: only how soon a test goes on depends on it. */
const LOOK_MS = 50;

/** Waits for what another process does. @throws Error that says `what` where it does not happen within `withinMs` of the machine's time */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`never came: ${what}`);
    await pause(LOOK_MS);
  }
}

/** Lets the machine's time pass where the passing itself is what is tested. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
