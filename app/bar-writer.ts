import type { BarStore } from '../db/bars.ts';
import type { Clock } from '../engine/clock.ts';
import type { Bar } from '../engine/market/events.ts';
import { MINUTE } from '../engine/market/interval.ts';
import type { Logger } from './part-logger.ts';

const FLUSH_MS = 2_000;
/** Instruments whose bars are stored in one go. */
const AT_ONCE = 500;
/** Bars that wait at most while the database cannot be written. Later ones are dropped: history asks the venue for what is not stored. */
const MOST_WAITING = 100_000;

/** Collects closed bars and stores them in the background. */
export interface BarWriter {
  /** Bars shorter than a minute are not stored. */
  add(instrument: string, interval: number, bar: Bar): void;
  /** Stores all that waits. Never rejects: what could not be stored waits for the next flush, which the next bar brings about. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param storeRules stores what came of the bars, first: a restart takes up where stored bars end, and what came of them would
 *   never come again. Where it says false the bars wait.
 */
export function createBarWriter(
  store: Pick<BarStore, 'putMany'>,
  clock: Clock,
  log: Logger,
  storeRules?: () => Promise<boolean>,
): BarWriter {
  let waiting = new Map<string, { instrument: string; interval: number; bars: Bar[] }>();
  let count = 0;
  let running: Promise<void> | undefined;
  let cancel: (() => void) | undefined;
  let stopped = false;

  async function write(): Promise<void> {
    const batch = waiting;
    waiting = new Map();
    count = 0;
    if (storeRules === undefined || (await storeRules())) await put(batch);
    // What came meanwhile goes behind: of two states of one bar the newer must be stored last.
    const newer = waiting;
    waiting = new Map();
    count = 0;
    for (const items of [batch, newer]) {
      for (const item of items.values()) for (const bar of item.bars) push(item.instrument, item.interval, bar);
    }
  }

  /** Leaves in the batch what could not be stored. */
  async function put(batch: typeof waiting): Promise<void> {
    const items = [...batch];
    for (let i = 0; i < items.length; i += AT_ONCE) {
      const some = items.slice(i, i + AT_ONCE);
      try {
        await store.putMany(some.map(([, item]) => item));
        for (const [key] of some) batch.delete(key);
      } catch (error) {
        log.warn({ err: error, series: batch.size }, 'bars could not be stored, they wait');
        return;
      }
    }
  }

  function push(instrument: string, interval: number, bar: Bar): void {
    if (count >= MOST_WAITING) return;
    const key = `${instrument} ${interval}`;
    const item = waiting.get(key);
    if (item === undefined) waiting.set(key, { instrument, interval, bars: [bar] });
    else item.bars.push(bar);
    count++;
  }

  async function flush(): Promise<void> {
    while (running !== undefined) await running;
    if (waiting.size === 0) return;
    running = write().finally(() => {
      running = undefined;
    });
    await running;
  }

  return {
    add(instrument, interval, bar) {
      if (interval < MINUTE || stopped) return;
      push(instrument, interval, bar);
      cancel ??= clock.after(FLUSH_MS, () => {
        cancel = undefined;
        void flush();
      });
    },
    flush,
    async stop() {
      stopped = true;
      cancel?.();
      await flush();
      await storeRules?.();
    },
  };
}
