import { GrammyError } from 'grammy';
import type { Clock } from '../../engine/clock.ts';
import { pause } from '../waiting.ts';

const TRIES = 3;
const LONGEST_WAIT_MS = 30_000;

/** Waits out short rate limits: somebody sits there and waits for this answer, and no outbox will bring it later. */
export async function patiently<T>(call: () => Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof GrammyError) || error.error_code !== 429 || tries === TRIES) throw error;
      const waitMs = (error.parameters.retry_after ?? 1) * 1000;
      if (waitMs > LONGEST_WAIT_MS || !(await pause(clock, waitMs, signal))) throw error;
    }
  }
}
