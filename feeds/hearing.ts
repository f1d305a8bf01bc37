import type { Clock } from '../engine/clock.ts';

/** How far all has arrived that the other side of a socket said: a line that stands still looks like a quiet one. */
export interface Hearing {
  /** The socket is new. */
  begin(): void;
  /** Anything came but the answer to a ping. */
  heard(): void;
  /** A ping is about to be sent. @returns what it bears, so that its answer is known */
  ask(): Buffer;
  /** The answer to a ping came. */
  answered(payload: Buffer): void;
  /** Whether a ping is on its way. */
  isAsking(): boolean;
  /** All that was said before this time has arrived, in ms; never falls while the socket lives. */
  until(): number;
}

/** Frames no further apart than this come from a line that flows, in ms. */
const FLOWING_MS = 1_000;
/** A venue whose frames have flowed for so long without the answer to a ping gives none, in ms. */
const MUTE_MS = 10_000;

/**
 * A socket keeps its order. So the answer to a ping proves that all has arrived that was said before the ping was sent, and a frame
 * proves it where none was held back before it, which is so while they follow closely on what is proven. After a silence the next
 * frame may be an old one, and the first of many.
 */
export function createHearing(clock: Clock): Hearing {
  let until = Number.NEGATIVE_INFINITY;
  let lastAt = 0;
  let isProven = false;
  let asked: { readonly payload: Buffer; readonly at: number; framesSince: number | undefined } | undefined;
  let count = 0;

  return {
    begin() {
      asked = undefined;
      isProven = true;
      lastAt = clock.now();
      until = lastAt;
    },
    // Hot path: once a frame.
    heard() {
      const now = clock.now();
      if (now - lastAt > FLOWING_MS) {
        isProven = false;
        if (asked !== undefined) asked.framesSince = undefined;
      }
      lastAt = now;
      if (asked !== undefined) {
        asked.framesSince ??= now;
        if (now - asked.framesSince >= MUTE_MS) {
          asked = undefined;
          isProven = true;
        }
      }
      if (isProven) until = now;
    },
    ask() {
      const payload = Buffer.from(String(++count));
      asked = { payload, at: clock.now(), framesSince: undefined };
      return payload;
    },
    answered(payload) {
      if (asked === undefined || !asked.payload.equals(payload)) return;
      until = Math.max(until, asked.at);
      asked = undefined;
      isProven = true;
      lastAt = clock.now();
    },
    isAsking: () => asked !== undefined,
    until: () => until,
  };
}
