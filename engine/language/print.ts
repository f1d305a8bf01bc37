import { splitInstrument } from '../market/instrument.ts';
import { formatInterval } from '../market/interval.ts';
import type { CompareCondition, Condition, CrossCondition, Expr, Modes, RangeCondition, RuleText } from './ast.ts';
import { utcParts } from './calendar.ts';
import { groupedNumber, percentNumber, plainNumber, shortNumber } from './numbers.ts';
import { DEFAULT_EVERY } from './parse.ts';
import { exprText, type PrintPlace, spelledOut } from './print-expr.ts';
import { quietSide } from './rearm.ts';
import { seriesOf } from './references.ts';
import { sameExpr } from './same.ts';
import { scaleOf } from './scale.ts';

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
  const condition = conditionText(rule.condition, place);
  return [instrument, formatInterval(interval), condition, ...modeTexts(rule, place)].join(' ');
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

function conditionText(condition: Condition, place: PrintPlace): string {
  switch (condition.kind) {
    case 'compare':
      return `${leftText(condition.left, place)} ${condition.op} ${limitText(condition, place)}`;
    case 'cross': {
      const word = condition.direction === 'either' ? 'crosses' : `crosses ${condition.direction}`;
      return `${leftText(condition.left, place)} ${word} ${limitText(condition, place)}`;
    }
    case 'range':
      return rangeText(condition, place);
    case 'not': {
      const text = conditionText(condition.item, place);
      return condition.item.kind === 'and' || condition.item.kind === 'or' ? `not (${text})` : `not ${text}`;
    }
    case 'and':
    case 'or': {
      const items = condition.items.map((item) => {
        const text = conditionText(item, place);
        return item.kind === 'or' ? `(${text})` : text;
      });
      return items.join(` ${condition.kind} `);
    }
  }
}

/** A sign at the beginning is put in brackets: behind an interval it would be taken for a minus. */
function leftText(expr: Expr, place: PrintPlace): string {
  const text = exprText(expr, place);
  return text.startsWith('-') ? `(${text})` : text;
}

function limitText(condition: CompareCondition | CrossCondition, place: PrintPlace): string {
  const { left, right } = condition;
  if (right.kind !== 'number') return exprText(right, place);
  if (scaleOf(left) === 'fraction') return percentNumber(right.value);
  return place.short ? groupedNumber(right.value) : plainNumber(right.value);
}

function rangeText(condition: RangeCondition, place: PrintPlace): string {
  const percent = scaleOf(condition.expr) === 'fraction';
  const [low, high] = [condition.low, condition.high].map((bound) => {
    if (bound.kind !== 'number') return exprText(bound, place);
    if (percent) return percentNumber(bound.value);
    return place.short ? shortNumber(bound.value) : plainNumber(bound.value);
  });
  return `${leftText(condition.expr, place)} ${condition.how} [${low}, ${high}]`;
}

function modeTexts(rule: RuleText, place: PrintPlace): readonly string[] {
  const { once, every, onClose, hold, rearm, until, silent, message } = rule.modes;
  const texts: string[] = [];
  if (once) texts.push('once');
  if (every !== undefined && !(place.short && isDefault(rule.modes))) texts.push(`every ${formatInterval(every)}`);
  if (onClose) texts.push('on close');
  if (hold !== undefined) texts.push(`for ${formatInterval(hold)}`);
  if (rearm) texts.push(`rearm ${rearmText(rearm, rule.condition, place)}`);
  if (until !== undefined) texts.push(`until ${untilText(until, place)}`);
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
