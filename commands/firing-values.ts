import type { RuleText } from '../engine/language/ast.ts';
import type { CommandContext } from './command.ts';
import { firstExpr } from './comparisons.ts';
import { formatPrice } from './format.ts';
import type { Firing } from './ports.ts';
import { formatSeriesValue, isPrice } from './rule-words.ts';

/** The price of a firing, and the value behind its first comparison where that is what is compared. */
export function valueWords(
  { market, chat }: Pick<CommandContext, 'market' | 'chat'>,
  rule: RuleText | undefined,
  firing: Firing,
): { readonly price: string; readonly value: string | undefined } {
  const price = formatPrice(firing.price, market.symbols.get(firing.instrument)?.tick, chat.locale);
  const [first] = firing.values;
  const isOne = rule !== undefined && rule.condition.kind !== 'and' && rule.condition.kind !== 'or';
  if (!isOne || first === undefined || Number.isNaN(first.value)) return { price, value: undefined };
  const expr = firstExpr(rule);
  if (isPrice(expr) && expr.instrument === rule.instrument) return { price, value: undefined };
  return { price, value: formatSeriesValue(market, expr, first.value, chat.locale) };
}
