import { lookup } from '../series/catalog.ts';
import type { CompareCondition, CompareOp, Condition, CrossCondition, Expr, RangeCondition } from './ast.ts';
import { type CheckContext, checkCall, checkExpr } from './check.ts';
import { fail } from './failure.ts';
import { refuseHopeless } from './hopeless.ts';
import { insideNamed } from './named.ts';
import { failNumber } from './no-condition.ts';
import { settled } from './readings.ts';
import { sameExpr } from './same.ts';
import { constantOf } from './scale.ts';
import { refuseShare } from './shares.ts';
import type { Subject } from './subject.ts';
import { type CrossSyntax, isConditionSyntax, type MoveSyntax, type RangeSyntax, type Syntax } from './syntax.ts';
import { checkThreshold, type Threshold } from './thresholds.ts';
import { MIRRORED } from './words.ts';

const CROSS_OPS = { above: '>', below: '<', either: undefined } as const;
/**
 * The condition that a syntax stands for. Nested `and`s and `or`s of one kind become one, a constant on the left side
 * changes over to the right.
 * @throws UserError where it is a number, compares what never changes, or can never be true
 */
export function checkCondition(node: Syntax, context: CheckContext, subject: Subject): Condition {
  if (!isConditionSyntax(node)) return failNumber(node, context, subject);
  switch (node.kind) {
    case 'named-condition':
      // What a name is about is its own affair, and what stands behind it is not about that.
      return insideNamed(node, context, (inner) =>
        checkCondition(node.body, { ...inner, pinned: false }, { expr: undefined }),
      );
    case 'compare':
      return checkCompare(node.op, node.left, node.right, context, subject, node.span);
    case 'cross':
      return checkCross(node, context, subject);
    case 'range':
      return checkRange(node, context, subject);
    case 'move':
      return checkMove(node, context, subject);
    case 'not': {
      const item = checkCondition(node.item, context, subject);
      return item.kind === 'not' ? item.item : { kind: 'not', item, span: node.span };
    }
    case 'logic': {
      const items = [node.left, node.right].flatMap((side) => {
        const item = checkCondition(side, context, subject);
        return item.kind === node.op ? item.items : [item];
      });
      return { kind: node.op, items, span: node.span };
    }
  }
}

function leftSide(node: Syntax, context: CheckContext, subject: Subject): Expr {
  const expr = node.kind === 'implied' && subject.expr ? subject.expr : checkExpr(node, context);
  if (constantOf(expr) === undefined) subject.expr = expr;
  return expr;
}

function checkSides(node: { left: Syntax; right: Syntax }, context: CheckContext, subject: Subject) {
  const first = leftSide(node.left, context, subject);
  const right = settled(checkExpr(node.right, context), node.right, first, context);
  const left = settled(first, node.left, right, context);
  const swap = constantOf(left) !== undefined;
  if (swap && constantOf(right) !== undefined) {
    fail('wrong-type', 'both sides are fixed numbers', [left.span[0], right.span[1]], {
      hint: 'name a series, such as price',
    });
  }
  if (sameExpr(left, right)) {
    fail('impossible', 'both sides are the same', [left.span[0], Math.max(left.span[1], right.span[1])]);
  }
  if (swap) subject.expr = right;
  const sides = { left: { expr: left, syntax: node.left }, right: { expr: right, syntax: node.right } };
  return swap
    ? { left: right, right: left, limit: node.left, swap, sides }
    : { left, right, limit: node.right, swap, sides };
}

function thresholdOf(expr: Expr, syntax: Syntax): Threshold | undefined {
  const value = constantOf(expr);
  if (value !== undefined && !Number.isFinite(value)) fail('impossible', 'this is no finite number', expr.span);
  const bare = syntax.kind === 'negate' ? syntax.target : syntax;
  const literal = bare.kind === 'number';
  return value === undefined ? undefined : { value, span: expr.span, literal, percent: literal && bare.percent };
}

/** What a value is held against, checked, where it is a constant. */
function checkLimit(
  value: Expr,
  limit: Expr,
  syntax: Syntax,
  op: CompareOp | undefined,
  context: CheckContext,
): Threshold | undefined {
  const threshold = thresholdOf(limit, syntax);
  if (threshold === undefined) return undefined;
  // What was stored before stays as it is.
  if (context.readings !== undefined) refuseShare(context.text, value, threshold);
  checkThreshold(context.text, value, op, threshold);
  return threshold;
}

function checkCompare(
  written: CompareOp,
  leftSyntax: Syntax,
  rightSyntax: Syntax,
  context: CheckContext,
  subject: Subject,
  span: CompareCondition['span'],
): CompareCondition {
  const { left, right, limit, swap, sides } = checkSides({ left: leftSyntax, right: rightSyntax }, context, subject);
  refuseHopeless(sides.left, written, sides.right, context);
  const op = swap ? MIRRORED[written] : written;
  checkLimit(left, right, limit, op, context);
  return { kind: 'compare', op, left, right, span };
}

function checkCross(node: CrossSyntax, context: CheckContext, subject: Subject): CrossCondition {
  const { left, right, limit, swap, sides } = checkSides(node, context, subject);
  refuseHopeless(sides.left, CROSS_OPS[node.direction], sides.right, context);
  checkLimit(left, right, limit, undefined, context);
  const turned = node.direction === 'above' ? 'below' : node.direction === 'below' ? 'above' : 'either';
  return { kind: 'cross', direction: swap ? turned : node.direction, left, right, span: node.span };
}

function checkRange(node: RangeSyntax, context: CheckContext, subject: Subject): RangeCondition {
  const expr = leftSide(node.target, context, subject);
  if (constantOf(expr) !== undefined) fail('wrong-type', 'a fixed number enters and leaves nothing', expr.span);
  const low = settled(checkExpr(node.low, context), node.low, expr, context);
  const high = settled(checkExpr(node.high, context), node.high, expr, context);
  const bounds = (
    [
      [low, node.low],
      [high, node.high],
    ] as const
  ).map(([bound, syntax]) => checkLimit(expr, bound, syntax, undefined, context));
  if (sameExpr(low, high)) fail('impossible', 'both bounds are the same', [low.span[0], high.span[1]]);
  const swap = bounds[0] !== undefined && bounds[1] !== undefined && bounds[0].value > bounds[1].value;
  const { how, span } = node;
  return { kind: 'range', how, expr, low: swap ? high : low, high: swap ? low : high, span };
}

/** `rises 5% in 1h` is `change(1h) > 5%`. */
function checkMove(node: MoveSyntax, context: CheckContext, subject: Subject): CompareCondition {
  const { target, msSpan, span } = node;
  const entry = lookup('change');
  if (!entry) return fail('unknown-name', 'no function `change`', span);
  const length: Syntax = { kind: 'number', value: undefined, ms: node.ms, percent: false, span: msSpan };
  const values = target.kind === 'implied' ? [length] : [target, length];
  const args = values.map((value) => ({ name: undefined, value, span: value.span }));
  const left = checkCall({ kind: 'call', entry, instrument: undefined, args, field: undefined, span }, context);
  subject.expr = left;
  const right = { kind: 'number', value: node.amount, span: node.amountSpan } as const;
  const threshold = { value: node.amount, span: node.amountSpan, literal: true, percent: true };
  checkThreshold(context.text, left, undefined, threshold);
  return { kind: 'compare', op: node.amount > 0 ? '>' : '<', left, right, span };
}
