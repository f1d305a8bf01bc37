import type { Expr } from './ast.ts';
import { type CheckContext, checkExpr } from './check.ts';
import { checkCondition } from './check-condition.ts';
import { type Cursor, createCursor, endOf, peek } from './cursor.ts';
import { fail } from './failure.ts';
import { type Header, readHeader } from './header.ts';
import { expectEnd } from './leftover.ts';
import { checkLimits } from './limits.ts';
import { withGoodOffers } from './offers.ts';
import type { Scope } from './scope.ts';
import type { Syntax } from './syntax.ts';
import { firstInstrument } from './syntax-instrument.ts';
import { readCondition } from './syntax-parser.ts';

const EXAMPLE = 'btcusdt rsi(14) < 30';

/** A cursor on a text that says something. @throws UserError where it is empty or cannot be cut into tokens */
export function openText(text: string, scope: Scope): Cursor {
  const cursor = createCursor(text, scope);
  if (peek(cursor).kind === 'end') {
    fail('empty', 'there is nothing to read', [0, text.length], { hint: `for example ${EXAMPLE}` });
  }
  return cursor;
}

const conditionOf: CheckContext['conditionOf'] = (node, context) => checkCondition(node, context, { expr: undefined });

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
  const { pair } = header;
  const readings = scope.typed && { typed: scope.typed, doubts: [] };
  return {
    text,
    instrument,
    interval,
    ruleInterval: interval,
    window: false,
    pinned: false,
    pair,
    readings,
    conditionOf,
  };
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
  return withGoodOffers(text, (each) => readExpression(each, scope));
}

function readExpression(text: string, scope: Scope): Expr {
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
