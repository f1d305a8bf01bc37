import type { CompareOp, Condition, Expr } from '../engine/language/ast.ts';
import { constantOf } from '../engine/language/scale.ts';
import type { NamedValue } from '../engine/rules/rule.ts';

/** A comparison as it stands. */
export interface Step {
  readonly expr: Expr;
  readonly limit: Expr;
  readonly op: CompareOp;
  readonly value: number;
  readonly threshold: number;
  /** Whether it is as it must be for the rule to fire. */
  readonly isMet: boolean;
  /** Whether it would be so if each side were worth what is said. */
  isMetWith(worth: Worth): boolean;
}

export type Worth = (expr: Expr) => number;

export const wayOf = ({ value, threshold }: Step): number =>
  Math.abs(threshold - value) / (Math.abs(value) + Math.abs(threshold) || 1);

/** The comparison that must still change: of all that must, the farthest; of those of which one is enough, the nearest. */
export function hardest(condition: Condition, next: () => NamedValue | undefined): Step | undefined {
  switch (condition.kind) {
    case 'compare':
      return stepOf(condition.left, condition.op, condition.right, next());
    case 'cross': {
      const step = stepOf(condition.left, condition.direction === 'below' ? '<' : '>', condition.right, next());
      if (condition.direction !== 'either') return step;
      // Either way is two comparisons of the same values, and one of them is always ahead.
      next();
      return step && { ...step, isMet: false, isMetWith: (worth) => step.isMetWith(worth) !== step.isMet };
    }
    case 'range': {
      const low = stepOf(condition.expr, '>=', condition.low, next());
      const high = stepOf(condition.expr, '<=', condition.high, next());
      if (low === undefined || high === undefined) return undefined;
      const wantsInside = condition.how === 'inside' || condition.how === 'enters';
      const isInside = low.isMet && high.isMet;
      return {
        ...(wayOf(low) <= wayOf(high) ? low : high),
        isMet: isInside === wantsInside,
        isMetWith: (worth) => (low.isMetWith(worth) && high.isMetWith(worth)) === wantsInside,
      };
    }
    case 'not': {
      const step = hardest(condition.item, next);
      return step && { ...step, isMet: !step.isMet, isMetWith: (worth) => !step.isMetWith(worth) };
    }
    case 'and':
    case 'or':
      return pick(
        condition.kind,
        condition.items.map((item) => hardest(item, next)),
      );
  }
}

function pick(kind: 'and' | 'or', found: readonly (Step | undefined)[]): Step | undefined {
  const steps = found.filter((step) => step !== undefined);
  if (steps.length < found.length) return undefined;
  const open = steps.filter((step) => !step.isMet);
  const met = steps.find((step) => step.isMet);
  if (met !== undefined && (kind === 'or' || open.length === 0)) return met;
  const farther = kind === 'and' ? 1 : -1;
  return open.reduce((a, b) => ((wayOf(b) - wayOf(a)) * farther > 0 ? b : a));
}

const TURNED: Readonly<Record<CompareOp, CompareOp>> = { '>': '<', '<': '>', '>=': '<=', '<=': '>=' };

/** The engine turns a comparison round whose left side is a number. */
function stepOf(left: Expr, op: CompareOp, right: Expr, named: NamedValue | undefined): Step | undefined {
  if (named?.threshold === undefined) return undefined;
  if (constantOf(left) !== undefined) return stepOf(right, TURNED[op], left, named);
  const { value, threshold } = named;
  return {
    ...{ expr: left, limit: right, op, value, threshold, isMet: holds(op, value, threshold) },
    isMetWith: (worth) => holds(op, worth(left), worth(right)),
  };
}

function holds(op: CompareOp, value: number, threshold: number): boolean {
  switch (op) {
    case '>':
      return value > threshold;
    case '<':
      return value < threshold;
    case '>=':
      return value >= threshold;
    case '<=':
      return value <= threshold;
  }
}
