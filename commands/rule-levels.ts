import type { ChartLevel } from '../charts/request.ts';
import type { RuleText } from '../engine/language/ast.ts';
import { printExpr } from '../engine/language/print.ts';
import { constantOf } from '../engine/language/scale.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { AT_REST } from './alert-words.ts';
import { breathe } from './breathe.ts';
import type { Overlay } from './chart-shapes.ts';
import { clipped } from './clean-text.ts';
import { levelsOf, operandsOf } from './comparisons.ts';
import { nearnessOf } from './nearness.ts';
import type { MarketPort, RuleView } from './ports.ts';
import { describeCondition, isPrice } from './rule-words.ts';

/** Series of one rule that are drawn at most. */
const MOST_OVERLAYS = 4;
/** A name stands over the candles: a long one would hide them. */
const LONGEST_LABEL = 18;
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
      .map((level) => ({ price: level.value, label: levelLabel(rule, level.value) })),
  );
}

/** A condition in short, without its symbol and without the price that stands at the axis: `price crosses`, `rsi(7) > 70`. */
function levelLabel(rule: RuleText, price?: number): string {
  const [, symbol] = splitInstrument(rule.instrument);
  const whole = describeCondition(rule);
  const text = whole.startsWith(`${symbol} `) ? whole.slice(symbol.length + 1) : whole;
  const isIt = (number: string) => Number(number.replaceAll(',', '')) === price;
  const unpriced = text.replace(/\d[\d,]*(?:\.\d+)?/g, (number) => (isIt(number) ? '…' : number));
  const short = unpriced.replace(/ …$/, '').replace(/^price (crosses .)/, '$1');
  return clipped(short, LONGEST_LABEL);
}

/** How a rule stands that may get a line at the price at which it would fire. */
export interface StandingRule {
  readonly rule: RuleText;
  readonly view: RuleView | undefined;
}

/**
 * The prices at which rules on other series than the price at one interval would fire now. They hold until the next trade or bar moves the
 * series, and say little on a chart of another interval.
 */
export async function movingLevels(
  market: MarketPort,
  rules: readonly StandingRule[],
  { instrument, interval }: { readonly instrument: string; readonly interval: number },
): Promise<readonly ChartLevel[]> {
  const levels: ChartLevel[] = [];
  for (const { rule, view } of rules) {
    if (rule.instrument !== instrument || rule.interval !== interval || view === undefined || AT_REST.has(view.state))
      continue;
    await breathe();
    const { expr, price, isRelative } = nearnessOf(market, rule, view);
    if (expr === undefined || price === undefined || (isPrice(expr) && !isRelative)) continue;
    levels.push({ price, label: levelLabel(rule), isMoving: true });
  }
  return levels;
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
