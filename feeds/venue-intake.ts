import type { Clock } from '../engine/clock.ts';
import type { FactEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import type { Counters } from './counters.ts';
import type { Logger } from './logger.ts';
import type { Streams } from './streams.ts';
import type { Ack, BookMessage, Frame, Reader, Venue } from './venue.ts';
import type { VenueBooks } from './venue-books.ts';
import type { Link } from './venue-link.ts';
import type { VenueSockets } from './venue-sockets.ts';

export interface VenueIntakeOptions {
  readonly venue: Venue;
  readonly reader: Reader;
  readonly streams: Streams;
  readonly routes: ReadonlyMap<string, VenueSockets>;
  readonly books: VenueBooks;
  readonly counters: Counters;
  readonly malformed: (reason: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly emit: (event: FeedEvent) => void;
  readonly changed: () => void;
}

/** Brings each thing that a frame says to whom it concerns. */
export interface VenueIntake {
  take(text: string, route: string, link: Link): void;
  /** One that was fetched: it does not say that a stream lives. */
  fetched(fact: FactEvent): void;
  lastMessageAt(): number | undefined;
  /** What the venue refused so far. */
  readonly refusals: { readonly count: number; readonly last: string };
}

export function createVenueIntake(options: VenueIntakeOptions): VenueIntake {
  const { reader, streams, routes, books, counters, malformed, clock, log, emit } = options;
  const refusals = { count: 0, last: '' };
  let lastMessageAt: number | undefined;

  const isCurrent = (link: Link, route: string): boolean => routes.get(route)?.isCurrent(link) ?? false;

  // Hot path: a trade takes the first branch.
  function onText(text: string, route: string, link: Link): void {
    counters.frames++;
    lastMessageAt = clock.now();
    const trade = reader.readTrade?.(text, route);
    if (trade !== undefined) offer(trade);
    else take(reader.read(text, route), route, link);
  }

  function offer(trade: Trade): void {
    const stream = streams.get('trades', trade.instrument);
    if (!stream) return;
    stream.heardAt = lastMessageAt ?? 0;
    stream.sequence?.offer(trade);
  }

  function take(frame: Frame, route: string, link: Link): void {
    if (frame.serial !== undefined && !link.follows(frame.serial)) {
      link.replace('frames are missing on the connection');
      return;
    }
    switch (frame.kind) {
      case 'trades':
        for (const trade of frame.trades) {
          if (!frame.snapshot || streams.get('trades', trade.instrument)?.sequence?.begun()) offer(trade);
        }
        break;
      case 'facts':
        if (isCurrent(link, route)) for (const fact of frame.facts) takeFact(fact);
        break;
      case 'book':
        takeBook(frame.book, link, isCurrent(link, route));
        break;
      case 'acks':
        for (const ack of frame.acks) takeAck(ack, link);
        link.poke();
        options.changed();
        break;
      case 'alive':
        break;
      case 'leave':
        routes.get(route)?.change(link, frame.reason);
        break;
      case 'malformed':
        malformed(frame.reason);
        break;
      case 'unknown':
        counters.unknown++;
        break;
      case 'many':
        for (const one of frame.frames) take(one, route, link);
        break;
    }
  }

  function takeAck(ack: Ack, link: Link): void {
    if (ack.refusal !== undefined) onRefusal(ack.refusal);
    if (!link.subscriptions.answered(ack) && ack.refusal === undefined) counters.unknown++;
  }

  function takeFact(fact: FactEvent): void {
    const stream = fact.instrument === undefined ? undefined : streams.get('facts', fact.instrument);
    if (!stream) return;
    stream.heardAt = clock.now();
    emit(fact);
  }

  function fetched(fact: FactEvent): void {
    if (fact.instrument !== undefined && streams.get('facts', fact.instrument)) emit(fact);
  }

  function takeBook(message: BookMessage, link: Link, isSpeaking: boolean): void {
    const stream = streams.get('book', message.instrument);
    if (!stream) return;
    stream.heardAt = clock.now();
    books.take(message, link, isSpeaking);
  }

  function onRefusal(message: string): void {
    refusals.count++;
    refusals.last = message.slice(0, 200);
    counters.unknown++;
    log.warn({ venue: options.venue.name, message: refusals.last }, 'the venue refused a request');
  }

  return { take: onText, fetched, lastMessageAt: () => lastMessageAt, refusals };
}
