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

/** `volume > 3x average`. */
function manyTimes(cursor: Cursor): Otherwise | undefined {
  const token = peek(cursor);
  const before = cursor.tokens[cursor.at - 1];
  // `3 x` are two tokens, of which the number has been read.
  const isParted = before?.kind === 'number' && (token.text === 'x' || token.text === 'times');
  const first = isParted ? before : token;
  const series = comparedAt(cursor, cursor.at - (isParted ? 2 : 1));
  const found = series && timesAt(cursor.text, first.span[0]);
  return found && { meant: timesAverage(found.times, series.text), span: [first.span[0], found.end] };
}

/** The series that the comparison at a token compares. */
function comparedAt({ tokens }: Cursor, at: number): Token | undefined {
  const [series, sign] = [tokens[at - 1], tokens[at]];
  if (series?.kind !== 'word' || sign === undefined || !isComparing(sign)) return undefined;
  return lookup(series.text) === undefined ? undefined : series;
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

/** `bullish engulfing`: a candlestick pattern and its sign. */
function leaning(cursor: Cursor): Otherwise | undefined {
  const [side, name] = [peek(cursor), peek(cursor, 1)];
  const sign = side.kind === 'word' ? SIDES.get(side.text) : undefined;
  const entry = sign === undefined || name.kind !== 'word' ? undefined : lookup(name.text);
  if (entry === undefined || !PATTERNS.some((each) => each === entry)) return undefined;
  return { meant: `${entry.name} ${sign} 0`, span: [side.span[0], name.span[1]] };
}
