import { lookup } from '../series/catalog.ts';
import { type Cursor, isOp, isWord, peek } from './cursor.ts';
import type { Otherwise } from './otherwise.ts';
import { findSymbol } from './symbol-reader.ts';
import type { Token } from './tokens.ts';
import { isComparing } from './words.ts';

const EXTREMES: ReadonlyMap<string, { readonly sign: '<' | '>'; readonly level: number }> = new Map([
  ['oversold', { sign: '<', level: 30 }],
  ['overbought', { sign: '>', level: 70 }],
]);

/** Whether a lower-case word says that a series lies at one of its ends. */
export const isExtreme = (word: string): boolean => EXTREMES.has(word);

/** `overbought`: beyond a level of the series before it, and of the rsi where none is there that has levels. */
export function extremeAt(cursor: Cursor): Otherwise | undefined {
  const token = peek(cursor);
  const extreme = token.kind === 'word' ? EXTREMES.get(token.text) : undefined;
  if (extreme === undefined) return undefined;
  const { sign, level } = extreme;
  const subject = subjectOf(cursor);
  const entry = subject && lookup(subject.text);
  const levels = entry?.levels ?? [];
  const end = sign === '<' ? levels[0] : levels.at(-1);
  if (levels.length > 1) return { meant: `${sign} ${end}`, span: token.span };
  if (entry?.scale === 'percent') return { meant: `${sign} ${level}`, span: token.span };
  const before = cursor.tokens[cursor.at - 1];
  const first = subject ?? (before !== undefined && isWord(before, 'is') ? before : token);
  const isBare = cursor.at === 0 && cursor.scope.resolve('btc') !== undefined;
  return { meant: `${isBare ? 'btc ' : ''}rsi ${sign} ${level}`, span: [first.span[0], token.span[1]] };
}

/** The series that a word behind it is about; what stands in its brackets is not meant. */
function subjectOf(cursor: Cursor): Token | undefined {
  let depth = 0;
  for (let at = cursor.at - 1; at >= 0; at--) {
    const token = cursor.tokens[at]!;
    if (isOp(token, ')')) depth++;
    else if (isOp(token, '(')) depth--;
    else if (depth === 0 && isBoundary(token)) return undefined;
    else if (depth === 0 && token.kind === 'word' && lookup(token.text) !== undefined) {
      const isSymbol = at === 0 && findSymbol({ ...cursor, at }) !== undefined;
      return isSymbol ? undefined : token;
    }
  }
  return undefined;
}

const isBoundary = (token: Token): boolean =>
  isWord(token, 'and') || isWord(token, 'or') || isWord(token, 'not') || (isComparing(token) && !isWord(token, 'is'));
