import type { FeedEvent } from '../engine/market/events.ts';

/** Passes a feed's events on, long runs of bars in slices between which the thread is free. */
export interface Intake {
  /** What belongs to an instrument whose bars are still being passed on waits behind them: order is kept. */
  take(event: FeedEvent): void;
  /** Whether events of an instrument wait. */
  isBusy(instrument: string): boolean;
}

/**
 * @param slice bars that are passed on in one go
 * @param pass must not throw
 */
export function createIntake(slice: number, pass: (event: FeedEvent) => void): Intake {
  const waiting = new Map<string, FeedEvent[]>();

  async function drain(key: string, queue: FeedEvent[]): Promise<void> {
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      if (event.type !== 'bars') {
        pass(event);
        continue;
      }
      for (let from = 0; from < event.bars.length; from += slice) {
        pass({ ...event, bars: event.bars.slice(from, from + slice) });
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    waiting.delete(key);
  }

  return {
    isBusy: (instrument) => waiting.has(instrument),
    take(event) {
      const key = event.instrument ?? '';
      const queue = waiting.get(key);
      if (queue !== undefined) {
        queue.push(event);
        return;
      }
      if (event.type !== 'bars' || event.bars.length <= slice) {
        pass(event);
        return;
      }
      const made = [event];
      waiting.set(key, made);
      void drain(key, made);
    },
  };
}
