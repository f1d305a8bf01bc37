import type { FeedEvent } from '../engine/market/events.ts';
import type { RawLine, RawText } from './raw-lines.ts';
import type { Frame, Reader, Venue } from './venue.ts';

/** The venues whose frames can be read, by name. */
export type Venues = ReadonlyMap<string, Venue>;

/** Frames of tapes that hold nothing else: trades and facts as they came; a venue whose names come from its list has none there. */
export function createBareReader(venues: Venues): (line: RawLine & RawText) => readonly FeedEvent[] | string {
  const readers = new Map<string, Reader>();
  return ({ venue: name, text, route }) => {
    const venue = venues.get(name);
    if (!venue) return `${name} is no venue whose frames can be read`;
    if (venue.listing === 'first') return unlisted(name);
    const reader = readers.get(name) ?? venue.reader({ get: () => undefined, named: () => undefined });
    readers.set(name, reader);
    return eventsOf(reader.read(text, route));
  };
}

/** Why frames mean nothing. */
export function unlisted(venue: string): string {
  return (
    `a frame of ${venue} without the list of its markets, which this tape does not have before it ` +
    '(older versions did not record it): replay the tape-* files of the same folder instead'
  );
}

function eventsOf(read: Frame): readonly FeedEvent[] | string {
  switch (read.kind) {
    case 'trades':
      return read.snapshot ? [] : read.trades;
    case 'facts':
      return read.facts;
    case 'many':
      return read.frames.flatMap((one) => {
        const events = eventsOf(one);
        return typeof events === 'string' ? [] : events;
      });
    case 'malformed':
      return `a frame that cannot be read: ${read.reason}`;
    // Books are made of many frames, and the rest is between the venue and its socket.
    case 'book':
    case 'acks':
    case 'alive':
    case 'leave':
    case 'unknown':
      return [];
  }
}
