import { UserError } from '../engine/errors.ts';
import { printClauses } from '../engine/language/strategy-print.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval } from '../engine/market/interval.ts';
import type { CommandContext } from './command.ts';
import type { FeedArguments } from './feed-arguments.ts';
import type { SignalFeedView } from './strategy-ports.ts';

export interface FeedTwins {
  /** The feed that says the same there already. */
  readonly same: SignalFeedView | undefined;
  /** Those that an older text runs in, all of whose symbols are carried on. */
  readonly older: readonly SignalFeedView[];
}

type Wanted = Pick<FeedArguments, 'name' | 'strategy'>;

/**
 * Feeds of the same strategy and interval on some of the same symbols in the same chat: any others are feeds of their own.
 * @throws UserError where an older text runs on a symbol besides that would be carried no longer
 */
export function twinsOf({ feeds, chatKey }: CommandContext, wanted: Wanted, targetKey: string): FeedTwins {
  const { name, strategy } = wanted;
  const twins = feeds.list(targetKey).filter(({ feed, text }) => {
    const isShared = text.instruments.some((instrument) => strategy.instruments.includes(instrument));
    return feed.targetKey === targetKey && feed.name === name && text.interval === strategy.interval && isShared;
  });
  const same = twins.find(({ text }) => printClauses(text) === printClauses(strategy));
  if (same !== undefined) return { same, older: [] };
  const older = twins.filter(({ feed }) => feed.chatKey === chatKey);
  for (const each of older) requireAll(each, wanted);
  return { same, older };
}

function requireAll({ feed, text }: SignalFeedView, { name, strategy }: Wanted): void {
  const left = text.instruments.filter((instrument) => !strategy.instruments.includes(instrument));
  if (left.length === 0) return;
  const symbols = [...new Set([...text.instruments, ...strategy.instruments])].map(symbolOf).join(' ');
  throw new UserError(
    'feed-part',
    `Feed ${feed.number} carries ${name} of another text on ${left.map(symbolOf).join(', ')} as well, which this would end.`,
    {
      hint: `Name all symbols, /feed add ${name} ${symbols} ${formatInterval(text.interval)}, or end it: /feed remove ${feed.number}.`,
    },
  );
}

const symbolOf = (instrument: string): string => splitInstrument(instrument)[1];

/** Says that a feed is there already. */
export function twiceError({ feed, text }: SignalFeedView, { name, strategy }: Wanted): UserError {
  const shared = text.instruments.filter((each) => strategy.instruments.includes(each)).map(symbolOf);
  const isPart = shared.length < strategy.instruments.length;
  return new UserError(
    'feed-twice',
    `Feed ${feed.number} carries ${name} on ${shared.join(', ')} ${formatInterval(text.interval)} there already.`,
    { hint: `${isPart ? `Leave out ${shared.join(', ')}; ` : ''}/feed remove ${feed.number} ends it.` },
  );
}
