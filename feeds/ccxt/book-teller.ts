import type { Clock } from '../../engine/clock.ts';
import type { BookEvent } from '../../engine/market/events.ts';

const LEAST_BETWEEN_MS = 100;

/** Passes the newest state of a book on, at most ten times a second, never back in time. */
export interface BookTeller {
  tell(event: BookEvent): void;
  halt(): void;
}

export function createBookTeller(clock: Clock, emit: (event: BookEvent) => void): BookTeller {
  let newest: BookEvent | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  let toldTs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  function say(): void {
    cancel = undefined;
    if (!newest || newest.ts < toldTs) return;
    toldAt = clock.now();
    toldTs = newest.ts;
    emit(newest);
  }

  return {
    tell(event) {
      newest = event;
      if (cancel) return;
      const wait = toldAt + LEAST_BETWEEN_MS - clock.now();
      if (wait <= 0) say();
      else cancel = clock.after(wait, say);
    },
    halt() {
      cancel?.();
      cancel = undefined;
    },
  };
}
