import type { CatalogEntry } from '../series/catalog-entry.ts';
import type { Span } from './ast.ts';
import { type Cursor, isOp, peek } from './cursor.ts';
import { fail, quote } from './failure.ts';
import { findSymbol, isFreeName } from './symbol-reader.ts';
import type { Syntax } from './syntax.ts';

/** Two symbols in front of everything, as in `btc/eth 1h rsi`: what names no symbol is of their ratio. */
export interface Pair {
  /** `btc/eth`. */
  readonly syntax: Syntax;
  /** The symbol above. */
  readonly instrument: string;
  /** Whether something was read as being of the ratio. */
  isUsed: boolean;
}

/** Two symbols with a stroke between them at the cursor, which stays where it is, and how many tokens they take. */
export function findPair(cursor: Cursor): { pair: Pair; length: number } | undefined {
  const above = isFreeName(peek(cursor)) ? findSymbol(cursor) : undefined;
  if (above === undefined || !isOp(peek(cursor, above.length), '/')) return undefined;
  const rest = { ...cursor, at: cursor.at + above.length + 1 };
  const below = isFreeName(peek(rest)) ? findSymbol(rest) : undefined;
  if (below === undefined) return undefined;
  const span: Span = [above.span[0], below.span[1]];
  const syntax: Syntax = {
    kind: 'binary',
    op: '/',
    left: { kind: 'symbol', instrument: above.instrument, span: above.span },
    right: { kind: 'symbol', instrument: below.instrument, span: below.span },
    span,
  };
  const pair = { syntax, instrument: above.instrument, isUsed: false };
  return { pair, length: above.length + 1 + below.length };
}

/** @throws UserError where everything behind a pair is of symbols of its own */
export function requireUsed(pair: Pair | undefined, text: string): void {
  if (pair === undefined || pair.isUsed) return;
  const name = quote(text.slice(...pair.syntax.span));
  fail('unexpected', `nothing here is of ${name}`, pair.syntax.span, { hint: 'leave it out' });
}

/** @throws UserError always: a ratio is made of closes */
export function failOfPair({ name }: Pick<CatalogEntry, 'name'>, span: Span): never {
  return fail('wrong-type', `a ratio of two symbols has no ${quote(name)}`, span, {
    hint: 'it has a close alone, so rsi, z or ema work',
  });
}
