import { splitInstrument } from '../engine/market/instrument.ts';
import type { Feed } from '../feeds/feed.ts';

/** What a feed calls an instrument: a tape's keep the names under which they were recorded. */
export function symbolAt(feed: Pick<Feed, 'venue'>, instrument: string): string {
  return feed.venue === 'tape' ? instrument : splitInstrument(instrument)[1];
}
