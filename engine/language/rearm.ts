import type { CompareOp, Condition, Expr } from './ast.ts';
import { type CheckContext, checkExpr } from './check.ts';
import { checkCondition } from './check-condition.ts';
import { fail } from './failure.ts';
import { settled } from './readings.ts';
import { constantOf } from './scale.ts';
import { isConditionSyntax, type Syntax } from './syntax.ts';

/** How a value alone re-arms a condition: which side of it is the quiet one. */
export function quietSide(condition: Condition): { left: Expr; right: Expr; op: CompareOp } | undefined {
  if (condition.kind === 'compare') {
    const { left, right } = condition;
    return { left, right, op: condition.op === '>' || condition.op === '>=' ? '<' : '>' };
  }
  if (condition.kind !== 'cross' || condition.direction === 'either') return undefined;
  return { left: condition.left, right: condition.right, op: condition.direction === 'above' ? '<' : '>' };
}

/**
 * What `rearm` says, as a condition: `z > 2 rearm 1.5` re-arms when `z < 1.5`.
 * @throws UserError where a value cannot say it, or lies on the wrong side
 */
export function checkRearm(syntax: Syntax, condition: Condition, context: CheckContext): Condition {
  const quiet = quietSide(condition);
  if (isConditionSyntax(syntax)) return checkCondition(syntax, context, { expr: quiet?.left });
  if (!quiet) {
    const hint = 'write it as a condition, for example rearm z < 1.5';
    fail('wrong-type', 'a value alone re-arms only a single comparison', syntax.span, { hint });
  }
  const value = constantOf(settled(checkExpr(syntax, context), syntax, quiet.left, context));
  const limit = constantOf(quiet.right);
  const above = quiet.op === '<';
  if (value !== undefined && limit !== undefined && (above ? value > limit : value < limit)) {
    fail('contradiction', `this re-arms at once: it must lie ${above ? 'below' : 'above'} the threshold`, syntax.span);
  }
  // The value belongs to the left side of the condition: it is checked as what it is compared with there.
  const compared: Syntax = {
    kind: 'compare',
    op: quiet.op,
    left: { kind: 'implied', span: syntax.span },
    right: syntax,
    span: syntax.span,
  };
  return checkCondition(compared, context, { expr: quiet.left });
}
