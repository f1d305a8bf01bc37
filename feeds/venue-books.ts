import type { Clock } from '../engine/clock.ts';
import type { BookEvent } from '../engine/market/events.ts';
import { createLiveBook, type LiveBook } from './book.ts';
import type { Logger } from './logger.ts';
import type { Stream, Streams } from './streams.ts';
import type { BookMessage, Markets, Venue, VenueRest } from './venue.ts';
import type { Link } from './venue-link.ts';

export interface VenueBooksOptions {
  readonly venue: Venue;
  readonly rest: VenueRest;
  readonly markets: Markets;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly emit: (event: BookEvent) => void;
  readonly changed: () => void;
  /** A book begins anew. */
  readonly resynced: () => void;
  /** What is known of the markets may be old. */
  readonly doubted: () => void;
}

/** The order books of a venue. Each socket has its own, because changes of one do not follow on those of another. */
export interface VenueBooks {
  /** `isCurrent`: the link is the one that speaks for its route. */
  take(message: BookMessage, link: Link, isCurrent: boolean): void;
  /** The stream is confirmed on a link. */
  streaming(stream: Stream, link: Link, isCurrent: boolean): void;
  lost(link: Link): void;
  switched(link: Link, old: Link): void;
  /** Whether a link has all books of the topics that it `carries` for a route. */
  complete(link: Link, route: string, carries: (topic: string) => boolean): boolean;
  live(instrument: string, link: Link): boolean;
  drop(instrument: string): void;
  halt(): void;
}

export function createVenueBooks(options: VenueBooksOptions): VenueBooks {
  const { venue, rest, streams } = options;
  const byLink = new Map<Link, Map<string, LiveBook>>();

  function bookOf(stream: Stream, link: Link, isCurrent: boolean): LiveBook | undefined {
    const { book: rule } = venue;
    const books = byLink.get(link) ?? new Map<string, LiveBook>();
    byLink.set(link, books);
    const known = books.get(stream.instrument);
    if (known || !rule) return known;
    const book = createLiveBook({
      ...options,
      instrument: stream.instrument,
      rule,
      market: () => options.markets.get(stream.symbol),
      fetch: () => {
        if (!rest.book) throw new Error(`${venue.name} has no snapshots of books`);
        return rest.book(stream.symbol);
      },
      renew() {
        for (const { name } of stream.topics) link.subscriptions.renew(name);
        link.poke();
      },
    });
    books.set(stream.instrument, book);
    book.speak(isCurrent);
    book.streaming();
    return book;
  }

  function forget(link: Link): void {
    for (const book of byLink.get(link)?.values() ?? []) book.halt();
    byLink.delete(link);
  }

  const isLive = (instrument: string, link: Link): boolean => byLink.get(link)?.get(instrument)?.live() ?? false;

  return {
    take(message, link, isCurrent) {
      const stream = streams.get('book', message.instrument);
      // Some venues send the snapshot before they confirm.
      if (stream) bookOf(stream, link, isCurrent)?.take(message);
    },
    streaming: bookOf,
    lost: forget,
    switched(link, old) {
      forget(old);
      for (const book of byLink.get(link)?.values() ?? []) book.speak(true);
    },
    complete(link, route, carries) {
      const { subscriptions } = link;
      for (const { instrument, topics } of streams.of('book').values()) {
        const isOurs = topics.some(
          ({ route: on, name }) => on === route && carries(name) && !subscriptions.refused().has(name),
        );
        if (isOurs && !isLive(instrument, link)) return false;
      }
      return true;
    },
    live: isLive,
    drop(instrument) {
      for (const books of byLink.values()) {
        books.get(instrument)?.halt();
        books.delete(instrument);
      }
    },
    halt() {
      for (const link of [...byLink.keys()]) forget(link);
    },
  };
}
