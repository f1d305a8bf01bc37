import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { UserError } from '../engine/errors.ts';
import type { BookEvent, BookWanted } from '../engine/market/events.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { HOUR } from '../engine/market/interval.ts';
import type { Feed } from '../feeds/feed.ts';
import { createNeeds } from './needs.ts';

/** So long who asks for a book waits for the first one, in ms. */
const PATIENCE_MS = 5_000;

/** Order books are subscribed while a rule reads them, and for an hour after somebody asked for one. */
export interface Books {
  /** The engine's rules begin to read a book, or do not any more. */
  wanted(event: BookWanted): void;
  came(event: BookEvent): void;
  /** @throws UserError where the venue has no books, or none came in time */
  ask(instrument: string): Promise<BookEvent>;
  stop(): void;
}

export interface BooksOptions {
  readonly engine: Pick<Engine, 'bookOf'>;
  readonly clock: Clock;
  feedOf(instrument: string): Feed | undefined;
}

export function createBooks({ engine, clock, feedOf }: BooksOptions): Books {
  /** Books that came since they were subscribed: what was known before says nothing of now. */
  const current = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();
  const needs = createNeeds({
    clock,
    heldMs: 0,
    askedMs: HOUR,
    begin(instrument) {
      feedOf(instrument)?.watchBook?.([splitInstrument(instrument)[1]]);
    },
    end(instrument) {
      current.delete(instrument);
      feedOf(instrument)?.unwatchBook?.([splitInstrument(instrument)[1]]);
      return true;
    },
  });

  /** @returns whether a book came in time */
  function first(instrument: string): Promise<boolean> {
    const waiters = waiting.get(instrument) ?? new Set();
    waiting.set(instrument, waiters);
    return new Promise((resolve) => {
      const done = (isThere: boolean) => {
        cancel();
        waiters.delete(came);
        resolve(isThere);
      };
      const came = () => done(true);
      const cancel = clock.after(PATIENCE_MS, () => done(false));
      waiters.add(came);
    });
  }

  const newest = (instrument: string) => (current.has(instrument) ? engine.bookOf(instrument) : undefined);

  return {
    wanted({ instrument, on }) {
      needs.hold(`rules on ${instrument}`, on ? [instrument] : []);
    },
    came({ instrument }) {
      if (!needs.has(instrument)) return;
      current.add(instrument);
      const waiters = waiting.get(instrument);
      waiting.delete(instrument);
      for (const came of waiters ?? []) came();
    },
    async ask(instrument) {
      const [venue, symbol] = splitInstrument(instrument);
      if (feedOf(instrument)?.watchBook === undefined) {
        throw new UserError('no-book', `${venue} has no order books here.`);
      }
      needs.ask(instrument);
      if (newest(instrument) === undefined) await first(instrument);
      const book = newest(instrument);
      if (book !== undefined) return book;
      throw new UserError('no-book-yet', `No order book of ${symbol} has come from ${venue} yet.`, {
        hint: 'Try again in a moment.',
      });
    },
    stop: needs.stop,
  };
}
