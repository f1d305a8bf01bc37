import type { Condition, Expr, Modes, RuleText } from './ast.ts';
import type { CheckContext } from './check.ts';
import { checkCondition } from './check-condition.ts';
import { accept, type Cursor, createCursor, endOf, peek } from './cursor.ts';
import { checkWhole, contextOf, openText } from './expression.ts';
import { fail } from './failure.ts';
import { type Header, readHeader } from './header.ts';
import { refuseSecondInterval, refuseSeveral } from './header-slips.ts';
import { satisfiable } from './implication.ts';
import { expectEnd } from './leftover.ts';
import { checkLimits } from './limits.ts';
import { readListing } from './listing.ts';
import { checkMessage } from './message.ts';
import { readModes } from './modes-parser.ts';
import { withGoodOffers } from './offers.ts';
import { type Pair, requireUsed } from './pair-header.ts';
import { refuseClock } from './phrases.ts';
import { refuseDoubts } from './readings.ts';
import { checkRearm } from './rearm.ts';
import { conditionsOf } from './references.ts';
import { constantOf } from './scale.ts';
import type { Scope } from './scope.ts';
import { isConditionSyntax, type ModesSyntax, type Syntax } from './syntax.ts';
import { readCondition } from './syntax-parser.ts';
import { DEFAULT_EVERY } from './words.ts';

export { parseExpression } from './expression.ts';

/**
 * A rule as one types it: `btcusdt 5m rsi<30 and close>ema(200) every 30m`.
 * @throws UserError with the place in `text`, and nothing else
 */
export function parseRule(text: string, scope: Scope): RuleText {
  return withGoodOffers(text, (each) => readRule(each, scope));
}

function readRule(text: string, scope: Scope): RuleText {
  refuseClock(text);
  const cursor = openText(text, scope);
  const listing = readListing(cursor);
  if (listing !== undefined) return listing;
  refuseSeveral(cursor);
  const header = readHeader(cursor, true);
  if (header.interval !== undefined) refuseSecondInterval(cursor);
  const intervalAt = header.interval === undefined ? endOf(cursor) : undefined;
  if (peek(cursor).kind === 'end') failNoCondition(cursor);
  const syntax = readCondition(cursor);
  const modesSyntax = readModes(cursor);
  expectEnd(cursor, intervalAt);
  const context = contextOf(cursor, header, [syntax]);
  const condition = checkCondition(syntax, context, { expr: undefined });
  const { instrument, interval } = context;
  const written = modesSyntax.message;
  const message = written && checkMessage(text, written.span, { ...scope, instrument, interval });
  const modes = checkModes(modesSyntax, message, condition, context);
  checkLimits(conditionsOf({ condition, modes }), syntax.span);
  requireUsed(context.pair, text);
  refuseDoubts(text, context.readings?.doubts ?? []);
  // What was stored before stays as it is.
  if (context.readings !== undefined && !satisfiable(condition)) {
    fail('impossible', 'this can never be true', syntax.span, { hint: 'its parts exclude each other' });
  }
  return { instrument, interval, condition, modes };
}

interface ExpressionOptions {
  /** Of `parseTarget`: what names no symbol is of its ratio. */
  readonly pair?: Pair | undefined;
  /** Whether a condition is welcome, too: it is read as what is 1 while it is true, else 0. */
  readonly truths?: boolean;
}

/**
 * Several, separated by blanks or commas, as a chart overlays them: `ema(20) ema(50), rsi bb`.
 * @throws UserError with the place in `text`, and nothing else
 */
export function parseExpressions(text: string, scope: Scope, options: ExpressionOptions = {}): readonly Expr[] {
  return withGoodOffers(text, (each) => readExpressions(each, scope, options));
}

function readExpressions(text: string, scope: Scope, { pair, truths }: ExpressionOptions): readonly Expr[] {
  const cursor = openText(text, scope);
  const syntaxes: Syntax[] = [];
  do {
    syntaxes.push(readCondition(cursor));
    accept(cursor, 'op', ',');
  } while (peek(cursor).kind !== 'end');
  const header = { instrument: undefined, interval: undefined, ...(pair === undefined ? {} : { pair }) };
  const context = contextOf(cursor, header, syntaxes, scope.instrument);
  return syntaxes.map((syntax) => {
    const expr = truths && isConditionSyntax(syntax) ? checkTruth(syntax, context) : checkWhole(syntax, context);
    if (constantOf(expr) === undefined) return expr;
    return fail('wrong-type', 'a fixed number is no series', expr.span, { hint: 'parameters go in brackets: rsi(14)' });
  });
}

/**
 * The symbol and the interval that a text begins with, in either order, and where the rest begins: `ethusdt 5m rsi` ->
 * 11. Both may be missing.
 * @throws UserError where the text is malformed, or begins with what can only be an unknown symbol
 */
export function parseTarget(text: string, scope: Scope): Header & { readonly restAt: number } {
  const cursor = createCursor(text, scope);
  const header = readHeader(cursor, true);
  return { ...header, restAt: peek(cursor).span[0] };
}

function checkTruth(syntax: Syntax, context: CheckContext): Expr {
  const condition = checkCondition(syntax, context, { expr: undefined });
  checkLimits([condition], syntax.span);
  return { kind: 'truth', condition, span: syntax.span };
}

function failNoCondition(cursor: Cursor): never {
  const { text } = cursor;
  const example = `${text.trim()} price > 70k`;
  return fail('unexpected', 'a condition is missing', [endOf(cursor), text.length], { hint: `for example ${example}` });
}

function checkModes(
  syntax: ModesSyntax,
  message: string | undefined,
  condition: Condition,
  context: CheckContext,
): Modes {
  const { every, hold, until, late } = syntax;
  const once = syntax.once ?? false;
  const onClose = syntax.onClose ?? false;
  const rearm = syntax.rearm && checkRearm(syntax.rearm, condition, context);
  const gate = syntax.gate && checkCondition(syntax.gate, context, { expr: undefined });
  const unsaid = !once && !onClose && every === undefined && hold === undefined && rearm === undefined;
  return {
    once,
    every: unsaid ? DEFAULT_EVERY : every,
    onClose,
    hold,
    rearm,
    ...(gate && { gate }),
    until,
    late,
    silent: syntax.silent ?? false,
    message,
  };
}
