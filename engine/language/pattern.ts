import { lookup, PATTERNS } from '../series/catalog.ts';
import type { CatalogEntry } from '../series/catalog-entry.ts';
import type { Span } from './ast.ts';
import { accept, type Cursor, expectOp, isOp, next, peek } from './cursor.ts';
import { corrected, didYouMean, fail, quote } from './failure.ts';
import { nearest } from './nearest.ts';
import type { Token } from './tokens.ts';

const NAMES = PATTERNS.flatMap((entry) => [entry.name, ...entry.aliases]);
const OFFERED = 3;
const HINT = 'for example pattern(engulfing) > 0';

/** Whether a token is the word that a candlestick pattern may be called with. */
export const isPatternWord = (token: Token): boolean => token.kind === 'word' && token.text === 'pattern';

/**
 * `pattern(engulfing)`, which is `engulfing`; behind a comma there may be numbers: `pattern(morningstar, 0.5)`. Leaves the cursor
 * behind the name, and behind the comma or the bracket that follows it.
 *
 * @param word where `pattern` stands, the token before the cursor
 * @returns the pattern, and whether its arguments are still to be read
 */
export function readPatternName(cursor: Cursor, word: Token): { entry: CatalogEntry; more: boolean } {
  if (!isOp(peek(cursor), '(')) fail('bad-argument', `${quote(word.text)} needs brackets`, word.span, { hint: HINT });
  next(cursor);
  const name = next(cursor);
  const entry = lookup(name.text);
  if (entry === undefined || !PATTERNS.some((each) => each === entry)) return failPattern(cursor, name);
  if (accept(cursor, 'op', ',')) return { entry, more: true };
  expectOp(cursor, ')');
  return { entry, more: false };
}

function failPattern(cursor: Cursor, name: Token): never {
  const { text } = cursor;
  const near = name.kind === 'word' ? nearest(name.text, NAMES, OFFERED) : [];
  if (near.length > 0) {
    fail('unknown-name', `no pattern ${quote(name.text)}`, name.span, didYouMean(text, name.span, near));
  }
  const isName = name.kind === 'word' || name.kind === 'number';
  const span: Span = isName ? name.span : [name.span[0], name.span[0]];
  const message = isName ? `no pattern ${quote(text.slice(...span))}` : 'which pattern?';
  const suggestions = [corrected(text, span, 'engulfing')];
  return fail('unknown-name', message, span, { hint: `${HINT}; /help pattern lists them`, suggestions });
}
