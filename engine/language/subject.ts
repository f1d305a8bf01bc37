import type { Expr } from './ast.ts';

/** The left side of the comparison before: what `< 70` is about in `rsi > 30 and < 70`. */
export interface Subject {
  expr: Expr | undefined;
}
