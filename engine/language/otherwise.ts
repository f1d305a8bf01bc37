import type { Span } from './ast.ts';
import { type Cursor, isWord, peek } from './cursor.ts';
import { phraseAt } from './phrases.ts';
import { CROSS_DIRECTIONS } from './words.ts';

/** What people say, by what the language calls it. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  crosses: ['at', 'to', 'hits', 'hit', 'reaches', 'reach', 'touches', 'touch', 'equals', 'passes', 'breaks', 'break'],
  'crosses above': ['crossover', 'crossesabove'],
  'crosses below': ['crossunder', 'crossesbelow'],
  falls: ['drops', 'drop', 'dumps', 'dump', 'sinks', 'loses', 'decreases', 'down'],
  rises: ['jumps', 'jump', 'pumps', 'pump', 'climbs', 'gains', 'increases', 'up'],
  above: ['over', 'exceeds'],
  below: ['under'],
  '< 30': ['oversold'],
  '> 70': ['overbought'],
  'every 1h': ['hourly'],
  'every 1d': ['daily'],
};

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
  MEANT.has(word) || COMPARED.has(word) || NEEDLESS.has(word) || word === 'between' || word === 'than';

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
  const found = phraseAt(rest) ?? comparedThan(rest) ?? between(rest) ?? plainWord(rest);
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

/** `greater than`, `less than`. */
function comparedThan(cursor: Cursor): Otherwise | undefined {
  const token = peek(cursor);
  const meant = token.kind === 'word' ? COMPARED.get(token.text) : undefined;
  if (meant === undefined || !isWord(peek(cursor, 1), 'than')) return undefined;
  return { meant, span: [token.span[0], peek(cursor, 1).span[1]] };
}

/** `between 60k and 70k`. */
function between(cursor: Cursor): Otherwise | undefined {
  const [word, low, and, high] = [0, 1, 2, 3].map((ahead) => peek(cursor, ahead));
  if (!isWord(word, 'between') || low.kind !== 'number' || !isWord(and, 'and') || high.kind !== 'number')
    return undefined;
  return {
    meant: `inside [${low.text.replaceAll(',', '')}, ${high.text.replaceAll(',', '')}]`,
    span: [word.span[0], high.span[1]],
  };
}
