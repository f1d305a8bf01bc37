import type { Command, CommandContext } from './command.ts';
import { formatLength } from './format.ts';
import type { TextSpan } from './message.ts';
import type { FeedReport, PartStatus } from './ports.ts';

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
    for (const feed of context.market.feeds()) spans.push('\n', ...part(feed, 'prices'), ...feedRest(feed));
    for (const platform of context.platforms()) spans.push('\n', ...part(platform, 'chat'));
    const fault = context.storage?.();
    if (fault !== undefined)
      spans.push(`\n🔴 Nothing can be stored (${fault.reason}): ${fault.waiting} alerts wait to be sent until it can.`);
    spans.push(`\n${await alertsLine(context)}`);
    const outbox = await context.outbox();
    spans.push(
      `\nmessages: ${outbox.sent ?? 0} sent in 24 h, ${(outbox.pending ?? 0) + (outbox.claimed ?? 0)} waiting, ${outbox.failed ?? 0} failed`,
    );
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
function feedRest({ watched, streams }: FeedReport): readonly TextSpan[] {
  const spans: TextSpan[] = [`, ${watched} ${watched === 1 ? 'symbol' : 'symbols'}`];
  if (streams === undefined || streams.worst.length === 0) return spans;
  const bad = streams.connecting + streams.stale + streams.resyncing + streams.down;
  const worst = streams.worst.slice(0, SHOWN_STREAMS).map(({ name, state, ageMs }) => {
    return `${name} ${state}${ageMs === undefined ? '' : ` for ${formatLength(ageMs)}`}`;
  });
  const more = bad > worst.length ? `, ${bad - worst.length} more` : '';
  return [...spans, `\n   ${bad} of ${bad + streams.live} streams: ${worst.join(', ')}${more}`];
}

async function alertsLine({ rules, chatKey }: CommandContext): Promise<string> {
  const states = new Map<string, number>();
  for (const rule of await rules.list(chatKey)) {
    const view = rules.view(rule.id);
    const isOld = view?.state === 'fired' && view.saved.lastFiredAt === undefined;
    const state = isOld ? 'already true' : (view?.state ?? 'not running');
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  if (states.size === 0) return 'alerts of this chat: none';
  return `alerts of this chat: ${[...states].map(([state, count]) => `${count} ${state}`).join(', ')}`;
}
