import { splitInstrument } from '../market/instrument.ts';
import { formatInterval } from '../market/interval.ts';
import type { Condition, Expr, Modes, RuleText } from './ast.ts';
import { utcParts } from './calendar.ts';
import { listingText } from './listing.ts';
import { conditionText, exprText, limitText, type PrintPlace, spelledOut } from './print-expr.ts';
import { quietSide } from './rearm.ts';
import { seriesOf } from './references.ts';
import { sameExpr } from './same.ts';
import { DEFAULT_EVERY } from './words.ts';

/** The instrument and interval that need not be said. */
export interface PrintContext {
  readonly instrument: string;
  readonly interval: number;
}

const NOWHERE: PrintContext = { instrument: '', interval: 0 };

/** The canonical text: `binance:btcusdt 5m z(20) > 2 every 15m`. What is parsed from it equals `rule`. */
export function printRule(rule: RuleText): string {
  const { instrument, interval } = rule;
  const place: PrintPlace = { instrument, interval, short: false, mixed: false };
  const listing = listingText(rule);
  const said = listing ?? [instrument, formatInterval(interval), conditionText(rule.condition, place)].join(' ');
  return [said, ...modeTexts(rule, place)].join(' ');
}

/**
 * The canonical text of an expression. Series of the context's instrument and interval are bare; without a context every
 * one is qualified, `binance:btcusdt.rsi(14)@5m`, so that equal texts mean equal series.
 */
export function printExpr(expr: Expr, context: PrintContext = NOWHERE): string {
  return exprText(expr, { ...context, short: false, mixed: false });
}

/** Short text for people, without the interval: `btcusdt z > 2`, `ethusdt price > 3,000 once`. */
export function describeRule(rule: RuleText): string {
  const { instrument, interval } = rule;
  let named = false;
  const onOwnSymbol = () => {
    named = true;
  };
  const explicit = spelledOut(seriesOf(rule));
  const place: PrintPlace = { instrument, interval, short: true, mixed: false, spelledOut: explicit, onOwnSymbol };
  const listing = listingText(rule);
  if (listing !== undefined) return [listing, ...modeTexts(rule, place)].join(' ');
  const condition = conditionText(rule.condition, place);
  const symbol = named ? [] : [splitInstrument(instrument)[1]];
  return [...symbol, condition, ...modeTexts(rule, place)].join(' ');
}

/** When a rule fires and how, for people, without its own message: `once until 2026-12-31 24:00 UTC`; empty where it says nothing. */
export function describeModes(rule: RuleText): string {
  const { instrument, interval } = rule;
  const place: PrintPlace = { instrument, interval, short: true, mixed: false, spelledOut: spelledOut(seriesOf(rule)) };
  return modeTexts({ ...rule, modes: { ...rule.modes, message: undefined } }, place).join(' ');
}

/** Short text for people: `rsi`, `ethusdt.rsi(7)@1h`. */
export function describeExpr(expr: Expr, context: PrintContext): string {
  return exprText(expr, { ...context, short: true, mixed: false, spelledOut: spelledOut(seriesOf(expr)) });
}

/** As `describeExpr`, with every parameter said: `rsi(14)`, `ethusdt`, `btcusdt/ethusdt`. */
export function nameExpr(expr: Expr, context: PrintContext): string {
  const names = new Set(seriesOf(expr).map(({ name }) => name));
  return exprText(expr, { ...context, short: true, mixed: false, spelledOut: names });
}

function modeTexts(rule: RuleText, place: PrintPlace): readonly string[] {
  const { once, every, onClose, hold, rearm, gate, until, late, silent, message } = rule.modes;
  const texts: string[] = [];
  if (once) texts.push('once');
  const isUnsaid = place.short && isDefault(rule.modes) && listingText(rule) === undefined;
  if (every !== undefined && !isUnsaid) texts.push(`every ${formatInterval(every)}`);
  if (onClose) texts.push('on close');
  if (hold !== undefined) texts.push(`for ${formatInterval(hold)}`);
  if (rearm) texts.push(`rearm ${rearmText(rearm, rule.condition, place)}`);
  if (gate) texts.push(`gate ${conditionText(gate, place)}`);
  if (until !== undefined) texts.push(`until ${untilText(until, place)}`);
  if (late !== undefined) texts.push(`late within ${formatInterval(late)}`);
  if (silent) texts.push('silent');
  if (message !== undefined) texts.push(quoted(message));
  return texts;
}

const isDefault = ({ every, once, onClose, hold, rearm }: Modes): boolean =>
  every === DEFAULT_EVERY && !once && !onClose && hold === undefined && rearm === undefined;

/** For people a re-arming on the quiet side of the same comparison is its value alone. */
function rearmText(rearm: Condition, condition: Condition, place: PrintPlace): string {
  const quiet = quietSide(condition);
  const plain = rearm.kind === 'compare' && quiet?.op === rearm.op && sameExpr(quiet.left, rearm.left);
  return place.short && plain ? limitText(rearm, place) : conditionText(rearm, place);
}

function untilText(until: number, place: PrintPlace): string {
  const [date, time] = utcParts(until);
  if (!place.short) return `${date}T${time}Z`;
  // Midnight is the end of the day that somebody named.
  return time === '00:00' ? `${utcParts(until - 1)[0]} 24:00 UTC` : `${date} ${time} UTC`;
}

const quoted = (message: string): string =>
  `"${message.replace(/[\\"]/g, (character) => `\\${character}`).replaceAll('\n', '\\n')}"`;
