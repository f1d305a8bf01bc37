/** Judges by a stream's own habit whether it has fallen silent. */
export interface StallWatch {
  /** Something came, at `now` (ms). */
  heard(now: number): void;
  /** The stream begins (anew) at `now`: its silence counts from here. */
  begin(now: number): void;
  /** Whether it has been silent for much longer than it ever was of late. `alone`: no other stream shows that the venue works. */
  isSilent(now: number, alone: boolean): boolean;
  /** The silence so far was none of the stream's fault: there were no trades. */
  excuse(now: number): void;
}

const TIMES_USUAL = 5;
const LEAST_MS = 30_000;
/** Alone it may as well be the market that sleeps. */
const TIMES_ALONE = 3;
/** So many pauses say what is usual. */
const KNOWN_AFTER = 10;
/** The longest pause is forgotten so much with each shorter one. */
const FORGET = 0.98;

export function createStallWatch(): StallWatch {
  let last = Number.NaN;
  let usualMs = 0;
  let count = 0;
  return {
    heard(now) {
      if (!Number.isNaN(last)) {
        usualMs = Math.max(usualMs * FORGET, now - last);
        count++;
      }
      last = now;
    },
    begin(now) {
      last = now;
    },
    isSilent(now, alone) {
      if (count < KNOWN_AFTER || Number.isNaN(last)) return false;
      const limit = Math.max(LEAST_MS, TIMES_USUAL * usualMs) * (alone ? TIMES_ALONE : 1);
      return now - last >= limit;
    },
    excuse(now) {
      usualMs = Math.max(usualMs, now - last || 0);
      last = now;
    },
  };
}
