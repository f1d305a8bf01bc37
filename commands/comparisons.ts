import type {
  CompareCondition,
  Condition,
  CrossCondition,
  Expr,
  RangeCondition,
  RuleText,
} from '../engine/language/ast.ts';
import { partsOf } from '../engine/language/references.ts';
import { constantOf } from '../engine/language/scale.ts';

/** What a condition is made of once `and`, `or` and `not` are taken away. */
export type Comparison = CompareCondition | CrossCondition | RangeCondition;

/** All comparisons of a condition, from left to right. */
export function comparisonsOf(condition: Condition): readonly Comparison[] {
  switch (condition.kind) {
    case 'compare':
    case 'cross':
    case 'range':
      return [condition];
    case 'not':
      return comparisonsOf(condition.item);
    case 'and':
    case 'or':
      return condition.items.flatMap(comparisonsOf);
  }
}

/** All expressions that a condition compares, constants included. */
export function operandsOf(condition: Condition): readonly Expr[] {
  return comparisonsOf(condition).flatMap((comparison) => partsOf(comparison) as readonly Expr[]);
}

/** The side of a comparison that changes, the left one where both do. */
export function comparedExpr(comparison: Comparison): Expr {
  if (comparison.kind === 'range') return comparison.expr;
  return constantOf(comparison.left) === undefined ? comparison.left : comparison.right;
}

/** What the rule's first comparison looks at. */
export function firstExpr(rule: RuleText): Expr {
  return comparedExpr(comparisonsOf(rule.condition)[0]);
}

/** What each value of a firing is of, in their order: a range is two comparisons, and so is a crossing either way. */
export function valuedExprs(condition: Condition): readonly Expr[] {
  return comparisonsOf(condition).flatMap((comparison) => {
    const expr = comparedExpr(comparison);
    const isDouble = comparison.kind === 'range' || (comparison.kind === 'cross' && comparison.direction === 'either');
    return isDouble ? [expr, expr] : [expr];
  });
}

/** A comparison of a series with a number, wherever it stands in a condition. */
export interface Level {
  readonly expr: Expr;
  readonly value: number;
}

/** All comparisons of a condition with plain numbers. */
export function levelsOf(condition: Condition): readonly Level[] {
  return comparisonsOf(condition).flatMap((comparison) => {
    const expr = comparedExpr(comparison);
    const others = (partsOf(comparison) as readonly Expr[]).filter((part) => part !== expr);
    return others.flatMap((other) => {
      const value = constantOf(other);
      return value === undefined ? [] : [{ expr, value }];
    });
  });
}
