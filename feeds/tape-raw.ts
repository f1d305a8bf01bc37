import { z } from 'zod';
import type { FeedEvent } from '../engine/market/events.ts';
import type { Frame, Reader } from './venue.ts';

const frame = z.object({ venue: z.string(), route: z.string(), at: z.number(), text: z.string() });

/** The reader of a venue's frames; undefined where there is no such venue. */
export type Readers = (venue: string) => Reader | undefined;

/** The trades and facts of a recorded frame, read as live ones are. Undefined: the line is none, or cannot be read. */
export function parseRawLine(text: string, readers: Readers): readonly FeedEvent[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = frame.safeParse(value);
  const reader = parsed.success ? readers(parsed.data.venue) : undefined;
  if (!parsed.success || reader === undefined) return undefined;
  return eventsOf(reader.read(parsed.data.text, parsed.data.route));
}

function eventsOf(read: Frame): readonly FeedEvent[] | undefined {
  switch (read.kind) {
    case 'trades':
      return read.snapshot ? [] : read.trades;
    case 'facts':
      return read.facts;
    case 'many':
      return read.frames.flatMap((one) => eventsOf(one) ?? []);
    case 'malformed':
      return undefined;
    // Books are made of many frames, and the rest is between the venue and its socket.
    case 'book':
    case 'acks':
    case 'alive':
    case 'leave':
    case 'unknown':
      return [];
  }
}
