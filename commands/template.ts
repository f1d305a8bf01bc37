import type { RuleText } from '../engine/language/ast.ts';
import { describeRule } from '../engine/language/print.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval, MINUTE } from '../engine/market/interval.ts';
import { formatPercent, formatPrice, formatTime, formatValue } from './format.ts';
import type { Chat, CommandPorts, Firing } from './ports.ts';

interface TemplateFacts {
  readonly market: CommandPorts['market'];
  readonly chat: Chat;
  readonly clock: CommandPorts['clock'];
  readonly rule: RuleText;
  readonly firing: Firing;
}

/** A rule's own message with its `{placeholders}` filled in. A placeholder that names a series shows its value at the firing. */
export function fillTemplate(template: string, facts: TemplateFacts): string {
  return template.replace(
    /\{([^{}]+)\}/g,
    (whole, name: string) => placeholder(name.trim().toLowerCase(), facts) ?? whole,
  );
}

function placeholder(name: string, { market, chat, clock, rule, firing }: TemplateFacts): string | undefined {
  const [venue, symbol] = splitInstrument(rule.instrument);
  const [first] = firing.values;
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
      return first === undefined ? 'n/a' : formatValue(first.value, chat.locale);
    case 'threshold':
      return first?.threshold === undefined ? 'n/a' : formatValue(first.threshold, chat.locale);
    case 'time':
      return formatTime(firing.ts, chat.timeZone, clock.now());
    case 'rule':
      return describeRule(rule);
    case 'change_24h':
      return dayChangeOf(market, rule, firing, chat.locale);
    default: {
      const found = firing.values.find((value) => value.series === name);
      return found === undefined ? undefined : formatValue(found.value, chat.locale);
    }
  }
}

function dayChangeOf(market: CommandPorts['market'], rule: RuleText, firing: Firing, locale: string): string {
  const { closed } = market.held(rule.instrument, 15 * MINUTE, 97);
  const before = closed[closed.length - 96];
  return before === undefined ? 'n/a' : formatPercent(firing.price / before.close - 1, locale);
}
