import { UserError } from '../engine/errors.ts';
import type { RuleText } from '../engine/language/ast.ts';
import { parseRule } from '../engine/language/parse.ts';
import { describeRule, printRule } from '../engine/language/print.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval } from '../engine/market/interval.ts';
import type { Command, CommandContext } from './command.ts';
import { formatPercent, formatPrice } from './format.ts';
import type { Message, TextSpan } from './message.ts';
import { nearnessOf } from './nearness.ts';
import type { StoredRule } from './ports.ts';
import { explainSeries, formatSeriesValue } from './rule-words.ts';
import { scopeOf } from './scope.ts';
import type { PressOutcome } from './service.ts';

/** Alerts that one chat may have. */
export const MOST_ALERTS = { private: 25, group: 100, channel: 100 } as const;

export const alert: Command = {
  name: 'alert',
  summary: 'Tell me when something happens: /alert btcusdt z > 2',
  usage: '/alert SYMBOL [INTERVAL] CONDITION [modes]',
  examples: [
    '/alert btcusdt z > 2',
    '/alert btc > 70k once',
    '/alert eth 5m rsi < 30 and close > ema(200)',
    '/alert sol +5% 1h',
    '/alert btc ema(20) crosses above ema(50) on close',
    '/alert z(btcusdt/ethusdt, 60) > 2 for 3m every 30m',
    '/alert btc leaves [60k, 70k] "{symbol} left the range: {price}"',
  ],
  details:
    'Modes: once · every 15m · on close · for 5m · rearm 1.5 · until 2026-12-31 · for the next 7d · silent · "a message". ' +
    'Without a mode it tells of each new crossing, at most every 15 minutes.',
  args: [{ name: 'rule', kind: 'text', description: 'For example: btcusdt z > 2', required: true }],
  slow: true,
  private: false,
  async run(context, text) {
    const rule = parseRule(text, scopeOf(context));
    await requireRoom(context);
    await warm(context, rule);
    const stored = await context.rules.create({
      chatKey: context.chatKey,
      ownerId: context.asker.userId,
      text: printRule(rule),
      rule,
    });
    return savedMessage(context, stored, rule);
  },
  actions: {
    once: (context, args) => remake(context, args, 'once'),
    onc: (context, args) => remake(context, args, 'onClose'),
  },
};

async function requireRoom({ rules, chatKey, asker }: CommandContext): Promise<void> {
  const most = MOST_ALERTS[asker.chatKind];
  const { length } = await rules.list(chatKey);
  if (length < most) return;
  throw new UserError('too-many-alerts', `This chat has ${length} alerts, and ${most} is the most.`, {
    hint: 'Delete one with /alerts first.',
  });
}

/** Lets the bars come in before the rule is set, so that it starts warm; a venue that is down does not stop it. */
async function warm({ market, log }: CommandContext, rule: RuleText): Promise<void> {
  market.watch(rule.instrument);
  try {
    await market.bars(rule.instrument, rule.interval, 300);
  } catch (error) {
    log.warn({ err: error, instrument: rule.instrument }, 'a rule is set before its bars are there');
  }
}

/** The answer to a saved rule: what it is, where it stands, and where it would fire. */
async function savedMessage(context: CommandContext, stored: StoredRule, rule: RuleText): Promise<Message> {
  const { rules, asker } = context;
  const [venue] = splitInstrument(rule.instrument);
  const view = rules.view(stored.id);
  const spans: TextSpan[] = ['✅ ', { bold: describeRule(rule) }, ` · ${formatInterval(rule.interval)} · ${venue}`];
  const explained = explainSeries(rule);
  if (explained !== undefined) spans.push(`\n${explained}`);
  spans.push('\n', ...standing(context, rule, stored.id));
  if (view?.truth) spans.push('\nIt is true right now: I wait for the next time.');
  const owner = asker.userId;
  const buttons = [context.button('Chart', 'ch', [stored.id])];
  if (!rule.modes.once) buttons.push(context.button('Once', 'once', [stored.id], owner));
  if (!rule.modes.onClose) buttons.push(context.button('On close', 'onc', [stored.id], owner));
  buttons.push(context.button('Delete', 'del', [stored.id], owner));
  return { text: spans, buttons: [buttons] };
}

/** `Now 0.84; fires near 64,310 (+1.2 %).` */
function standing(context: CommandContext, rule: RuleText, id: string): readonly TextSpan[] {
  const { market, rules, chat } = context;
  const near = nearnessOf(market, rule, rules.view(id));
  if (near.value === undefined) return ['Still warming up: it starts as soon as there are enough bars.'];
  const last = market.price(rule.instrument);
  const spans: TextSpan[] = [`Now ${formatSeriesValue(context, rule, near.value, chat.locale)}`];
  const isTrue = rules.view(id)?.truth === true;
  if (near.price !== undefined && last !== undefined && !isTrue) {
    const shown = formatPrice(near.price, market.symbols.get(rule.instrument)?.tick, chat.locale);
    spans.push('; fires near ', { bold: shown }, ` (${formatPercent(near.price / last.price - 1, chat.locale)})`);
  }
  return [...spans, '.'];
}

/** Changes a mode of an alert by its button. */
async function remake(
  context: CommandContext,
  [id]: readonly string[],
  mode: 'once' | 'onClose',
): Promise<PressOutcome> {
  const stored = await context.rules.get(id);
  const rule = context.rules.running(id);
  if (stored === undefined || rule === undefined || stored.chatKey !== context.chatKey)
    return { toast: 'This alert is gone.' };
  if (!context.mayActFor(stored.ownerId)) return { toast: 'Only its owner or an admin may change this alert.' };
  const modes =
    mode === 'once'
      ? { ...rule.modes, once: true, every: undefined }
      : { ...rule.modes, onClose: true, every: undefined };
  const changed = { ...rule, modes };
  const replaced = await context.rules.replace(id, printRule(changed), changed);
  if (replaced === undefined) return { toast: 'This alert is gone.' };
  return { edit: await savedMessage(context, replaced, changed) };
}
