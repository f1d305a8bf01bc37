import type { Condition, Expr, RuleText, SeriesExpr } from './ast.ts';

/** What a series is computed from: none, one or two others. */
export function inputsOf({ input, against }: SeriesExpr): readonly Expr[] {
  return [input, against].filter((each) => each !== undefined);
}

/** Everything below a node that is computed, from left to right; a node comes before its parts. */
export function partsOf(node: Expr | Condition): readonly (Expr | Condition)[] {
  switch (node.kind) {
    case 'number':
    case 'duration':
      return [];
    case 'series':
      return inputsOf(node);
    case 'lag':
    case 'negate':
      return [node.expr];
    case 'truth':
      return [node.condition];
    case 'math':
      return node.args;
    case 'binary':
    case 'compare':
    case 'cross':
      return [node.left, node.right];
    case 'range':
      return [node.expr, node.low, node.high];
    case 'not':
      return [node.item];
    case 'and':
    case 'or':
      return node.items;
  }
}

/** Calls `visit` for a node and everything below it, from left to right. */
function walk(node: Expr | Condition, visit: (node: Expr | Condition) => void): void {
  visit(node);
  for (const part of partsOf(node)) walk(part, visit);
}

const rootsOf = (node: RuleText | Expr | Condition): readonly (Expr | Condition)[] => {
  if ('kind' in node) return [node];
  return conditionsOf(node);
};

/** All conditions of a rule: its own first, then those of its modes. */
export function conditionsOf({ condition, modes }: Pick<RuleText, 'condition' | 'modes'>): readonly Condition[] {
  const { rearm, gate } = modes;
  return [condition, ...(rearm === undefined ? [] : [rearm]), ...(gate === undefined ? [] : [gate])];
}

/** Every series that is named, inputs of others included; those of `rearm` and `gate` last. May hold equal ones. */
export function seriesOf(node: RuleText | Expr | Condition): readonly SeriesExpr[] {
  const found: SeriesExpr[] = [];
  for (const root of rootsOf(node)) {
    walk(root, (each) => {
      if (each.kind === 'series') found.push(each);
    });
  }
  return found;
}

/** Every `venue:symbol` that is needed, once, a rule's own first. */
export function instrumentsOf(node: RuleText | Expr | Condition): readonly string[] {
  const own = 'kind' in node ? [] : [node.instrument];
  return [...new Set([...own, ...seriesOf(node).map((series) => series.instrument)])];
}

/** The series that an expression is directly made of: not the inputs of those. */
export function outerSeries(expr: Expr): readonly SeriesExpr[] {
  if (expr.kind === 'series') return [expr];
  return partsOf(expr).flatMap((part) => outerSeries(part as Expr));
}

/** The interval that all series of expressions share; undefined where there are several or none. */
export function sharedInterval(...exprs: readonly Expr[]): number | undefined {
  const intervals = exprs.flatMap(outerSeries).map((series) => series.interval);
  return intervals.every((interval) => interval === intervals[0]) ? intervals[0] : undefined;
}
