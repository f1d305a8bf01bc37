import type { ChartMark } from '../charts/request.ts';
import type { RuleText } from '../engine/language/ast.ts';
import type { Firing, NamedValue } from '../engine/rules/rule.ts';

const isKnown = (value: number | undefined): value is number => value !== undefined && !Number.isNaN(value);

/** Whether a value passed its threshold with this step. */
function passed({ value, before, threshold }: NamedValue): boolean {
  if (!isKnown(before) || !isKnown(threshold)) return false;
  return value >= threshold !== before >= threshold || value > threshold !== before > threshold;
}

/**
 * Which way it went: the way of the first value that passed its threshold; where none did, as after a hold, the side of the
 * threshold that the first one is on, else its last step.
 */
export function directionOf({ values }: Pick<Firing, 'values'>): ChartMark['direction'] {
  const crossing = values.find(passed);
  if (crossing !== undefined) return crossing.value < crossing.before! ? 'down' : 'up';
  const [first] = values;
  const against = first?.threshold ?? first?.before;
  return isKnown(against) && first.value < against ? 'down' : 'up';
}

/**
 * A firing as a mark on a chart. One that a bar's close made lies within that bar, whose end is the next one's beginning.
 * @param rule undefined where it is gone
 */
export function markOf(firing: Firing, rule: RuleText | undefined): ChartMark {
  const byClose = rule === undefined ? firing.tradeId === undefined : rule.modes.onClose;
  const { ts, price } = firing;
  return { ts: byClose ? ts - 1 : ts, direction: directionOf(firing), price, label: '' };
}
