import { lookup } from '../series/catalog.ts';
import type { Condition, Expr, Span } from './ast.ts';
import { checkExpr } from './check.ts';
import { checkCondition } from './check-condition.ts';
import { createCursor, peek } from './cursor.ts';
import { unitLength } from './duration.ts';
import { contextOf } from './expression.ts';
import { fail, quote } from './failure.ts';
import { expectEnd } from './leftover.ts';
import { checkLimits } from './limits.ts';
import { withGoodOffers } from './offers.ts';
import { isSaidOtherwise } from './otherwise.ts';
import { doubtOf, refuseDoubts } from './readings.ts';
import type { Scope } from './scope.ts';
import { isConditionSyntax } from './syntax.ts';
import { readCondition } from './syntax-parser.ts';
import { isMathName, isPlaceholder, KEYWORDS } from './words.ts';

/** Characters of a name. */
const LONGEST_NAME = 32;
/** What a definition is checked against that names no instrument: it is of whatever it is used for. */
const ANY = 'any:symbol';

/**
 * What a definition says, checked as if it were used for some instrument: a condition or a number. Give it the scope in
 * which its name holds already, so that it is refused where it is made of itself.
 * @throws UserError with the place in `text`
 */
export function parseDefinition(name: string, text: string, scope: Scope): Expr | Condition {
  return withGoodOffers(text, (each) => readDefinition(name, each, scope));
}

function readDefinition(name: string, text: string, scope: Scope): Expr | Condition {
  const cursor = createCursor(text, scope, 0, [name]);
  if (peek(cursor).kind === 'end') {
    fail('empty', `what is ${quote(name)}?`, [0, text.length], { hint: `for example ${name} = bbw(20) < 5%` });
  }
  const syntax = readCondition(cursor);
  expectEnd(cursor);
  const context = contextOf(cursor, { instrument: undefined, interval: undefined }, [syntax], scope.instrument ?? ANY);
  const checked = isConditionSyntax(syntax)
    ? checkCondition(syntax, context, { expr: undefined })
    : checkExpr(syntax, context);
  checkLimits([checked], syntax.span);
  const alone = scope.typed && doubtOf(syntax, text);
  refuseDoubts(text, alone ? [alone] : (context.readings?.doubts ?? []));
  return checked;
}

/**
 * A name as it is stored: lower case.
 * @param span where it stands in the text
 * @throws UserError where it is none, or would hide something of the language or a symbol
 */
export function checkName(written: string, span: Span, scope: Scope): string {
  const name = written.toLowerCase();
  const refuse = (why: string): never => fail('bad-name', why, span, { hint: 'take another name' });
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) {
    const rule = 'a name is made of the letters a to z, digits and _, and begins with no digit';
    return fail('bad-name', rule, span, { hint: 'for example my_level2' });
  }
  if (name.length > LONGEST_NAME) {
    return refuse(`this name has ${name.length} characters, the limit is ${LONGEST_NAME}`);
  }
  const entry = lookup(name);
  if (entry !== undefined) {
    const also = entry.name === name ? '' : ` (it is ${entry.name})`;
    return refuse(`${quote(name)} is a series or function already${also}`);
  }
  if (isMathName(name)) return refuse(`${quote(name)} is a function already`);
  const isWord = KEYWORDS.has(name) || isSaidOtherwise(name) || ['a', 'an'].includes(name);
  if (isWord) return refuse(`${quote(name)} is a word of the language`);
  if (unitLength(name) !== undefined) return refuse(`${quote(name)} is a unit of time`);
  if (isPlaceholder(name)) return refuse(`${quote(name)} is a placeholder of messages`);
  const symbol = scope.resolve(name);
  if (symbol !== undefined) return refuse(`${quote(name)} is a symbol: ${symbol}`);
  return name;
}
