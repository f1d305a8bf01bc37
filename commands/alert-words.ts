import type { RuleText } from '../engine/language/ast.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval } from '../engine/market/interval.ts';
import type { CommandContext } from './command.ts';
import { firstExpr } from './comparisons.ts';
import { formatMinute, formatPercent, formatPrice } from './format.ts';
import type { TextSpan } from './message.ts';
import { type Nearness, nearnessOf } from './nearness.ts';
import type { RuleView, StoredRule } from './ports.ts';
import { describeFor, explainSeries, formatSeriesValue, isPrice } from './rule-words.ts';

type Words = Pick<CommandContext, 'market' | 'chat' | 'clock'>;

/** A mark and what it means, for every state that is not plain watching. */
export function stateWords(
  { market, chat, clock }: Words,
  rule: RuleText,
  { state, saved }: RuleView,
): readonly [mark: string, words: string] | undefined {
  const at = (ts: number): string => formatMinute(ts, chat.timeZone, clock.now());
  const fired = saved.lastFiredAt === undefined ? '' : `fired ${at(saved.lastFiredAt)}`;
  switch (state) {
    case 'paused':
      return ['⏸', 'paused'];
    case 'muted':
      return ['⏸', `snoozed until ${at(saved.mutedUntil ?? saved.since)}`];
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
      return undefined;
  }
}

/** ` · 1.62 · at 64,310 (+0.7 %)`: the value now, and the price at which it would fire. */
export function distance({ market, chat }: Words, rule: RuleText, near: Nearness): string {
  if (near.expr === undefined || near.value === undefined) return ' · warming up';
  const value = formatSeriesValue(market, near.expr, near.value, chat.locale);
  const way = wayTo({ market, chat }, rule, near);
  return way === undefined ? ` · ${value}` : ` · ${value} · at ${way[0]}${way[1]}`;
}

/** The price at which a rule would fire, and ` (+0.7 %)` from now. */
function wayTo({ market, chat }: Pick<Words, 'market' | 'chat'>, rule: RuleText, { price }: Nearness) {
  const last = market.price(rule.instrument);
  if (price === undefined || last === undefined) return undefined;
  const shown = formatPrice(price, market.symbols.get(rule.instrument)?.tick, chat.locale);
  return [shown, ` (${formatPercent(price / last.price - 1, chat.locale)})`] as const;
}

/** `z-score of the close over 20 bars. Now 0.84; fires near 64,310 (+1.2 %).` */
export function standing(context: Words, rule: RuleText, view: RuleView | undefined): readonly TextSpan[] {
  const { market, chat } = context;
  const explained = explainSeries(rule);
  const spans: TextSpan[] = explained === undefined ? [] : [`${explained} `];
  const near = nearnessOf(market, rule, view);
  if (near.expr === undefined || near.value === undefined)
    return [...spans, 'Still warming up: it starts as soon as there are enough bars.'];
  spans.push(`Now ${formatSeriesValue(market, near.expr, near.value, chat.locale)}`);
  const way = view?.truth === true ? undefined : wayTo(context, rule, near);
  if (way !== undefined) spans.push('; fires near ', { bold: way[0] }, way[1]);
  return [...spans, '.'];
}

/** `btcusdt z > 2 · 5m · binance`, and the rule's own message below. */
export function title({ chat, clock }: Words, rule: RuleText): readonly TextSpan[] {
  const [venue] = splitInstrument(rule.instrument);
  const { message } = rule.modes;
  const spans: TextSpan[] = [
    { bold: describeFor(chat, clock.now(), rule) },
    ` · ${formatInterval(rule.interval)} · ${venue}`,
  ];
  return message === undefined ? spans : [...spans, `\n“${message}”`];
}

/** ` · 1h` where that is not what the chat understands anyway. A price has no interval. */
export function ownInterval({ chat }: Words, rule: RuleText): string {
  const isPlain = rule.interval === chat.interval || (rule.condition.kind !== 'and' && isPrice(firstExpr(rule)));
  return isPlain ? '' : ` · ${formatInterval(rule.interval)}`;
}

/** What somebody calls an alert: its number and its text. */
export function nameOf({ chat, clock }: Words, stored: StoredRule, rule: RuleText | undefined): string {
  return rule === undefined ? stored.text : describeFor(chat, clock.now(), rule);
}
