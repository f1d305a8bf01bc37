import { comparedExpr, comparisonsOf } from '../commands/comparisons.ts';
import type { Condition, Expr } from '../engine/language/ast.ts';
import { describeExpr } from '../engine/language/print.ts';
import { partsOf } from '../engine/language/references.ts';
import { constantOf } from '../engine/language/scale.ts';
import { boundTo, type StrategyText } from '../engine/language/strategy-ast.ts';
import type { SignalBody } from '../engine/ledger/rows.ts';
import type { Signal } from '../engine/strategies/signal.ts';

/** What each value of a signal was compared with, in their order: a range is two comparisons, and so is a crossing either way. */
function comparedWith(condition: Condition): readonly Expr[] {
  return comparisonsOf(condition).flatMap((comparison) => {
    const shown = comparedExpr(comparison);
    const others = (partsOf(comparison) as readonly Expr[]).filter((part) => part !== shown);
    const isDouble = comparison.kind === 'cross' && comparison.direction === 'either';
    return isDouble ? [...others, ...others] : others;
  });
}

/** The values that raised a signal by the text of their series: both sides of a comparison, but for plain numbers. */
export function reasonsOf(text: StrategyText, signal: Signal): SignalBody['reasons'] {
  const { instrument, side, values } = signal;
  const enter = text[side]?.enter;
  const others = enter === undefined ? [] : comparedWith(boundTo(enter, instrument));
  const place = { instrument, interval: text.interval };
  const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const pairs = values.flatMap(({ series, value, threshold }, i) => {
    const other = others[i];
    const own = [series, known(value)] as const;
    if (other === undefined || threshold === undefined || constantOf(other) !== undefined) return [own];
    return [own, [describeExpr(other, place), known(threshold)] as const];
  });
  return Object.fromEntries(pairs);
}
