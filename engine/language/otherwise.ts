import { lookup } from '../series/catalog.ts';
import type { Span } from './ast.ts';
import { type Cursor, isWord, peek } from './cursor.ts';
import { extremeAt, isExtreme } from './extremes.ts';
import { phraseAt } from './phrases.ts';
import { rangeAt } from './range-words.ts';
import { CROSS_DIRECTIONS, isComparing } from './words.ts';

/** What people say, by what the language calls it. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  crosses: ['at', 'to', 'hits', 'hit', 'reaches', 'reach', 'touches', 'touch', 'equals', 'passes', 'breaks', 'break'],
  'crosses above': ['crossover', 'crossesabove'],
  'crosses below': ['crossunder', 'crossesbelow'],
  falls: [
    'drops',
    'drop',
    'dumps',
    'dump',
    'sinks',
    'loses',
    'decreases',
    'dips',
    'tumbles',
    'plunges',
    'slides',
    'down',
  ],
  rises: ['jumps', 'jump', 'pumps', 'pump', 'climbs', 'gains', 'increases', 'rallies', 'soars', 'up'],
  above: ['over', 'exceeds'],
  below: ['under'],
};

/** Said of an interval, and behind a condition of how often. */
const INTERVALS: ReadonlyMap<string, string> = new Map([
  ['hourly', '1h'],
  ['daily', '1d'],
]);

const MEANT: ReadonlyMap<string, string> = new Map(
  Object.entries(OTHERWISE).flatMap(([meant, words]) => words.map((word) => [word, meant] as const)),
);

/** Said in front of `than`. */
const COMPARED: ReadonlyMap<string, string> = new Map([
  ...['greater', 'more', 'higher', 'bigger', 'larger'].map((word) => [word, '>'] as const),
  ...['less', 'lower', 'smaller', 'fewer'].map((word) => [word, '<'] as const),
]);

/** Said where the language needs nothing. */
const NEEDLESS: ReadonlySet<string> = new Set(
  'alert tell notify warn me us please when whenever if price goes gets moves trades becomes'.split(' '),
);

/** Whether a lower-case word is one of those that people say and the language does not. */
export const isSaidOtherwise = (word: string): boolean =>
  MEANT.has(word) ||
  INTERVALS.has(word) ||
  isExtreme(word) ||
  COMPARED.has(word) ||
  NEEDLESS.has(word) ||
  word === 'between' ||
  word === 'than';

/** A way of saying something that is not the language's, and what would be. */
export interface Otherwise {
  readonly span: Span;
  /** Empty where it can be left out. */
  readonly meant: string;
  /** What may be meant instead. */
  readonly also?: readonly string[];
}

/** What is said otherwise at the cursor; undefined where nothing is known of it. */
export function saidOtherwise(cursor: Cursor): Otherwise | undefined {
  let skipped = 0;
  while (peek(cursor, skipped).kind === 'word' && NEEDLESS.has(peek(cursor, skipped).text)) skipped++;
  const rest = skipped === 0 ? cursor : { ...cursor, at: cursor.at + skipped };
  const start = peek(cursor).span[0];
  const found =
    phraseAt(rest) ?? extremeAt(rest) ?? comparedThan(rest) ?? between(rest) ?? intervalWord(rest) ?? plainWord(rest);
  if (found !== undefined) return { ...found, span: [Math.min(start, found.span[0]), found.span[1]] };
  return skipped === 0 ? undefined : { meant: '', span: [start, peek(rest).span[0]] };
}

function plainWord(cursor: Cursor): Otherwise | undefined {
  const token = peek(cursor);
  const meant = token.kind === 'word' ? MEANT.get(token.text) : undefined;
  if (meant === undefined) return undefined;
  const isMove = meant === 'falls' || meant === 'rises';
  const turned = isMove && CROSS_DIRECTIONS.has(peek(cursor, 1).text) ? 'crosses' : meant;
  return { meant: turned, span: token.span };
}

/** `hourly`: the bars of a rule or of the series before it; behind a comparison it says how often. */
function intervalWord(cursor: Cursor): Otherwise | undefined {
  const token = peek(cursor);
  const interval = token.kind === 'word' ? INTERVALS.get(token.text) : undefined;
  if (interval === undefined) return undefined;
  if (cursor.tokens.slice(0, cursor.at).some(isComparing)) return { meant: `every ${interval}`, span: token.span };
  const before = cursor.tokens[cursor.at - 1];
  if (before?.kind !== 'word' || lookup(before.text) === undefined) return { meant: interval, span: token.span };
  return { meant: `${before.text}@${interval}`, span: [before.span[0], token.span[1]] };
}

/** `greater than`, `less than`. */
function comparedThan(cursor: Cursor): Otherwise | undefined {
  const token = peek(cursor);
  const meant = token.kind === 'word' ? COMPARED.get(token.text) : undefined;
  if (meant === undefined || !isWord(peek(cursor, 1), 'than')) return undefined;
  return { meant, span: [token.span[0], peek(cursor, 1).span[1]] };
}

/** `between 60k and 70k`. */
function between(cursor: Cursor): Otherwise | undefined {
  const word = peek(cursor);
  const range = isWord(word, 'between') ? rangeAt({ ...cursor, at: cursor.at + 1 }) : undefined;
  return range && { meant: `inside ${range.meant}`, span: [word.span[0], range.span[1]] };
}
