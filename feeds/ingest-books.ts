import type { Clock } from '../engine/clock.ts';
import { OrderBook } from '../engine/market/book.ts';
import type { BookEvent } from '../engine/market/events.ts';
import type { LevelItem } from './ingest-item.ts';

/** Levels of a side that are kept, and told. */
const MOST_LEVELS = 1_000;
const TOLD_LEVELS = 100;
/** A book is told at most this often, in ms. */
const EVERY_MS = 100;

/** The order books that are handed in level by level. */
export interface IngestBooks {
  /** A level that crosses the other side takes away what it crosses: that would have been traded away. */
  set(instrument: string, level: LevelItem): void;
  stop(): void;
}

interface Kept {
  readonly book: OrderBook;
  ts: number;
  toldAt: number;
  cancel: (() => void) | undefined;
}

export function createIngestBooks(clock: Clock, emit: (event: BookEvent) => void): IngestBooks {
  const kept = new Map<string, Kept>();

  function tell(instrument: string, entry: Kept): void {
    entry.cancel = undefined;
    entry.toldAt = clock.now();
    const { book, ts } = entry;
    emit({ type: 'book', instrument, ts, bids: book.best('bid', TOLD_LEVELS), asks: book.best('ask', TOLD_LEVELS) });
  }

  function plan(instrument: string, entry: Kept): void {
    if (entry.cancel !== undefined) return;
    const wait = entry.toldAt + EVERY_MS - clock.now();
    if (wait <= 0) tell(instrument, entry);
    else entry.cancel = clock.after(wait, () => tell(instrument, entry));
  }

  return {
    set(instrument, { side, price, size, ts }) {
      const entry = kept.get(instrument) ?? {
        ...{ book: new OrderBook(), ts, toldAt: Number.NEGATIVE_INFINITY, cancel: undefined },
      };
      kept.set(instrument, entry);
      const { book } = entry;
      book.set(side, price, size);
      const other = side === 'bid' ? 'ask' : 'bid';
      while (book.isCrossed()) book.set(other, book.best(other, 1).prices[0], 0);
      book.truncate(MOST_LEVELS);
      entry.ts = Math.max(entry.ts, ts);
      plan(instrument, entry);
    },
    stop() {
      for (const entry of kept.values()) {
        entry.cancel?.();
        entry.cancel = undefined;
      }
    },
  };
}
