import type { Condition, Expr, RuleText } from '../engine/language/ast.ts';
import { describeRule, printExpr } from '../engine/language/print.ts';
import type { Overlay } from './chart-picture.ts';

/** A comparison of a series with a number, wherever it stands in a condition. */
interface Level {
  readonly expr: Expr;
  readonly value: number;
}

/** All comparisons of a condition with plain numbers. */
export function levelsOf(condition: Condition): readonly Level[] {
  switch (condition.kind) {
    case 'compare':
    case 'cross': {
      const { left, right } = condition;
      if (right.kind === 'number') return [{ expr: left, value: right.value }];
      if (left.kind === 'number') return [{ expr: right, value: left.value }];
      return [];
    }
    case 'range':
      return [condition.low, condition.high].flatMap((bound) =>
        bound.kind === 'number' ? [{ expr: condition.expr, value: bound.value }] : [],
      );
    case 'not':
      return levelsOf(condition.item);
    case 'and':
    case 'or':
      return condition.items.flatMap(levelsOf);
  }
}

function isPriceOf(expr: Expr, instrument: string): boolean {
  return expr.kind === 'series' && (expr.name === 'price' || expr.name === 'close') && expr.instrument === instrument;
}

/** The levels of rules on an instrument's price, as lines for its chart. */
export function priceLevels(
  rules: readonly RuleText[],
  instrument: string,
): readonly { price: number; label: string }[] {
  return rules.flatMap((rule) =>
    levelsOf(rule.condition)
      .filter((level) => isPriceOf(level.expr, instrument))
      .map((level) => ({ price: level.value, label: describeRule(rule) })),
  );
}

/** The series that a condition looks at, the price aside, and the levels in their panes. */
export function ruleOverlays(rule: RuleText): {
  readonly overlays: readonly Overlay[];
  readonly paneLevels: ReadonlyMap<string, readonly number[]>;
} {
  const context = { instrument: rule.instrument, interval: rule.interval };
  const overlays = new Map<string, Overlay>();
  for (const expr of operands(rule.condition)) {
    if (expr.kind === 'number' || expr.kind === 'duration') continue;
    if (
      expr.kind === 'series' &&
      ['price', 'open', 'high', 'low', 'close'].includes(expr.name) &&
      expr.instrument === rule.instrument
    )
      continue;
    if (expr.kind === 'series' && expr.name === 'volume') continue;
    const label = printExpr(expr, context);
    if (!overlays.has(label)) overlays.set(label, { expr, oneField: true });
  }
  const paneLevels = new Map<string, number[]>();
  for (const level of levelsOf(rule.condition)) {
    const label = printExpr(level.expr, context);
    paneLevels.set(label, [...(paneLevels.get(label) ?? []), level.value]);
  }
  return { overlays: [...overlays.values()].slice(0, 4), paneLevels };
}

function operands(condition: Condition): readonly Expr[] {
  switch (condition.kind) {
    case 'compare':
    case 'cross':
      return [condition.left, condition.right];
    case 'range':
      return [condition.expr, condition.low, condition.high];
    case 'not':
      return operands(condition.item);
    case 'and':
    case 'or':
      return condition.items.flatMap(operands);
  }
}
