import type { Clock } from '../engine/clock.ts';
import type { FeedState } from './feed.ts';

/** Remembers since when a feed has been in its state. */
export interface StateKeeper {
  /** Takes the state that holds now; returns since when it has held, in ms. */
  set(state: FeedState): number;
}

export function createStateKeeper(clock: Clock): StateKeeper {
  let current: FeedState | undefined;
  let since = clock.now();
  return {
    set(state) {
      if (state !== current) {
        current = state;
        since = clock.now();
      }
      return since;
    },
  };
}
