import type { RuleText } from '../engine/language/ast.ts';
import { printExpr } from '../engine/language/print.ts';
import { constantOf } from '../engine/language/scale.ts';
import type { Overlay } from './chart-picture.ts';
import { clipped } from './clean-text.ts';
import { levelsOf, operandsOf } from './comparisons.ts';
import { describeCondition, isPrice } from './rule-words.ts';

/** Series of one rule that are drawn at most. */
const MOST_OVERLAYS = 4;
const LONGEST_LABEL = 40;
/** What the candles and their volume show already. */
const DRAWN_ANYWAY: ReadonlySet<string> = new Set(['price', 'open', 'high', 'low', 'close', 'volume']);

/** The levels of rules on an instrument's price, as lines for its chart. */
export function priceLevels(
  rules: readonly RuleText[],
  instrument: string,
): readonly { price: number; label: string }[] {
  return rules.flatMap((rule) =>
    levelsOf(rule.condition)
      .filter(({ expr }) => isPrice(expr) && expr.instrument === instrument)
      .map((level) => ({ price: level.value, label: clipped(describeCondition(rule), LONGEST_LABEL) })),
  );
}

/** The series that a condition looks at, the price aside, and the levels in their panes. */
export function ruleOverlays(rule: RuleText): {
  readonly overlays: readonly Overlay[];
  readonly paneLevels: ReadonlyMap<string, readonly number[]>;
} {
  const overlays = new Map<string, Overlay>();
  for (const expr of operandsOf(rule.condition)) {
    if (constantOf(expr) !== undefined) continue;
    if (expr.kind === 'series' && DRAWN_ANYWAY.has(expr.name) && expr.instrument === rule.instrument) continue;
    overlays.set(printExpr(expr, rule), { expr, oneField: true });
  }
  const paneLevels = new Map<string, number[]>();
  for (const level of levelsOf(rule.condition)) {
    const label = printExpr(level.expr, rule);
    paneLevels.set(label, [...(paneLevels.get(label) ?? []), level.value]);
  }
  return { overlays: [...overlays.values()].slice(0, MOST_OVERLAYS), paneLevels };
}
