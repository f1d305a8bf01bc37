import { TransportError } from '../engine/errors.ts';

/** How long the venue wants to be left alone, in ms; 0 where it did not say. */
export function retryAfterOf(error: unknown): number {
  return error instanceof TransportError ? (error.retryAfterMs ?? 0) : 0;
}
