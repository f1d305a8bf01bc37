import { splitInstrument } from '../engine/market/instrument.ts';
import type { Command, CommandContext } from './command.ts';
import { formatLength, formatPrice, formatTime, formatValue } from './format.ts';
import type { Message, TextSpan } from './message.ts';
import type { Firing, StoredRule } from './ports.ts';
import { describeCondition } from './rule-words.ts';
import type { PressOutcome } from './service.ts';

export const why: Command = {
  name: 'why',
  summary: 'Why an alert fired: the values behind it',
  usage: '/why [NUMBER]',
  examples: ['/why', '/why 2'],
  args: [{ name: 'number', kind: 'text', description: 'Number of the alert as /alerts shows it', required: false }],
  slow: false,
  private: true,
  run: whyLast,
  actions: { why: whyButton },
};

async function whyLast(context: CommandContext, text: string): Promise<Message> {
  const all = await context.rules.list(context.chatKey);
  const wanted = Number(text.trim());
  const chosen = text.trim() === '' ? all : all.filter((rule) => rule.number === wanted);
  const found = await Promise.all(
    chosen.map(async (rule) => ({ rule, firing: (await context.rules.firings(rule.id, 1))[0] })),
  );
  const fired = found.filter((item) => item.firing !== undefined).sort((a, b) => b.firing.ts - a.firing.ts)[0];
  if (fired !== undefined) return explain(context, fired.rule, fired.firing);
  const which = text.trim() === '' ? 'No alert of this chat' : `No alert ${text.trim()} of this chat`;
  return { text: [`${which} has fired yet. /alerts shows how near they are.`], private: true };
}

async function whyButton(context: CommandContext, [packed]: readonly string[]): Promise<PressOutcome> {
  const firing = await context.rules.firing(packed.replace('-', '.'));
  const rule = firing === undefined ? undefined : await context.rules.get(firing.ruleId);
  if (firing === undefined || rule === undefined || rule.chatKey !== context.chatKey)
    return { toast: 'I no longer have the values.' };
  return { reply: await explain(context, rule, firing) };
}

async function explain(context: CommandContext, stored: StoredRule, firing: Firing): Promise<Message> {
  const { chat, clock, market, rules } = context;
  const rule = rules.running(stored.id);
  const tick = market.symbols.get(firing.instrument)?.tick;
  const [venue, symbol] = splitInstrument(firing.instrument);
  const name = rule === undefined ? stored.text : describeCondition(rule);
  const at = (ts: number): string => formatTime(ts, chat.timeZone, clock.now());
  const spans: TextSpan[] = [{ bold: name }];
  for (const { series, value, before, threshold } of firing.values) {
    const limit = threshold === undefined ? '' : ` against ${formatValue(threshold, chat.locale)}`;
    const was = before === undefined ? '' : ` (before: ${formatValue(before, chat.locale)})`;
    spans.push('\n', { code: series }, ` ${formatValue(value, chat.locale)}${limit}${was}`);
  }
  const cause = firing.tradeId === undefined ? 'At a bar’s close or the end of a hold' : `Trade ${firing.tradeId}`;
  spans.push(`\n${cause} at ${at(firing.ts)}, ${symbol} ${formatPrice(firing.price, tick, chat.locale)}, ${venue}.`);
  spans.push(...(await deliveryWords(context, firing)));
  if (rule?.modes.every !== undefined)
    spans.push(`\nCooldown ${formatLength(rule.modes.every)} until ${at(firing.ts + rule.modes.every)}.`);
  spans.push(...(await earlier(context, firing)));
  return { text: spans, private: true };
}

async function deliveryWords({ rules }: CommandContext, firing: Firing): Promise<readonly TextSpan[]> {
  const [delivery] = await rules.deliveries(firing.id);
  if (delivery === undefined) return [];
  const after = delivery.finishedAt === undefined ? '' : ` ${formatLength(delivery.finishedAt - firing.ts)} after it`;
  return [`\nMessage ${delivery.state}${after}${delivery.error === undefined ? '' : `: ${delivery.error}`}.`];
}

async function earlier({ rules, chat, clock }: CommandContext, firing: Firing): Promise<readonly TextSpan[]> {
  const others = (await rules.firings(firing.ruleId, 6)).filter((other) => other.ts < firing.ts).slice(0, 3);
  const quiet = firing.suppressed === 0 ? '' : ` ${firing.suppressed} crossings before it were kept quiet.`;
  if (others.length === 0) return quiet === '' ? [] : [`\n${quiet.trim()}`];
  return [`\nEarlier: ${others.map((other) => formatTime(other.ts, chat.timeZone, clock.now())).join(', ')}.${quiet}`];
}
