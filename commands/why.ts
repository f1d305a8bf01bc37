import type { Expr, RuleText } from '../engine/language/ast.ts';
import { describeExpr, printExpr } from '../engine/language/print.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { type ListingScope, listingOf } from '../engine/market/listing.ts';
import { alertNumber } from './alert-number.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { valuedExprs } from './comparisons.ts';
import { originLines } from './definition-origin.ts';
import { deliveryWords } from './delivery-words.ts';
import { formatLength, formatMinute, formatPrice, formatTime, formatValue } from './format.ts';
import { listedWords } from './listing-words.ts';
import type { Message, TextSpan } from './message.ts';
import type { Firing, StoredRule } from './ports.ts';
import { ruleOf } from './rule-of.ts';
import { describeCondition, formatSeriesValue } from './rule-words.ts';
import type { PressOutcome } from './service.ts';

/** Deleted alerts that are looked at, the last deleted first. */
const MOST_REMOVED = 25;

export const why: Command = {
  name: 'why',
  summary: 'Why an alert fired',
  usage: '/why [NUMBER]',
  permission: 'members',
  examples: ['/why', '/why 2'],
  args: [{ name: 'number', kind: 'text', description: 'Number of the alert as /alerts shows it', required: false }],
  slow: false,
  private: true,
  run: whyLast,
  actions: { why: { permission: 'members', run: whyButton } },
};

async function whyLast(context: CommandContext, text: string): Promise<Message> {
  if (text !== '') return whyNumber(context, text);
  const { rules, chatKey } = context;
  const [present, removed] = await Promise.all([rules.list(chatKey), rules.removed(chatKey, MOST_REMOVED)]);
  const last = await lastFired(context, [...present, ...removed]);
  if (last !== undefined) return explain(context, ...last);
  return { text: ['No alert of this chat has fired yet. /alerts shows how near they are.'] };
}

/** A number is given away again: it is of the alert that has it now, else of those that had it. */
async function whyNumber(context: CommandContext, text: string): Promise<Message> {
  const { rules, chatKey } = context;
  const number = alertNumber(text);
  const present = number === undefined ? undefined : await rules.byNumber(chatKey, number);
  const removed =
    number === undefined || present !== undefined ? [] : await rules.removed(chatKey, MOST_REMOVED, number);
  const last = await lastFired(context, present === undefined ? removed : [present]);
  if (last !== undefined) return explain(context, ...last);
  if (present !== undefined)
    return { text: [`Alert ${present.number} has not fired yet. /alerts shows how near it is.`] };
  if (removed.length > 0) return { text: [`Alert ${removed[0].number} was deleted, and had not fired.`] };
  return { text: [`This chat has no alert ${quoted(text)}. /alerts lists them.`] };
}

/** The one of the rules that fired last, with that firing. */
async function lastFired(
  { rules }: CommandContext,
  among: readonly StoredRule[],
): Promise<readonly [StoredRule, Firing] | undefined> {
  const found = await Promise.all(among.map(async (rule) => [rule, (await rules.firings(rule.id, 1))[0]] as const));
  const fired = found.filter(([, firing]) => firing !== undefined);
  return fired.sort(([, a], [, b]) => b.ts - a.ts)[0];
}

async function whyButton(context: CommandContext, [packed]: readonly string[]): Promise<PressOutcome> {
  const firing = await context.rules.firing(packed.replace('-', '.'));
  const rule = firing === undefined ? undefined : await context.rules.get(firing.ruleId);
  if (firing === undefined || rule === undefined || rule.chatKey !== context.chatKey)
    return { toast: 'I no longer have the values.' };
  return { reply: await explain(context, rule, firing) };
}

async function explain(context: CommandContext, stored: StoredRule, firing: Firing): Promise<Message> {
  const { chat, clock, market } = context;
  const rule = ruleOf(context, stored);
  const now = clock.now();
  const scope = listingOf(firing.instrument);
  if (scope !== undefined) return explainListing(context, scope, stored, firing);
  const tick = market.symbols.get(firing.instrument)?.tick;
  const [venue, symbol] = splitInstrument(firing.instrument);
  const spans: TextSpan[] = [{ bold: rule === undefined ? stored.text : describeCondition(rule) }];
  if (stored.deletedAt !== undefined) spans.push(` · deleted ${formatMinute(stored.deletedAt, chat.timeZone, now)}`);
  const exprs = rule === undefined ? [] : valuedExprs(rule.condition);
  firing.values.forEach((value, i) => {
    if (i === 0 || value.threshold !== firing.values[i - 1].threshold || value.series !== firing.values[i - 1].series)
      spans.push('\n', ...valueWords(context, rule, exprs[i], value));
  });
  const cause = firing.tradeId === undefined ? 'At a bar’s close or the end of a hold' : `Trade ${firing.tradeId}`;
  const at = formatTime(firing.ts, chat.timeZone, now);
  spans.push(`\n${cause} at ${at}, ${symbol} ${formatPrice(firing.price, tick, chat.locale)}, ${venue}.`);
  spans.push(await deliveryWords(context, firing));
  const quietUntil = firing.ts + (rule?.modes.every ?? 0);
  if (stored.deletedAt === undefined && rule?.modes.every !== undefined && quietUntil > now)
    spans.push(`\nCooldown ${formatLength(rule.modes.every)} until ${formatMinute(quietUntil, chat.timeZone, now)}.`);
  spans.push(...(await originLines(context, stored)), ...(await earlier(context, firing)));
  return { text: spans, private: true };
}

async function explainListing(
  context: CommandContext,
  scope: ListingScope,
  stored: StoredRule,
  firing: Firing,
): Promise<Message> {
  const spans: TextSpan[] = [{ bold: stored.text }, '\n', ...(await listedWords(context, scope, firing))];
  spans.push(await deliveryWords(context, firing));
  spans.push('\nIt was in the venue’s list, and was not when I looked before.', ...(await earlier(context, firing)));
  return { text: spans, private: true };
}

/** `z(20) 2.312 against 2 (before: 1.94)`. The rule may have been given another text since it fired. */
function valueWords(
  { market, chat }: CommandContext,
  rule: RuleText | undefined,
  expr: Expr | undefined,
  { series, value, before, threshold }: Firing['values'][number],
): readonly TextSpan[] {
  const known = rule && expr && describeExpr(expr, rule) === series ? expr : undefined;
  const shown = (number: number): string =>
    known === undefined ? formatValue(number, chat.locale) : formatSeriesValue(market, known, number, chat.locale);
  const limit = threshold === undefined ? '' : ` against ${shown(threshold)}`;
  const was = before === undefined ? '' : ` (before: ${shown(before)})`;
  return [{ code: rule && known ? printExpr(known, rule) : series }, ` ${shown(value)}${limit}${was}`];
}

async function earlier({ rules, chat, clock }: CommandContext, firing: Firing): Promise<readonly TextSpan[]> {
  const before = (await rules.firings(firing.ruleId, 6)).filter((other) => other.ts < firing.ts).slice(0, 3);
  const times = before.map((other) => formatMinute(other.ts, chat.timeZone, clock.now())).join(', ');
  const spans: TextSpan[] = times === '' ? [] : [`\nFired before at ${times}.`];
  if (firing.suppressed > 0) spans.push(`\nKept quiet since the one before: ${firing.suppressed}.`);
  return spans;
}
