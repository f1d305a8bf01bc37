import type { Clock } from '../../engine/clock.ts';

const SPACING_MS = 5_000;
const BURST = 10;
/** With this, ten and 864 a day at most: Discord resets a token that identifies 1000 times. */
const REFILL_MS = 100_000;

export interface IdentifyThrottle {
  waitForIdentify(shardId: number, signal: AbortSignal): Promise<void>;
}

/** Spaces out new sessions, so that a gateway that keeps failing cannot use up the day's. A resumed session costs nothing. */
export function createIdentifyThrottle(clock: Clock): IdentifyThrottle {
  let left = BURST;
  let refilledAt = clock.now();
  let last = Number.NEGATIVE_INFINITY;

  function waitMs(): number {
    const now = clock.now();
    const gained = Math.floor((now - refilledAt) / REFILL_MS);
    left = Math.min(BURST, left + gained);
    refilledAt = left === BURST ? now : refilledAt + gained * REFILL_MS;
    const spacing = last + SPACING_MS - now;
    return left > 0 ? Math.max(0, spacing) : Math.max(spacing, refilledAt + REFILL_MS - now);
  }

  return {
    async waitForIdentify(_shardId, signal) {
      for (let wait = waitMs(); wait > 0; wait = waitMs()) await sleep(clock, wait, signal);
      left--;
      last = clock.now();
    },
  };
}

function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      cancel();
      reject(new Error('the connection closed meanwhile'));
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}
