import { z } from 'zod';
import { TransportError } from '../engine/errors.ts';

const rows = z.array(z.unknown());

/** @throws TransportError where it is no list */
export function listOf(value: unknown): readonly unknown[] {
  const parsed = rows.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TransportError('the venue answered with something else than a list', {
    retryable: true,
    reason: 'unreachable',
  });
}

/** What could be mapped; the rest is told to `malformed`. */
export function keepGood<I, T>(
  items: readonly I[],
  map: (item: I) => T | undefined,
  what: string,
  malformed: (reason: string) => void,
): T[] {
  const good: T[] = [];
  for (const item of items) {
    const mapped = map(item);
    if (mapped === undefined) malformed(`a bad ${what} in an answer`);
    else good.push(mapped);
  }
  return good;
}
