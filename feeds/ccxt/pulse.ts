import type { Clock } from '../../engine/clock.ts';

/** When the exchange last said anything, in a stream or as an answer. That the process works proves nothing of it. */
export interface Pulse {
  heard(): void;
  /** ms; NaN before the first. */
  heardAt(): number;
  /** How long it has said nothing, or since when it was to be heard, in ms. */
  silentMs(since: number): number;
}

export function createPulse(clock: Clock): Pulse {
  let heardAt = Number.NaN;
  return {
    heard() {
      heardAt = clock.now();
    },
    heardAt: () => heardAt,
    silentMs: (since) => clock.now() - Math.max(Number.isNaN(heardAt) ? since : heardAt, since),
  };
}
