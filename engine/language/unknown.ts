import { CATALOG } from '../series/catalog.ts';
import { type Cursor, isOp, peek } from './cursor.ts';
import { didYouMean, fail, quote } from './failure.ts';
import { nearest } from './nearest.ts';
import { gluedLength } from './symbol-reader.ts';
import { MATH } from './words.ts';

const NAMES = [...CATALOG.flatMap((entry) => [entry.name, ...entry.aliases]), ...Object.keys(MATH)];
const OFFERED = 3;

/**
 * Refuses the name at the cursor, with what may have been meant: functions where it is called or applied, symbols where
 * one may stand.
 */
export function failUnknown(cursor: Cursor): never {
  const token = peek(cursor);
  const afterDot = cursor.at > 0 && isOp(cursor.tokens[cursor.at - 1], '.');
  if (afterDot || (token.kind === 'word' && isOp(peek(cursor, 1), '('))) {
    const what = afterDot && !isOp(peek(cursor, 1), '(') ? 'series' : 'function';
    const names = nearest(token.text, NAMES, OFFERED);
    fail('unknown-name', `no ${what} ${quote(token.text)}`, token.span, didYouMean(cursor.text, token.span, names));
  }
  const names = token.kind === 'word' ? nearest(token.text, NAMES, OFFERED) : [];
  if (names.length > 0) {
    const symbols = cursor.scope.suggest(token.text).filter((symbol) => nearest(token.text, [symbol]).length > 0);
    const all = [...names, ...symbols].slice(0, OFFERED);
    fail(
      'unknown-name',
      `no series or symbol ${quote(token.text)}`,
      token.span,
      didYouMean(cursor.text, token.span, all),
    );
  }
  return failSymbol(cursor);
}

/** Refuses the name at the cursor as a symbol. @throws UserError always */
export function failSymbol(cursor: Cursor): never {
  const last = peek(cursor, gluedLength(cursor) - 1);
  const span = [peek(cursor).span[0], last.span[1]] as const;
  const written = cursor.text.slice(...span).toLowerCase();
  const symbols = cursor.scope.suggest(written).slice(0, OFFERED);
  return fail('unknown-symbol', `no symbol ${quote(written)}`, span, didYouMean(cursor.text, span, symbols));
}
