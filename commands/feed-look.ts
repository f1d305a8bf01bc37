import type { FeedLook } from '../db/signal-feeds.ts';
import { UserError } from '../engine/errors.ts';
import { quoted } from './clean-text.ts';
import type { Place } from './platform.ts';

/** What was said of how a feed's messages are posted; undefined: nothing. */
export type SaidLook = { readonly [K in keyof FeedLook]: FeedLook[K] | undefined };

/** `as webhook`, `as bot`, `publish`, `no publish`, at the end. */
const LAST = /\s+(?:as(?:\s+(\S+))?|(no\s+)?publish)\s*$/i;

/** Takes what is said of a feed's look off the end of its text. @throws UserError for a look that there is not */
export function lookOf(text: string): { readonly rest: string; readonly look: SaidLook } {
  let rest = text;
  let look: SaidLook = { byWebhook: undefined, publishes: undefined };
  for (let said = LAST.exec(rest); said !== null; said = LAST.exec(rest)) {
    const [whole, as, no] = said;
    if (!/publish\s*$/i.test(whole)) look = { ...look, byWebhook: isWebhook(as) };
    else look = { ...look, publishes: no === undefined };
    rest = rest.slice(0, said.index);
  }
  return { rest, look };
}

function isWebhook(as = ''): boolean {
  if (/^webhook$/i.test(as)) return true;
  if (/^bot$/i.test(as)) return false;
  throw new UserError(
    'feed-look',
    as === '' ? 'As what shall the feed be posted?' : `A feed is not posted as ${quoted(as)}.`,
    {
      hint: 'There are “as webhook”, under the strategy’s name, and “as bot”.',
    },
  );
}

/** @throws UserError where messages cannot be posted so in that place */
export function checkLook({ byWebhook, publishes }: FeedLook, { address, isAnnouncement }: Place): void {
  if (!byWebhook && !publishes) return;
  if (address.platform !== 'discord') {
    throw new UserError('feed-look', 'There are no webhooks and no announcement channels but in Discord.', {
      hint: 'Leave “as webhook” and “publish” out.',
    });
  }
  if (publishes && isAnnouncement !== true) {
    throw new UserError('feed-look', 'Discord publishes messages of announcement channels alone, and that is none.', {
      hint: 'Leave “publish” out, or name an announcement channel: to #news.',
    });
  }
}

export const isSameLook = (a: FeedLook, b: FeedLook): boolean =>
  a.byWebhook === b.byWebhook && a.publishes === b.publishes;

/** `as webhook`, `strong signals published`. */
export const lookWords = ({ byWebhook, publishes }: FeedLook): readonly string[] => [
  ...(byWebhook ? ['as webhook'] : []),
  ...(publishes ? ['strong signals published'] : []),
];
