import { lookup } from '../series/catalog.ts';
import type { Span } from './ast.ts';
import { type Cursor, isGlued, isOp, peek } from './cursor.ts';
import { corrected, fail, quote } from './failure.ts';
import { isPatternWord } from './pattern.ts';
import type { Token } from './tokens.ts';
import { isMathName, KEYWORDS } from './words.ts';

/** Parts that a symbol may be written in: `btc-usdt-swap`. */
const MAX_PARTS = 3;
const SEPARATORS = ['/', '-', '.'];

export interface FoundSymbol {
  readonly instrument: string;
  readonly span: Span;
  /** Tokens that it takes. */
  readonly length: number;
}

const isName = (token: Token): boolean => token.kind === 'word' || token.kind === 'qualified';

/** Whether a token could name a symbol: a word that the grammar and the catalog leave free. */
export function isFreeName(token: Token): boolean {
  if (token.kind === 'qualified') return true;
  if (token.kind !== 'word' || isPatternWord(token)) return false;
  return !KEYWORDS.has(token.text) && !isMathName(token.text) && !lookup(token.text);
}

const isSeriesName = (token: Token): boolean => lookup(token.text) !== undefined || isPatternWord(token);

/** How many tokens stand joined without a blank, as in `btc/usdt`: at least 1. */
export function gluedLength(cursor: Cursor): number {
  let length = 1;
  for (let part = 1; part < MAX_PARTS; part++) {
    const separator = peek(cursor, length);
    const name = peek(cursor, length + 1);
    const fits = separator.kind === 'op' && SEPARATORS.includes(separator.text) && name.kind === 'word';
    if (!fits || !isGlued(cursor, length) || !isGlued(cursor, length + 1)) break;
    length += 2;
  }
  return length;
}

/** Refuses brackets behind a symbol of `length` tokens at the cursor: only a function has any. */
export function refuseArguments(cursor: Cursor, length: number): void {
  const open = cursor.at + length;
  if (!isOp(cursor.tokens[open], '(') || !isGlued(cursor, length)) return;
  const close = closingBracket(cursor.tokens, open);
  if (close === undefined || !isArguments(cursor.tokens.slice(open + 1, close))) return;
  const { text } = cursor;
  const span: Span = [cursor.tokens[open].span[0], cursor.tokens[close].span[1]];
  const name = text.slice(peek(cursor).span[0], span[0]);
  fail('bad-argument', `${quote(name)} is a symbol and takes no arguments`, span, {
    hint: `a function does: ${name}.rsi(14)`,
    suggestions: [corrected(text, span, '')],
  });
}

function closingBracket(tokens: readonly Token[], open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (isOp(tokens[at], '(')) depth++;
    if (isOp(tokens[at], ')')) depth--;
    if (depth === 0) return at;
  }
  return undefined;
}

/** Whether what stands in brackets is no condition and no sum: nothing, a number, or a list. */
function isArguments(inside: readonly Token[]): boolean {
  const isList = inside.some((token) => isOp(token, ',')) && !inside.some((token) => isOp(token, '['));
  return inside.length === 0 || (inside.length === 1 && inside[0].kind === 'number') || isList;
}

/** `btc perp`: the word behind a symbol that says that its perpetual is meant. */
const isKind = (token: Token): boolean => token.kind === 'word' && /^perp(?:etual)?$/.test(token.text);

function symbolOf(cursor: Cursor, length: number, isPossible: boolean): FoundSymbol | undefined {
  if (!isPossible) return undefined;
  const span: Span = [peek(cursor).span[0], peek(cursor, length - 1).span[1]];
  const instrument = cursor.scope.resolve(cursor.text.slice(...span).toLowerCase());
  return instrument === undefined ? undefined : { instrument, span, length };
}

/**
 * The symbol at the cursor, which stays where it is: the longest joined text that is one, so that `btc/usdt` and
 * `btcusdt.p` are symbols and `btcusdt/ethusdt` begins with one.
 */
export function findSymbol(cursor: Cursor): FoundSymbol | undefined {
  const first = peek(cursor);
  if (!isName(first)) return undefined;
  for (let length = gluedLength(cursor); length >= 1; length -= 2) {
    // `btcusdt.close` is a series whatever a resolver makes of it.
    if (length > 1 && isOp(peek(cursor, length - 2), '.') && isSeriesName(peek(cursor, length - 1))) continue;
    const symbol = symbolOf(cursor, length + 1, isKind(peek(cursor, length))) ?? symbolOf(cursor, length, true);
    if (symbol !== undefined) return symbol;
  }
  return undefined;
}
