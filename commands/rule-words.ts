import type { Condition, Expr, Modes, RuleText } from '../engine/language/ast.ts';
import { describeRule } from '../engine/language/print.ts';
import { formatInterval, MINUTE } from '../engine/market/interval.ts';
import { lookup } from '../engine/series/catalog.ts';
import { scaleOf } from './chart-picture.ts';
import type { CommandContext } from './command.ts';
import { formatPercent, formatPrice, formatValue } from './format.ts';

/** The left side of the first comparison of a rule. */
function firstOperand(rule: RuleText): Expr | undefined {
  return leftOf(rule.condition);
}

function leftOf(condition: Condition): Expr | undefined {
  switch (condition.kind) {
    case 'compare':
    case 'cross':
      return condition.left.kind === 'number' ? condition.right : condition.left;
    case 'range':
      return condition.expr;
    case 'not':
      return leftOf(condition.item);
    case 'and':
    case 'or':
      return condition.items[0] && leftOf(condition.items[0]);
  }
}

/** One line on what the rule looks at: `z: z-score, … · length 20 · 5m bars`. Undefined where it is the price alone. */
export function explainSeries(rule: RuleText): string | undefined {
  const expr = firstOperand(rule);
  if (expr === undefined || expr.kind !== 'series') return undefined;
  const entry = lookup(expr.name);
  if (entry === undefined || entry.input === 'column') return undefined;
  const params = entry.params.map((param, i) => {
    const given = expr.params[i];
    return `${param.name} ${given?.kind === 'duration' ? formatInterval(given.ms) : (given?.value ?? param.default)}`;
  });
  return [`${entry.name}: ${entry.summary}`, params.join(', ')].filter((part) => part !== '').join(' · ');
}

/** A value of the rule's first series in its own unit. */
export function formatSeriesValue(
  context: Pick<CommandContext, 'market'>,
  rule: RuleText,
  value: number,
  locale: string,
): string {
  const expr = firstOperand(rule);
  const scale = expr === undefined ? 'own' : scaleOf(expr, rule.instrument);
  if (scale === 'price') return formatPrice(value, context.market.symbols.get(rule.instrument)?.tick, locale);
  if (scale === 'fraction') return formatPercent(value, locale, 2);
  return formatValue(value, locale);
}

/** A rule's condition without its modes: `btcusdt z > 2`. */
export function describeCondition(rule: RuleText): string {
  return describeRule({ ...rule, modes: PLAIN_MODES });
}

/** What is meant where nothing is said: these are not shown. */
const PLAIN_MODES: Modes = {
  once: false,
  every: 15 * MINUTE,
  onClose: false,
  hold: undefined,
  rearm: undefined,
  until: undefined,
  silent: false,
  message: undefined,
};
