import { splitInstrument } from '../engine/market/instrument.ts';
import type { Command, CommandContext } from './command.ts';
import { formatLength } from './format.ts';
import type { TextSpan } from './message.ts';
import { lastOutage } from './outage-words.ts';
import type { FeedReport, PartStatus, StoredRule } from './ports.ts';
import { statesOf, stateWords } from './rule-states.ts';

export const status: Command = {
  name: 'status',
  summary: 'How feeds and alerts are doing',
  usage: '/status',
  permission: 'members',
  examples: ['/status'],
  args: [],
  slow: false,
  private: false,
  async run(context) {
    const spans: TextSpan[] = [{ bold: 'Status' }];
    const list = await context.rules.list(context.chatKey);
    for (const feed of context.market.feeds())
      spans.push('\n', ...part(feed, 'prices'), ...feedRest(feed, alertsHere(feed.name, list)));
    for (const platform of context.platforms()) spans.push('\n', ...part(platform, 'chat'));
    const fault = context.storage?.();
    if (fault !== undefined)
      spans.push(`\n🔴 Nothing can be stored (${fault.reason}): ${fault.waiting} alerts wait to be sent until it can.`);
    spans.push(`\n${alertsLine(context, list)}`);
    const outbox = await context.outbox();
    spans.push(
      `\nmessages: ${outbox.sent ?? 0} sent in 24 h, ${(outbox.pending ?? 0) + (outbox.claimed ?? 0)} waiting, ${outbox.failed ?? 0} failed, ${outbox.expired ?? 0} expired`,
    );
    spans.push(budgetLine(context));
    const outage = await lastOutage(context);
    if (outage !== undefined) spans.push(`\n${outage}`);
    return { text: spans };
  },
};

/** Streams that are named of each feed. */
const SHOWN_STREAMS = 3;
/** A coloured mark for the state of a feed or platform. */
export const markOfState = (state: string): string => MARKS[state] ?? '⚪';

const MARKS: Readonly<Record<string, string>> = {
  live: '🟢',
  connecting: '🟡',
  resyncing: '🟡',
  stale: '🟠',
  down: '🔴',
  off: '⚪',
};

function part({ name, state, ageMs, detail }: PartStatus, kind: string): readonly TextSpan[] {
  const age = ageMs === undefined ? '' : `, heard ${formatLength(ageMs)} ago`;
  return [
    `${markOfState(state)} `,
    { bold: name },
    ` ${kind}: ${state}${age}${detail === undefined ? '' : ` (${detail})`}`,
  ];
}

/** How much of a feed is watched, and which of its streams are not well. */
function feedRest({ watched, streams }: FeedReport, here: string): readonly TextSpan[] {
  const spans: TextSpan[] = [`, ${watched} ${watched === 1 ? 'symbol' : 'symbols'}${here}`];
  if (streams === undefined || streams.worst.length === 0) return spans;
  const bad = streams.connecting + streams.stale + streams.resyncing + streams.down;
  const worst = streams.worst.slice(0, SHOWN_STREAMS).map(({ name, state, ageMs }) => {
    return `${name} ${state}${ageMs === undefined ? '' : ` for ${formatLength(ageMs)}`}`;
  });
  const more = bad > worst.length ? `, ${bad - worst.length} more` : '';
  return [...spans, `\n   ${bad} of ${bad + streams.live} streams: ${worst.join(', ')}${more}`];
}

function alertsLine(context: CommandContext, list: readonly StoredRule[]): string {
  return `alerts of this chat: ${list.length === 0 ? 'none' : stateWords(statesOf(context, list))}`;
}

/** How many of the chat's alerts look at what a venue brings. */
function alertsHere(name: string, list: readonly StoredRule[]): string {
  const count = list.filter(({ instrument }) => splitInstrument(instrument)[0] === name).length;
  return count === 0 ? '' : `, ${count} ${count === 1 ? 'alert' : 'alerts'} here`;
}

function budgetLine({ budget, chatKey }: CommandContext): string {
  const known = budget?.(chatKey);
  if (known === undefined) return '';
  return `\nbudget of this chat: ${known.left} of ${known.of} messages left in ${formatLength(known.ms)}`;
}
