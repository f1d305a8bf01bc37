import { UserError } from '../engine/errors.ts';
import type { Expr, RuleText } from '../engine/language/ast.ts';
import { type MessagePart, parseMessage } from '../engine/language/message.ts';
import { describeExpr } from '../engine/language/print.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { firstExpr } from './comparisons.ts';
import { dayBefore } from './day.ts';
import { formatPercent, formatPrice, formatTime } from './format.ts';
import type { Chat, CommandPorts, Firing } from './ports.ts';
import { describeCondition, formatSeriesValue } from './rule-words.ts';
import { storedScope } from './scope.ts';
import { valueThen } from './value-then.ts';

interface TemplateFacts {
  readonly market: CommandPorts['market'];
  readonly chat: Chat;
  readonly clock: CommandPorts['clock'];
  readonly log: CommandPorts['log'];
  readonly rule: RuleText;
  readonly firing: Firing;
}

type Placeholder = Extract<MessagePart, { kind: 'placeholder' }>['name'];

/** A rule's own message with its `{placeholders}` filled in: a series shows its value at the firing, `n/a` where there is none. */
export async function fillTemplate(template: string, facts: TemplateFacts): Promise<string> {
  const texts = partsOf(template, facts.rule).map((part) => {
    if (part.kind === 'text') return part.text;
    return part.kind === 'placeholder' ? placeholder(part.name, facts) : seriesValue(part.expr, facts);
  });
  return (await Promise.all(texts)).join('');
}

/** A message that an older version took is shown as it was written. */
function partsOf(template: string, rule: RuleText): readonly MessagePart[] {
  try {
    return parseMessage(template, storedScope(rule));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ kind: 'text', text: template }];
  }
}

function placeholder(name: Placeholder, facts: TemplateFacts): string | Promise<string> {
  const { market, chat, clock, rule, firing } = facts;
  const [venue, symbol] = splitInstrument(rule.instrument);
  const [first] = firing.values;
  const inItsUnit = (value: number | undefined): string =>
    formatSeriesValue(market, firstExpr(rule), value ?? Number.NaN, chat.locale);
  switch (name) {
    case 'symbol':
      return symbol;
    case 'venue':
      return venue;
    case 'interval':
      return formatInterval(rule.interval);
    case 'price':
      return formatPrice(firing.price, market.symbols.get(rule.instrument)?.tick, chat.locale);
    case 'value':
      return inItsUnit(first?.value);
    case 'threshold':
      return inItsUnit(first?.threshold);
    case 'time':
      return formatTime(firing.ts, chat.timeZone, clock.now());
    case 'rule':
      return describeCondition(rule);
    case 'change_24h':
      return orNothing(facts, name, async () => dayChange(facts));
  }
}

async function seriesValue(expr: Expr, facts: TemplateFacts): Promise<string> {
  const { market, chat, clock, rule, firing } = facts;
  const label = describeExpr(expr, rule);
  const known = firing.values.find((value) => value.series === label);
  if (known !== undefined) return formatSeriesValue(market, expr, known.value, chat.locale);
  return orNothing(facts, label, async () =>
    formatSeriesValue(
      market,
      expr,
      await valueThen(market, expr, firing, clock.now(), rule.modes.onClose),
      chat.locale,
    ),
  );
}

async function dayChange({ market, chat, clock, firing }: TemplateFacts): Promise<string> {
  const day = await dayBefore(market, firing.instrument, firing, clock.now());
  return formatPercent(day?.change ?? Number.NaN, chat.locale);
}

/** An alert goes out also where one of its numbers cannot be had. */
async function orNothing({ log }: TemplateFacts, name: string, fill: () => Promise<string>): Promise<string> {
  try {
    return await fill();
  } catch (error) {
    log.warn({ err: error, placeholder: name }, 'a placeholder could not be filled');
    return 'n/a';
  }
}
