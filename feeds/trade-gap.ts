import type { Clock } from '../engine/clock.ts';
import type { FeedEvent } from '../engine/market/events.ts';

/** Whether trades of an instrument are missing, told once when it begins and once when it ends. */
export interface TradeGap {
  /** Some are missing since `from` (ms); nothing while it is open already. @returns whether it was opened */
  open(from: number): boolean;
  close(): void;
}

export function createTradeGap(options: {
  readonly instrument: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly emit: (event: FeedEvent) => void;
}): TradeGap {
  const { instrument, clock, emit } = options;
  let since: number | undefined;
  return {
    open(from) {
      if (since !== undefined) return false;
      since = from;
      emit({ type: 'gap', instrument, open: true, from, ts: clock.now() });
      return true;
    },
    close() {
      if (since === undefined) return;
      const from = since;
      since = undefined;
      emit({ type: 'gap', instrument, open: false, from, ts: clock.now() });
    },
  };
}

/** A wait that can be called off. */
export interface Wait {
  /** Resolves after so many ms; never, where it is called off. */
  sleep(ms: number): Promise<void>;
  /** Runs a task after so many ms, unless something waits already. */
  start(ms: number, task: () => void): void;
  cancel(): void;
}

export function createWait(clock: Clock): Wait {
  let cancel: (() => void) | undefined;
  function run(ms: number, task: () => void): void {
    cancel = clock.after(ms, () => {
      cancel = undefined;
      task();
    });
  }
  return {
    sleep: (ms) => new Promise((resolve) => run(ms, resolve)),
    start(ms, task) {
      if (!cancel) run(ms, task);
    },
    cancel() {
      cancel?.();
      cancel = undefined;
    },
  };
}
