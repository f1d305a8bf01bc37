import type { Expr, RuleText } from './ast.ts';

/** Whether two values are equal but for the places in the text that they came from. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  keys.delete('span');
  for (const key of keys) {
    if (!same(a[key as keyof typeof a], b[key as keyof typeof b])) return false;
  }
  return true;
}

/** Whether two expressions mean the same. */
export const sameExpr = (a: Expr, b: Expr): boolean => same(a, b);

/** Whether two rules mean the same. */
export const sameRule = (a: RuleText, b: RuleText): boolean => same(a, b);
