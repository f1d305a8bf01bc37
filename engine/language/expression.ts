import type { Expr } from './ast.ts';
import { type CheckContext, checkExpr } from './check.ts';
import { type Cursor, createCursor, endOf, nameToken, peek } from './cursor.ts';
import { corrected, fail } from './failure.ts';
import { type Header, readHeader } from './header.ts';
import { checkLimits } from './limits.ts';
import type { Scope } from './scope.ts';
import { findSymbol, isFreeName } from './symbol-reader.ts';
import type { Syntax } from './syntax.ts';
import { firstInstrument } from './syntax-instrument.ts';
import { readCondition } from './syntax-parser.ts';
import type { Token } from './tokens.ts';

const EXAMPLE = 'btcusdt rsi(14) < 30';

/** A cursor on a text that says something. @throws UserError where it is empty or cannot be cut into tokens */
export function openText(text: string, scope: Scope): Cursor {
  const cursor = createCursor(text, scope);
  if (peek(cursor).kind === 'end') {
    fail('empty', 'there is nothing to read', [0, text.length], { hint: `for example ${EXAMPLE}` });
  }
  return cursor;
}

/** @throws UserError where something is left over */
export function expectEnd(cursor: Cursor): void {
  const token = peek(cursor);
  if (token.kind === 'end') return;
  const message = `I can't use ${nameToken(cursor, token)} here`;
  const symbol = isFreeName(token) ? findSymbol(cursor) : undefined;
  if (symbol && !isFreeName(cursor.tokens[0])) {
    const name = cursor.text.slice(...symbol.span);
    const rest = corrected(cursor.text, symbol.span, '').trim().replace(/\s+/g, ' ');
    fail('unexpected', message, symbol.span, { hint: 'the symbol comes first', suggestions: [`${name} ${rest}`] });
  }
  fail('unexpected', message, token.span, { hint: leftoverHint(cursor, token) });
}

function leftoverHint(cursor: Cursor, token: Token): string {
  const before = cursor.tokens[cursor.at - 1];
  if (token.kind === 'number' && before?.kind === 'word')
    return `parameters go in brackets: ${before.text}(${token.text})`;
  if (['=', '==', '!='].includes(token.text)) return 'values are compared with > or <, or with crosses';
  if (token.text === ',') return 'conditions are joined with and or or';
  return 'a condition, then modes such as once or every 1h';
}

/** What holds in a text: the instrument that the header names, else `preferred`, else the first that is named, else the chat's. */
export function contextOf(
  cursor: Cursor,
  header: Header,
  syntaxes: readonly Syntax[],
  preferred: string | undefined = undefined,
): CheckContext {
  const { text, scope } = cursor;
  const named = header.instrument ?? preferred ?? syntaxes.map(firstInstrument).find((found) => found !== undefined);
  const instrument = named ?? scope.instrument;
  if (instrument === undefined) {
    fail('no-symbol', 'which symbol?', [0, endOf(cursor)], { hint: `begin with one, for example ${EXAMPLE}` });
  }
  const interval = header.interval ?? scope.interval;
  return { text, instrument, interval, ruleInterval: interval, window: false, pinned: false };
}

/** Checks a syntax as a number within the limits. */
export function checkWhole(syntax: Syntax, context: CheckContext): Expr {
  const expr = checkExpr(syntax, context);
  checkLimits([expr], syntax.span);
  return expr;
}

/**
 * One number that changes in time: `rsi(14)@1h`, `btcusdt/ethusdt`, `ethusdt 5m close - sma(20)`. A symbol is its close;
 * what names no instrument is of the chat's, or of the first one named where the chat has none.
 * @throws UserError with the place in `text`, and nothing else
 */
export function parseExpression(text: string, scope: Scope): Expr {
  const cursor = openText(text, scope);
  const header = readHeader(cursor, false);
  const { instrument } = header;
  if (instrument !== undefined && peek(cursor).kind === 'end') {
    return checkWhole(
      { kind: 'symbol', instrument, span: [0, endOf(cursor)] },
      contextOf(cursor, header, [], scope.instrument),
    );
  }
  const syntax = readCondition(cursor);
  expectEnd(cursor);
  return checkWhole(syntax, contextOf(cursor, header, [syntax], scope.instrument));
}
