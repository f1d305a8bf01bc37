import type { Expr, RuleText } from './ast.ts';

/** Whether two values are equal but for the places in the text that they came from. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  for (const key in a) {
    if (key !== 'span' && !same(a[key as keyof typeof a], b[key as keyof typeof b])) return false;
  }
  // What is not said and what is said to be nothing are the same.
  for (const key in b) {
    if (key !== 'span' && !(key in a) && b[key as keyof typeof b] !== undefined) return false;
  }
  return true;
}

/** Whether two expressions mean the same. */
export const sameExpr = (a: Expr, b: Expr): boolean => same(a, b);

/** Whether two rules mean the same. */
export const sameRule = (a: RuleText, b: RuleText): boolean => same(a, b);
