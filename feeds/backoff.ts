/**
 * How long to wait before try number `attempt` (0 is the first repeat), in ms: doubles from `minMs` to `maxMs`, the upper half of it
 * random so that many clients do not come back in step.
 */
export function backoffMs(attempt: number, random: () => number, minMs = 500, maxMs = 30_000): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
  return ceiling / 2 + (random() * ceiling) / 2;
}
