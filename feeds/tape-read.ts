import type { FeedEvent } from '../engine/market/events.ts';
import { type RawLine, rawLineOf } from './raw-lines.ts';
import { tapeEventOf } from './tape-events.ts';

/** What a line of a tape is: an event, something that came from a venue, or why it is neither. */
export type TapeLine = { readonly event: FeedEvent } | { readonly raw: RawLine } | { readonly fault: string };

export function readTapeLine(text: string, line: number): TapeLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'no JSON' };
  }
  if (typeof value !== 'object' || value === null) return { fault: 'no JSON object' };
  if ('venue' in value) {
    const raw = rawLineOf(value);
    return raw ? { raw } : { fault: 'nothing that a raw tape has' };
  }
  const event = tapeEventOf(value, line);
  return 'fault' in event ? event : { event };
}
