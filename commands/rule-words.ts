import type { Expr, Modes, RuleText, SeriesExpr } from '../engine/language/ast.ts';
import { asWritten } from '../engine/language/growth.ts';
import { hasDefaultInput } from '../engine/language/limits.ts';
import { listingText } from '../engine/language/listing.ts';
import { describeExpr, describeModes, describeRule, printExpr } from '../engine/language/print.ts';
import { inputsOf, outerSeries } from '../engine/language/references.ts';
import { constantOf, scaleOf } from '../engine/language/scale.ts';
import { DEFAULT_EVERY } from '../engine/language/words.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { entryOf, lookup } from '../engine/series/catalog.ts';
import { comparedExpr, comparisonsOf, operandsOf } from './comparisons.ts';
import { formatMinute, formatNumber, formatPercent, formatPrice, formatValue } from './format.ts';
import type { Chat, CommandPorts } from './ports.ts';

/** What is meant where nothing is said: these are not shown. */
const PLAIN_MODES: Modes = {
  once: false,
  every: DEFAULT_EVERY,
  onClose: false,
  hold: undefined,
  rearm: undefined,
  gate: undefined,
  until: undefined,
  late: undefined,
  silent: false,
  message: undefined,
};

/** A rule's condition without its modes: `btcusdt z > 2`. */
export function describeCondition(rule: RuleText): string {
  return listingText(rule) ?? describeRule({ ...rule, modes: PLAIN_MODES });
}

/** What has to hold that a rule is not suspended: `coint(ethusdt) < 0.1`; empty where it has no gate. */
export function describeGate(rule: RuleText): string {
  return describeModes({ ...rule, modes: { ...PLAIN_MODES, gate: rule.modes.gate } }).replace(/^gate /, '');
}

/** A rule with its modes, its end in the chat's zone, without its own message: `btcusdt z > 2 once until 14:20 CET`. */
export function describeFor(chat: Chat, now: number, rule: RuleText): string {
  const { until } = rule.modes;
  const text = describeRule({ ...rule, modes: { ...rule.modes, until: undefined, message: undefined } });
  return until === undefined ? text : `${text} until ${formatMinute(until, chat.timeZone, now)}`;
}

/** A rule's modes, its end in the chat's zone: `once until 14:20 CET`. Empty where it does as every rule does. */
export function modesFor(chat: Chat, now: number, rule: RuleText): string {
  const { until } = rule.modes;
  const end = until === undefined ? [] : [`until ${formatMinute(until, chat.timeZone, now)}`];
  const others = describeModes({ ...rule, modes: { ...rule.modes, until: undefined } });
  return [...(others === '' ? [] : [others]), ...end].join(' ');
}

/** One sentence on what the rule looks at: `z-score of the close over 20 bars.` Undefined where its text says it all. */
export function explainSeries(rule: RuleText): string | undefined {
  const comparisons = comparisonsOf(rule.condition);
  const expr = comparedExpr(comparisons[0]);
  const others = operandsOf(comparisons[0]).filter((operand) => operand !== expr);
  if (comparisons.length > 1 || expr.kind !== 'series') return undefined;
  if (others.some((operand) => constantOf(operand) === undefined)) return undefined;
  return seriesSentence(rule, expr);
}

function seriesSentence(rule: RuleText, expr: SeriesExpr): string | undefined {
  const entry = lookup(expr.name);
  if (entry === undefined || entry.input === 'column') return undefined;
  // A catalog's summary says first what a series is, then how it is made.
  const what = entry.summary.split(/[:;,]| of (?:a|the) window| over a number/)[0];
  if (entry.fields.length > 0) return `${printExpr(expr, rule)}: ${what}.`;
  const isPlain = hasDefaultInput(expr) && entry.input === 'series' && (entry.defaultInput ?? 'close') !== 'close';
  if (entry.input === 'pair') {
    const [y, x] = inputsOf(expr).map((input) => inputWords(rule, asWritten(expr, input)));
    return `${what.replace(/ of two series$/, '')} of ${y} and ${x}${spanWords(rule, expr)}.`;
  }
  const from = expr.input === undefined || isPlain ? '' : ` of ${inputWords(rule, expr.input)}`;
  return `${what}${from}${spanWords(rule, expr)}.`;
}

function inputWords(rule: RuleText, input: Expr): string {
  const isOwnClose = input.kind === 'series' && input.name === 'close' && input.instrument === rule.instrument;
  return isOwnClose ? 'the close' : describeExpr(input, rule);
}

/** ` over 20 bars`, ` over 1h`. */
function spanWords(rule: RuleText, { params: [length], interval }: SeriesExpr): string {
  if (length === undefined) return '';
  if (length.kind === 'duration') return ` over ${formatInterval(length.ms)}`;
  const of = interval === rule.interval ? '' : ` of ${formatInterval(interval)}`;
  return ` over ${length.value} ${length.value === 1 ? 'bar' : 'bars'}${of}`;
}

/** A value of a series in its own unit: a price by its instrument's tick, a share as a percentage, else a plain number. */
export function formatSeriesValue(market: CommandPorts['market'], expr: Expr, value: number, locale: string): string {
  const scale = scaleOf(expr);
  if (scale === 'price') return formatPrice(value, market.symbols.get(outerSeries(expr)[0]?.instrument)?.tick, locale);
  // A funding rate is a few thousandths of a percent.
  const isSmall = expr.kind === 'series' && entryOf(expr.name).input === 'fact' && Math.abs(value) < 0.001;
  if (scale === 'fraction') {
    const share = formatPercent(value, locale, isSmall ? 4 : 2);
    return isChange(expr) ? share : share.replace('+', '');
  }
  // Of what has no known unit, such as a ratio, the small moves count.
  return scale === undefined ? formatNumber(value, locale) : formatValue(value, locale);
}

/** Whether a share goes up and down from nought: a width or a place does not, and has no plus. */
function isChange(expr: Expr): boolean {
  switch (expr.kind) {
    case 'series':
      return entryOf(expr.name).isChange ?? (expr.input !== undefined && isChange(expr.input));
    case 'lag':
      return isChange(expr.expr);
    case 'negate':
      return true;
    case 'binary':
      return expr.op === '-' || isChange(expr.left) || isChange(expr.right);
    case 'math':
      return expr.name !== 'abs' && expr.args.some(isChange);
    default:
      return false;
  }
}

/** Whether a series is the last price or the close of an instrument. */
export function isPrice(expr: Expr): expr is SeriesExpr {
  return expr.kind === 'series' && (expr.name === 'price' || expr.name === 'close');
}
