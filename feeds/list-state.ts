import type { FeedState } from './feed.ts';
import type { MarketList } from './markets.ts';

/** So many failed tries in a row for the list of markets are still part of a start. */
const FIRST_TRIES = 1;

/** What the list of markets makes of a feed's state. `isHeard`: the venue is heard otherwise, which proves more than the list does. */
export function listStateOf(markets: Pick<MarketList, 'isLoaded' | 'trouble'>, isHeard: boolean): FeedState {
  if (isHeard) return 'live';
  const tries = markets.trouble()?.tries ?? 0;
  if (markets.isLoaded()) return tries > 0 ? 'down' : 'live';
  return tries > FIRST_TRIES ? 'down' : 'connecting';
}
