import type { RuleText } from '../engine/language/ast.ts';
import { describeExpr } from '../engine/language/print.ts';
import { constantOf } from '../engine/language/scale.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { isMarket } from '../engine/market/listing.ts';
import type { CommandContext } from './command.ts';
import { comparisonsOf, operandsOf, valuedExprs } from './comparisons.ts';
import { formatMinute, formatPercent, formatPrice } from './format.ts';
import { listingStanding } from './listing-words.ts';
import type { TextSpan } from './message.ts';
import { type Nearness, nearnessOf } from './nearness.ts';
import type { RuleView, StoredRule } from './ports.ts';
import { describeFor, describeGate, explainSeries, formatSeriesValue, isPrice } from './rule-words.ts';

type Words = Pick<CommandContext, 'market' | 'chat' | 'clock'>;

/** States in which nothing fires, whatever the price. */
export const AT_REST: ReadonlySet<string> = new Set(['paused', 'muted', 'suspended', 'done', 'expired', 'broken']);

/** A mark and what it means, for every state that is not plain watching. */
export function stateWords(
  { market, chat, clock }: Words,
  rule: RuleText,
  { state, saved, waitsFor }: RuleView,
): readonly [mark: string, words: string] | undefined {
  const at = (ts: number): string => formatMinute(ts, chat.timeZone, clock.now());
  const fired = saved.lastFiredAt === undefined ? '' : `fired ${at(saved.lastFiredAt)}`;
  switch (state) {
    case 'paused':
      return ['⏸', 'paused'];
    case 'muted':
      return ['⏸', `snoozed until ${at(saved.mutedUntil ?? saved.since)}`];
    case 'suspended':
      return ['⏸', suspendedWords(rule)];
    case 'stale': {
      const last = market.price(rule.instrument);
      return ['⚠️', `no data${last === undefined ? '' : ` since ${at(last.ts)}`}, I cannot see whether it fires`];
    }
    case 'done':
      return ['☑️', fired === '' ? 'done' : `done, ${fired}`];
    case 'expired':
      return ['☑️', 'its time is over'];
    case 'broken':
      return ['⚠️', 'broken'];
    case 'pending':
      return ['⏳', `true since ${at(saved.pendingSince ?? saved.since)}, must hold`];
    case 'fired':
      return fired === '' ? ['🔕', 'true already, waits for the next time'] : ['🔔', `${fired}, waits to re-arm`];
    case 'armed':
      return waitsFor.length === 0 || !isMarket(rule.instrument)
        ? undefined
        : ['⏳', `waits for data: no value of ${waitsFor.join(' and ')} has come yet`];
  }
}

/** `suspended until coint(ethusdt) < 0.1`. */
const suspendedWords = (rule: RuleText): string => `suspended until ${describeGate(rule)}`;

/** ` · 1.62 · at 64,310 (+0.7 %)`: the value now, and the price at which it would fire. */
export function distance(context: Words, rule: RuleText, near: Nearness): string {
  if (!isMarket(rule.instrument)) return '';
  const value = valueNow(context, rule, near);
  if (value === undefined) return ' · warming up';
  if (near.isMet) return ` · ${value} · met, waits for the close`;
  const way = wayTo(context, rule, near);
  return way === undefined ? ` · ${value}` : ` · ${value} · at ${way[0]}${way[1]}`;
}

/** `1.62`; of several comparisons `rsi 68.18`; beside another series `50 against 150`. Undefined while warming up. */
function valueNow({ market, chat }: Words, rule: RuleText, near: Nearness): string | undefined {
  const { expr, value, threshold, isRelative } = near;
  if (expr === undefined || value === undefined) return undefined;
  const written = (number: number): string => formatSeriesValue(market, expr, number, chat.locale);
  const name = comparisonsOf(rule.condition).length > 1 ? `${describeExpr(expr, rule)} ` : '';
  const other = isRelative && threshold !== undefined ? ` against ${written(threshold)}` : '';
  return name + written(value) + other;
}

const MOST_VALUES = 4;

/** Of several comparisons each one's value, short: `rsi 28.1, ethusdt 3,311.72`. */
function allNow({ market, chat }: Words, rule: RuleText, view: RuleView | undefined): string | undefined {
  const values = view?.values ?? [];
  const comparisons = comparisonsOf(rule.condition);
  if (comparisons.length < 2) return undefined;
  const said = valuedExprs(rule.condition).flatMap((expr, i) => {
    const named = values[i];
    if (named === undefined || !Number.isFinite(named.value)) return [];
    return [`${describeExpr(expr, rule)} ${formatSeriesValue(market, expr, named.value, chat.locale)}`];
  });
  const each = [...new Set(said)];
  if (each.length === 0) return undefined;
  return each.slice(0, MOST_VALUES).join(', ') + (each.length > MOST_VALUES ? ' and more' : '');
}

/** Near ones are told apart by their second digit. */
function wayWords(way: number, locale: string): string {
  const digits = Math.abs(way) < 0.01 ? 2 : 1;
  const words = formatPercent(way, locale, digits);
  // What is rounded to nought has a sign still: it says whether the price has to rise or to fall.
  return way === 0 || /^[+\u2212]/.test(words) ? words : `${way > 0 ? '+' : '\u2212'}${words}`;
}

/** The price at which a rule would fire, and ` (+0.7 %)` from now. */
function wayTo({ market, chat }: Pick<Words, 'market' | 'chat'>, rule: RuleText, { price }: Nearness) {
  const last = market.price(rule.instrument);
  if (price === undefined || last === undefined) return undefined;
  const shown = formatPrice(price, market.symbols.get(rule.instrument)?.tick, chat.locale);
  return [shown, ` (${wayWords(price / last.price - 1, chat.locale)})`] as const;
}

/** What a rule on facts says that never came. */
const waitingWords = ({ waitsFor }: RuleView): string =>
  `It waits for data: no value of ${waitsFor.join(' and ')} has come yet.`;

/** `z-score of the close over 20 bars. Now 0.84; fires near 64,310 (+1.2 %).` */
export function standing(context: Words, rule: RuleText, view: RuleView | undefined): readonly TextSpan[] {
  const listing = listingStanding(rule);
  if (listing !== undefined) return [listing];
  const explained = explainSeries(rule);
  const spans: TextSpan[] = explained === undefined ? [] : [`${explained} `];
  const near = nearnessOf(context.market, rule, view);
  const value = valueNow(context, rule, near);
  if (view !== undefined && view.waitsFor.length > 0) return [...spans, waitingWords(view)];
  if (value === undefined) return [...spans, 'Still warming up: it starts as soon as there are enough bars.'];
  spans.push(`Now ${allNow(context, rule, view) ?? value}`);
  const isAtRest = view === undefined || AT_REST.has(view.state);
  if (near.isMet && !isAtRest) return [...spans, '; met, and waits for the close of the bar.'];
  const way = isAtRest ? undefined : wayTo(context, rule, near);
  if (way !== undefined) spans.push('; fires near ', { bold: way[0] }, way[1]);
  const suspended = view?.state === 'suspended' ? `. It is ${suspendedWords(rule)}` : '';
  return [...spans, `${suspended}.`];
}

/** `btcusdt z > 2 · 5m · binance`, and the rule's own message below. */
export function title({ chat, clock }: Words, rule: RuleText): readonly TextSpan[] {
  const { message } = rule.modes;
  const place = [...intervalOf(rule), splitInstrument(rule.instrument)[0]].join(' · ');
  const name = { bold: describeFor(chat, clock.now(), rule) };
  if (!isMarket(rule.instrument)) return [name];
  const spans: TextSpan[] = [name, ` · ${place}`];
  return message === undefined ? spans : [...spans, `\n“${message}”`];
}

/** The rule's interval, or nothing: the price alone has none. */
export function intervalOf(rule: RuleText): readonly string[] {
  if (!isMarket(rule.instrument)) return [];
  const isPriceAlone = operandsOf(rule.condition).every((expr) => isPrice(expr) || constantOf(expr) !== undefined);
  return isPriceAlone && !rule.modes.onClose ? [] : [formatInterval(rule.interval)];
}

/** What somebody calls an alert: its number and its text. */
export function nameOf({ chat, clock }: Words, stored: StoredRule, rule: RuleText | undefined): string {
  return rule === undefined ? stored.text : describeFor(chat, clock.now(), rule);
}
