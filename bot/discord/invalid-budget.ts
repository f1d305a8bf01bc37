import type { Clock } from '../../engine/clock.ts';
import { TransportError } from '../../engine/errors.ts';

const WINDOW_MS = 10 * 60_000;
/** Half of the 10,000 refusals in ten minutes for which Discord bans an address; others may share it. */
const REFUSALS_LIMIT = 5_000;

/** Counts the answers that Discord holds against an address, and stops sending well before it is banned. */
export interface InvalidBudget {
  /** @throws TransportError while the budget is spent */
  check(): void;
  spend(): void;
}

export function createInvalidBudget(clock: Clock, limit: number = REFUSALS_LIMIT): InvalidBudget {
  let windowStart = Number.NEGATIVE_INFINITY;
  let spent = 0;

  return {
    check() {
      const left = windowStart + WINDOW_MS - clock.now();
      if (spent < limit || left <= 0) return;
      throw new TransportError('Discord refused too many calls lately', {
        retryable: true,
        reason: 'rate-limited',
        retryAfterMs: left,
      });
    },
    spend() {
      if (clock.now() - windowStart >= WINDOW_MS) {
        windowStart = clock.now();
        spent = 0;
      }
      spent++;
    },
  };
}
