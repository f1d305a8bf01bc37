import type { BinaryOp, Span } from './ast.ts';
import { accept, type Cursor, countPart, endOf, expectOp, isWord, nameToken, nested, next, peek } from './cursor.ts';
import { corrected, fail } from './failure.ts';
import { isMove, readMove } from './move.ts';
import { readOperand } from './operand.ts';
import { wrongRangeAt } from './range-words.ts';
import type { Syntax } from './syntax.ts';
import type { Token } from './tokens.ts';
import { refuseOtherwise } from './unknown.ts';
import { COMPARE_OPS, CROSS_DIRECTIONS, isComparing, MOVE_WORDS, RANGE_WORDS } from './words.ts';

/** How tightly operators bind, loosest first. */
const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARE = 4;
const ADD = 5;
const MULTIPLY = 6;
const NEGATE = 7;
const POWER = 8;

const BINARY: Readonly<Record<string, number>> = { '+': ADD, '-': ADD, '*': MULTIPLY, '/': MULTIPLY, '^': POWER };

/** A condition or a number: everything up to what cannot belong to it. */
export const readCondition = (cursor: Cursor): Syntax => read(cursor, OR);

/** A number only: what stands on one side of a comparison. */
const readNumber = (cursor: Cursor): Syntax => read(cursor, ADD);

function bindingOf(cursor: Cursor): number {
  const token = peek(cursor);
  if (isMove(cursor) || isComparing(token)) return COMPARE;
  if (token.kind === 'op') return BINARY[token.text] ?? 0;
  return isWord(token, 'and') ? AND : isWord(token, 'or') ? OR : 0;
}

/** Everything at the cursor that binds at least as tightly as `least`. */
function read(cursor: Cursor, least: number): Syntax {
  let left = nested(cursor, () => readFirst(cursor, least));
  countPart(cursor, left.span);
  for (;;) {
    const binding = bindingOf(cursor);
    if (binding === 0 || binding < least) return left;
    left = nested(cursor, () => readRest(cursor, left, binding));
    countPart(cursor, left.span);
  }
}

function readFirst(cursor: Cursor, least: number): Syntax {
  const token = peek(cursor);
  const [start] = token.span;
  if (least <= COMPARE && (isComparing(token) || isMove(cursor))) {
    return { kind: 'implied', span: [start, start] };
  }
  if (accept(cursor, 'op', '-')) {
    const target = read(cursor, NEGATE);
    return { kind: 'negate', target, span: [start, endOf(cursor)] };
  }
  if (accept(cursor, 'op', '+')) return read(cursor, NEGATE);
  if (accept(cursor, 'word', 'not')) {
    const item = read(cursor, NOT);
    return { kind: 'not', item, span: [start, endOf(cursor)] };
  }
  return readOperand(cursor, readCondition);
}

/** What follows a left side: an operator and its right side. */
function readRest(cursor: Cursor, left: Syntax, binding: number): Syntax {
  if (binding === COMPARE) return isMove(cursor) ? readMove(cursor, left, undefined) : readComparison(cursor, left);
  const { text } = next(cursor);
  const right = read(cursor, binding === POWER ? POWER : binding + 1);
  const span: Span = [left.span[0], endOf(cursor)];
  if (text === 'and' || text === 'or') return { kind: 'logic', op: text, left, right, span };
  return { kind: 'binary', op: text as BinaryOp, left, right, span };
}

function readComparison(cursor: Cursor, left: Syntax): Syntax {
  if (accept(cursor, 'word', 'is') && !isComparing(peek(cursor))) {
    refuseOtherwise(cursor);
    fail('unexpected', `I expected a comparison behind \`is\``, peek(cursor).span, {
      hint: 'for example rsi is below 30',
    });
  }
  const token = next(cursor);
  const op = COMPARE_OPS.get(token.text);
  if (op !== undefined) {
    // `60k < price < 70k`: the middle belongs to both comparisons.
    const middle = left.kind === 'compare' ? left.right : left;
    if (left.kind === 'compare' && left.right.kind === 'number' && left.left.kind !== 'number')
      failChain(cursor, token);
    const right = readNumber(cursor);
    const compared: Syntax = { kind: 'compare', op, left: middle, right, span: [middle.span[0], endOf(cursor)] };
    if (middle === left) return compared;
    return { kind: 'logic', op: 'and', left, right: compared, span: [left.span[0], endOf(cursor)] };
  }
  const how = RANGE_WORDS.get(token.text);
  if (how !== undefined) return readRange(cursor, left, how);
  const sign = MOVE_WORDS.get(token.text);
  return sign === undefined ? readCross(cursor, left) : readMove(cursor, left, sign, token);
}

/** `> 60k < 70k`: what stands between the signs of a chain is the value. */
function failChain(cursor: Cursor, token: Token): never {
  const suggestions = [corrected(cursor.text, [token.span[0], token.span[0]], 'and ')];
  return fail('unexpected', `${nameToken(cursor, token)} needs an \`and\` before it`, token.span, {
    hint: 'for example > 60k and < 70k, or 60k < price < 70k',
    suggestions,
  });
}

function readCross(cursor: Cursor, left: Syntax): Syntax {
  const direction = CROSS_DIRECTIONS.get(peek(cursor).kind === 'word' ? peek(cursor).text : '');
  if (direction !== undefined) next(cursor);
  const right = readNumber(cursor);
  return { kind: 'cross', direction: direction ?? 'either', left, right, span: [left.span[0], endOf(cursor)] };
}

function readRange(cursor: Cursor, target: Syntax, how: 'enters' | 'leaves' | 'inside' | 'outside'): Syntax {
  const hint = `for example price ${how} [60k, 70k]`;
  const bare = wrongRangeAt(cursor);
  if (bare !== undefined) {
    const suggestions = [corrected(cursor.text, bare.span, bare.meant)];
    fail('unexpected', 'a range is two numbers in brackets', bare.span, { hint: `write ${bare.meant}`, suggestions });
  }
  expectOp(cursor, '[', hint);
  const low = readNumber(cursor);
  expectOp(cursor, ',', hint);
  const high = readNumber(cursor);
  expectOp(cursor, ']', hint);
  return { kind: 'range', how, target, low, high, span: [target.span[0], endOf(cursor)] };
}
