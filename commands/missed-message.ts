import type { RuleText } from '../engine/language/ast.ts';
import type { CommandContext } from './command.ts';
import { formatPrice, formatTime } from './format.ts';
import { type LateCause, lateCauseWords } from './late-cause.ts';
import type { Message, TextSpan } from './message.ts';
import type { Firing, StoredRule } from './ports.ts';
import { describeCondition } from './rule-words.ts';

/** What fired too long ago to be told by itself. */
export interface MissedFiring {
  readonly rule: StoredRule;
  readonly text: RuleText;
  readonly firing: Firing;
}

export type MissedContext = Pick<CommandContext, 'market' | 'chat' | 'clock'>;

/** Rules that get a line, and firings that are named in it. */
const MOST_RULES = 15;
const MOST_TIMES = 3;

const count = (items: number): string => `${items} ${items === 1 ? 'alert' : 'alerts'}`;

/**
 * One message for all of it: a line a rule, with its number, and the price and time of each firing.
 * @param all how many there are, those that are not handed in counted
 */
export function missedMessage(
  context: MissedContext,
  missed: readonly MissedFiring[],
  all: number,
  cause: LateCause | undefined,
): Message {
  const { chat, clock } = context;
  const why = cause === undefined ? '' : ` while ${lateCauseWords(cause, chat, clock.now())}`;
  const ago = all === 1 ? 'too long ago to be told as news.' : 'too long ago to be told one by one.';
  const spans: TextSpan[] = ['🔔 ', { bold: `Missed${why}` }, `: ${count(all)} fired, ${ago}`];
  const byRule = new Map<string, MissedFiring[]>();
  for (const each of [...missed].sort((a, b) => a.firing.ts - b.firing.ts || a.rule.number - b.rule.number)) {
    const known = byRule.get(each.rule.id);
    if (known === undefined) byRule.set(each.rule.id, [each]);
    else known.push(each);
  }
  const shown = [...byRule.values()].slice(0, MOST_RULES);
  for (const firings of shown) spans.push('\n', ...ruleLine(context, firings));
  const rest = all - shown.reduce((sum, firings) => sum + firings.length, 0);
  if (rest > 0) spans.push(`\nand ${rest} more.`);
  spans.push('\nFor older news one by one: ', { code: 'late within 12h' }, ' in the alert.');
  return { text: spans };
}

/** `1 btcusdt price > 61,000 → 61,200.00 at 05:14:40 CET, 61,310.00 at 05:40:10 CET`. */
function ruleLine(context: MissedContext, firings: readonly MissedFiring[]): readonly TextSpan[] {
  const [{ rule, text }] = firings;
  const named = firings.slice(0, MOST_TIMES).map(({ firing }) => firingWords(context, firing));
  const more = firings.length - named.length;
  const rest = more > 0 ? `, ${more} more times` : '';
  return [{ code: String(rule.number) }, ' ', { bold: describeCondition(text) }, ` → ${named.join(', ')}${rest}`];
}

function firingWords({ market, chat, clock }: MissedContext, { instrument, price, ts }: Firing): string {
  const at = formatTime(ts, chat.timeZone, clock.now());
  if (Number.isNaN(price)) return `at ${at}`;
  return `${formatPrice(price, market.symbols.get(instrument)?.tick, chat.locale)} at ${at}`;
}
