import type { Completion } from './complete.ts';
import { type Offer, offer } from './completion-lists.ts';
import type { CompletionSources } from './completion-offers.ts';
import { nearest } from './nearest.ts';
import type { Scope } from './scope.ts';

const WORD = 'listing';
const BEGUN = /^\s*listings?\s+(?:(\S+)\s+)?(.*?)(\S*)$/i;
const MODES: readonly Offer[] = [
  offer('once', 'only the first time'),
  offer('silent', 'without a sound'),
  offer('every 1h', 'at most once in an hour'),
];
/** Quote currencies that are offered. */
const MOST_QUOTES = 8;

/** `listing` for who has begun to type it at the start of a rule. */
export function listingWord(before: string): Completion | undefined {
  const typed = before.trimStart().toLowerCase();
  if (typed === '' || !WORD.startsWith(typed)) return undefined;
  const from = before.length - typed.length;
  return { from, to: before.length, text: WORD, label: 'listing VENUE', summary: 'new markets of a venue' };
}

/** What may come next in `listing binance usdt once`; undefined where the text is another rule. */
export function completeListing(
  before: string,
  scope: Scope,
  sources: CompletionSources,
): readonly Completion[] | undefined {
  const [, venue, middle = '', typed = ''] = BEGUN.exec(before) ?? [];
  if (BEGUN.exec(before) === null) return undefined;
  const part = typed.toLowerCase();
  const from = before.length - typed.length;
  return offersFor(venue?.toLowerCase(), middle, part, scope, sources)
    .filter(({ text }) => text !== part)
    .map(({ text, label, summary }) => ({ from, to: before.length, text, label, summary }));
}

function offersFor(
  venue: string | undefined,
  middle: string,
  part: string,
  scope: Scope,
  { quotes }: CompletionSources,
): readonly Offer[] {
  const { venues = [] } = scope;
  if (venue === undefined) return named(venues, part).map((name) => offer(name, 'its new markets'));
  if (!venues.includes(venue)) return [];
  const all = middle.trim() === '' ? (quotes?.(venue) ?? []).slice(0, MOST_QUOTES) : [];
  const inQuotes = all.map((quote) => offer(quote, `only what is quoted in ${quote}`));
  return [...inQuotes, ...MODES].filter(({ text }) => text.startsWith(part));
}

/** Those that begin so, else those that it may be a slip of. */
function named(names: readonly string[], part: string): readonly string[] {
  const fitting = names.filter((name) => name.startsWith(part));
  return fitting.length > 0 ? fitting : nearest(part, names);
}
