import type { SignalStory } from '../engine/ledger/rows.ts';
import { digestPage } from './digest-pages.ts';
import type { FiringContext } from './firing-message.ts';
import type { Message, TextSpan } from './message.ts';
import { headWords, NO_ADVICE, priceWords, type SignalSurroundings, type SignalWords } from './signal-message.ts';

/** A caption has room for fewer than a text: what is more is behind a button. */
const MOST_LISTED = 12;

type Context = Pick<FiringContext, 'market' | 'chat' | 'clock' | 'button'>;

/** Signals that went out in one message, each in a line: what can still be acted on comes first. */
export function signalDigest(
  context: Context,
  stories: readonly SignalStory[],
  {
    deliveryId,
    sentAt,
    isFirstToday,
  }: Pick<SignalSurroundings, 'sentAt' | 'isFirstToday'> & { readonly deliveryId: string },
): Message {
  const lines = liveFirst(stories)
    .slice(0, MOST_LISTED)
    .flatMap((story) => lineOf(context, story, sentAt));
  const rest = stories.length - MOST_LISTED;
  const more = rest > 0 ? [`\nand ${rest} more`] : [];
  const buttons = rest > 0 ? { buttons: [[context.button('Show all', 'dga', [deliveryId, '0'])]] } : {};
  const note: readonly TextSpan[] = isFirstToday ? ['\n', ...NO_ADVICE] : [];
  return { text: ['📡 ', ...countWords(stories), ...lines, ...more, ...note], ...buttons };
}

const liveFirst = (stories: readonly SignalStory[]): readonly SignalStory[] => [
  ...stories.filter(({ end }) => end === undefined),
  ...stories.filter(({ end }) => end !== undefined),
];

/** `20 signals: 12 open, 5 won, 3 lost`. */
function countWords(stories: readonly SignalStory[]): readonly TextSpan[] {
  const ended = stories.flatMap(({ end }) => (end === undefined ? [] : [end.result > 0]));
  const won = ended.filter((isWon) => isWon).length;
  const counts = [
    [stories.length - ended.length, 'open'],
    [won, 'won'],
    [ended.length - won, 'lost'],
  ] as const;
  const said = counts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  return [{ bold: `${stories.length} signals` }, ...(ended.length === 0 ? [] : [`: ${said.join(', ')}`])];
}

function lineOf(context: SignalWords, story: SignalStory, sentAt: number): readonly TextSpan[] {
  const { stop, target, instrument } = story.signal;
  const levels = [
    ...(stop === null ? [] : [`stop ${priceWords(context, instrument, stop)}`]),
    ...(target === null ? [] : [`target ${priceWords(context, instrument, target)}`]),
  ];
  const tail = story.end === undefined && levels.length > 0 ? ` · ${levels.join(' · ')}` : '';
  return ['\n', ...headWords(context, story, sentAt), tail];
}

/** Every signal of a digest as it stands now, a page at a time. */
export function signalList(
  context: Context,
  stories: readonly SignalStory[],
  deliveryId: string,
  page: number,
): Message {
  const { shown, where, ...rest } = digestPage(context, liveFirst(stories), deliveryId, page);
  // Each is told as of its own moment: none of them is late news here.
  const lines = shown.flatMap((story) => lineOf(context, story, story.signal.ts));
  return { text: [...countWords(stories), where, ...lines], ...rest, private: true };
}
