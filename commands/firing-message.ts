import type { RuleText } from '../engine/language/ast.ts';

import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval, HOUR, MINUTE } from '../engine/market/interval.ts';
import { drawPicture, SHOWN_BARS } from './chart-picture.ts';
import type { CommandContext } from './command.ts';
import { formatLength, formatPercent, formatPrice, formatTime, formatValue } from './format.ts';
import type { Message, Picture, Text, TextSpan } from './message.ts';
import type { Firing, StoredRule } from './ports.ts';
import { priceLevels, ruleOverlays } from './rule-levels.ts';
import { describeCondition } from './rule-words.ts';
import { fillTemplate } from './template.ts';

/** A firing is told as late from here on, in ms. */
export const LATE_AFTER_MS = 30_000;

/** What is needed to tell of a firing. `asker` is whoever the rule belongs to. */
export type FiringContext = Pick<CommandContext, 'market' | 'charts' | 'chat' | 'clock' | 'button' | 'log' | 'rules'>;

/** The alert message: what fired, the values that made it so, where and when, with the chart. */
export async function firingMessage(
  context: FiringContext,
  rule: StoredRule,
  text: RuleText,
  firing: Firing,
): Promise<Message> {
  const picture = await firingPicture(context, rule, text, firing);
  return {
    text: firingText(context, text, firing),
    ...(picture === undefined ? {} : { picture }),
    buttons: [
      [
        context.button('Why?', 'why', [firing.id.replace('.', '-')]),
        context.button('Snooze 1h', 'snz', [rule.id], rule.ownerId),
        context.button('Delete', 'del', [rule.id], rule.ownerId),
      ],
    ],
    silent: text.modes.silent,
  };
}

/** Without its picture: also what is sent where no picture can be drawn. */
export function firingText(context: FiringContext, rule: RuleText, firing: Firing): Text {
  const { market, chat, clock } = context;
  const now = clock.now();
  const [venue] = splitInstrument(rule.instrument);
  const price = formatPrice(firing.price, market.symbols.get(rule.instrument)?.tick, chat.locale);
  const spans: TextSpan[] = ['🔔 '];
  const late = now - firing.ts;
  if (late > LATE_AFTER_MS) spans.push({ bold: `late ${formatLength(late)}` }, ' · ');
  if (rule.modes.message !== undefined)
    spans.push({ bold: fillTemplate(rule.modes.message, { ...context, rule, firing }) }, '\n');
  spans.push({ bold: describeCondition(rule) });
  const value = shownValue(rule, firing, chat.locale);
  if (value !== undefined) spans.push(' → ', { bold: value });
  spans.push(' at ', { bold: price }, '\n');
  const facts = [formatTime(firing.ts, chat.timeZone, now), formatInterval(rule.interval), venue];
  spans.push([...facts, ...surroundings(context, rule)].join(' · '));
  if (late > LATE_AFTER_MS) {
    const here = market.price(rule.instrument);
    if (here !== undefined)
      spans.push(`\nNow ${formatPrice(here.price, market.symbols.get(rule.instrument)?.tick, chat.locale)}.`);
  }
  if (firing.suppressed > 0) spans.push(`\n${firing.suppressed} more since the last one, kept quiet.`);
  return spans;
}

/** The value behind the first comparison, unless it is the price itself. */
function shownValue(rule: RuleText, firing: Firing, locale: string): string | undefined {
  const first = firing.values[0];
  if (first === undefined || Number.isNaN(first.value) || rule.condition.kind === 'and' || rule.condition.kind === 'or')
    return undefined;
  if (/^(price|close)$/.test(first.series)) return undefined;
  return formatValue(first.value, locale);
}

/** The hour's change and how busy it is, where the bars tell. */
function surroundings({ market, chat }: FiringContext, rule: RuleText): readonly string[] {
  const { closed, open } = market.held(rule.instrument, MINUTE, 61);
  const last = open ?? closed[closed.length - 1];
  const before = closed[closed.length - 60];
  if (last === undefined || before === undefined || closed.length < 60) return [];
  const change = `${formatPercent(last.close / before.close - 1, chat.locale)} in ${formatLength(HOUR)}`;
  const hour = closed.slice(-60).reduce((sum, bar) => sum + bar.volume, 0);
  const recent = closed.slice(-5).reduce((sum, bar) => sum + bar.volume, 0);
  const busy = hour > 0 ? recent / 5 / (hour / 60) : 0;
  return busy >= 1.5 ? [`${change}, volume ${formatValue(Math.round(busy * 10) / 10, chat.locale)}x usual`] : [change];
}

async function firingPicture(
  context: FiringContext,
  rule: StoredRule,
  text: RuleText,
  firing: Firing,
): Promise<Picture | undefined> {
  const { chat, log } = context;
  const { overlays, paneLevels } = ruleOverlays(text);
  try {
    const { picture } = await drawPicture(context, {
      instrument: text.instrument,
      interval: text.interval,
      overlays,
      paneLevels,
      levels: priceLevels([text], text.instrument),
      marks: await nearbyMarks(context, rule, text, firing),
      timeZone: chat.timeZone,
      locale: chat.locale,
    });
    return picture;
  } catch (error) {
    log.warn({ err: error, firing: firing.id }, 'an alert goes out without its picture');
    return undefined;
  }
}

async function nearbyMarks({ rules }: FiringContext, rule: StoredRule, text: RuleText, firing: Firing) {
  const others = await rules.firings(rule.id, 20);
  const since = firing.ts - SHOWN_BARS * text.interval;
  const shown = others.filter((other) => other.id !== firing.id && other.ts >= since);
  return [...shown, firing].map((item) => ({ ts: item.ts, price: item.price, label: '' }));
}
