import type { RecordRow } from '../engine/ledger/outcomes.ts';
import type { SignalRecord } from '../engine/ledger/rows.ts';
import { adjustForMany } from '../engine/quant/multiple-tests.ts';
import type { Command, CommandContext } from './command.ts';
import { formatPercent } from './format.ts';
import type { Message, TextSpan } from './message.ts';
import { requireNothing } from './no-arguments.ts';
import { FEW, judgedRow, LONGEST, MOST_SIGNALS, pricesFor, recordOf } from './signal-record.ts';

const MOST_STRATEGIES = 20;

export const leaderboard: Command = {
  name: 'leaderboard',
  summary: 'Which strategies do better than chance',
  usage: '/leaderboard',
  permission: 'members',
  examples: ['/leaderboard'],
  details:
    'The strategies of this chat by how much a signal brought beyond random entries with the same sides and holding times, in the last 60 days. With many ' +
    'strategies one is lucky: what is called better has been made harder by as much.',
  args: [],
  slow: true,
  private: false,
  async run(context, text) {
    requireNothing(text, 'leaderboard');
    const query = { chatKey: context.chatKey, since: context.clock.now() - LONGEST };
    const records = await context.ledger.signals(query, MOST_SIGNALS);
    if (records.length === 0) return { text: ['No signal was raised in this chat in the last 60 days.'] };
    context.spend('charts');
    context.desk.warm();
    return ranking(context, await standingsOf(context, records));
  },
};

interface Standing {
  readonly name: string;
  readonly signals: number;
  readonly row: RecordRow | undefined;
}
type Judged = Standing & { readonly row: RecordRow };

async function standingsOf(context: CommandContext, records: readonly SignalRecord[]): Promise<readonly Standing[]> {
  const prices = await pricesFor(context, records);
  const names = [...new Set(records.map(({ signal }) => signal.strategy))].slice(0, MOST_STRATEGIES);
  const standings: Standing[] = [];
  for (const name of names) {
    const own = records.filter(({ signal }) => signal.strategy === name);
    standings.push({ name, signals: own.length, row: judgedRow(await recordOf(context, own, prices)) });
  }
  return standings;
}

const excess = ({ row }: Judged): number => row.mean - row.base;
const isJudged = (standing: Standing): standing is Judged => standing.row !== undefined && standing.row.count >= FEW;

function ranking({ chat: { locale } }: CommandContext, standings: readonly Standing[]): Message {
  const judged = standings.filter(isJudged).sort((a, b) => excess(b) - excess(a));
  const pValues = adjustForMany(judged.map(({ row }) => row.pValue));
  const better = judged.filter((_, i) => pValues[i] <= 0.05);
  const few = standings.filter((each) => !isJudged(each));
  const lines = judged.flatMap((standing, i): readonly TextSpan[] => {
    const { name, row } = standing;
    const [low, high] = row.meanInterval.map((end) => formatPercent(end - row.base, locale, 2));
    const mark = better.includes(standing) ? ' · better than chance' : '';
    const beyond = formatPercent(excess(standing), locale, 2);
    return [
      `\n${i + 1} `,
      { bold: name },
      ` ${beyond} (${low} to ${high}) beyond random · ${row.count} results${mark}`,
    ];
  });
  const rest =
    few.length === 0
      ? []
      : [`\nToo few results yet: ${few.map(({ name, signals }) => `${name} (${signals})`).join(', ')}`];
  return {
    text: [
      { bold: 'Leaderboard' },
      ' of the last 60 days, a signal on average',
      ...lines,
      ...rest,
      `\n${verdict(judged, better)}`,
    ],
  };
}

/** Whether the order means anything. */
function verdict(judged: readonly Judged[], better: readonly Judged[]): string {
  if (judged.length === 0) return `Nothing can be ranked before a strategy has ${FEW} results.`;
  if (better.length === 0) return 'None is told apart from random entries: the differences are chance.';
  const names = better.map(({ name }) => name).join(', ');
  if (better.length === judged.length)
    return `More than chance: ${names}. Ranges that overlap tell no order among them.`;
  return `More than chance: ${names}. The differences among the others are chance.`;
}
