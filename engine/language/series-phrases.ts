import { lookup, PATTERNS } from '../series/catalog.ts';
import { type Cursor, isOp, isWord, peek } from './cursor.ts';
import type { Otherwise } from './otherwise.ts';
import { timesAt, timesAverage } from './times-average.ts';
import type { Token } from './tokens.ts';
import { isComparing } from './words.ts';

/** How a series and what it is compared with are said: `3x average`, `z score`, `bullish engulfing`. */
export function seriesPhraseAt(cursor: Cursor): Otherwise | undefined {
  return manyTimes(cursor) ?? zScore(cursor) ?? leaning(cursor);
}

/** `volume > 3x average`, `volume 3x average`. */
function manyTimes(cursor: Cursor): Otherwise | undefined {
  const token = peek(cursor);
  const before = cursor.tokens[cursor.at - 1];
  // `3 x` are two tokens, of which the number has been read.
  const isParted = before?.kind === 'number' && (token.text === 'x' || token.text === 'times');
  const first = isParted ? before : token;
  const found = timesAt(cursor.text, first.span[0]);
  const compared = found && comparedAt(cursor, cursor.at - (isParted ? 2 : 1));
  if (found === undefined || compared === undefined) return undefined;
  const { series, sign } = compared;
  return { meant: `${sign}${timesAverage(found.times, series.text)}`, span: [first.span[0], found.end] };
}

/** The series that ends at a token, or that the comparison there compares, and the sign that is missing. */
function comparedAt({ tokens }: Cursor, at: number): { readonly series: Token; readonly sign: '' | '> ' } | undefined {
  const last = tokens[at];
  const isSign = last !== undefined && isComparing(last);
  const series = isSign ? tokens[at - 1] : last;
  if (series?.kind !== 'word' || lookup(series.text) === undefined) return undefined;
  return { series, sign: isSign && !isWord(last, 'is') ? '' : '> ' };
}

const Z_SCORE = /z[\s-]+score\b/iuy;

/** `z score`, `z-score`, of which the z has been read. */
function zScore(cursor: Cursor): Otherwise | undefined {
  if (!isWord(peek(cursor), 'score')) return undefined;
  const dashes = isOp(cursor.tokens[cursor.at - 1] ?? peek(cursor), '-') ? 2 : 1;
  const z = cursor.tokens[cursor.at - dashes];
  if (z === undefined || !isWord(z, 'z')) return undefined;
  Z_SCORE.lastIndex = z.span[0];
  const match = Z_SCORE.exec(cursor.text);
  return match === null ? undefined : { meant: 'z', span: [z.span[0], z.span[0] + match[0].length] };
}

const SIDES: ReadonlyMap<string, '>' | '<'> = new Map([
  ['bullish', '>'],
  ['bearish', '<'],
]);

/** `bullish engulfing`, `engulfing bullish`: a candlestick pattern and its sign. */
function leaning(cursor: Cursor): Otherwise | undefined {
  const side = peek(cursor);
  const sign = side.kind === 'word' ? SIDES.get(side.text) : undefined;
  if (sign === undefined) return undefined;
  const [before, after] = [cursor.tokens[cursor.at - 1], peek(cursor, 1)];
  const name = [after, before].find((token) => token?.kind === 'word' && isPattern(token.text));
  if (name === undefined) return undefined;
  const span = [Math.min(side.span[0], name.span[0]), Math.max(side.span[1], name.span[1])] as const;
  return { meant: `${lookup(name.text)?.name} ${sign} 0`, span };
}

const isPattern = (word: string): boolean => PATTERNS.some((each) => each === lookup(word));
