import type { Message } from '../commands/message.ts';
import type { SignalFeed } from '../db/signal-feeds.ts';
import type { SignalStory } from '../engine/ledger/rows.ts';

/** From this hit rate of like signals on a signal is strong; where there is none yet it is not. */
const STRONG = 0.6;

const isStrong = ({ signal, end }: SignalStory): boolean =>
  end === undefined && signal.confidence !== null && signal.confidence >= STRONG;

/** How a message of signals is posted: as their feeds have it, as far as those are of one mind. */
export function signalLook(
  feeds: readonly (SignalFeed | undefined)[],
  stories: readonly SignalStory[],
): Pick<Message, 'byline' | 'publish'> {
  const [first] = feeds;
  if (first === undefined) return {};
  const hasOneName = feeds.every((feed) => feed?.byWebhook === true && feed.name === first.name);
  const isPublished = feeds.every((feed) => feed?.publishes === true) && stories.some(isStrong);
  return { ...(hasOneName && { byline: first.name }), ...(isPublished && { publish: true }) };
}
