import { UserError } from '../engine/errors.ts';
import { USUAL_COSTS } from '../engine/ledger/costs.ts';
import type { RecordRow } from '../engine/ledger/outcomes.ts';
import type { SignalRecord } from '../engine/ledger/rows.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { formatFixed, formatMinute, formatPercent } from './format.ts';
import { exportLedger } from './ledger-export.ts';
import { readHead, reportWords } from './ledger-words.ts';
import type { Message, TextSpan } from './message.ts';
import { FEW, judgedRow, LONGEST, MOST_SIGNALS, type Prices, pricesFor, recordOf } from './signal-record.ts';

export const ledger: Command = {
  name: 'ledger',
  summary: 'What came of every signal',
  usage: '/ledger [STRATEGY | verify [HASH] | export]',
  permission: 'members',
  examples: ['/ledger', '/ledger verify', '/ledger export'],
  details:
    'Results after fees and slippage at fixed times and at the exit, beside random entries with the same sides and holding times. No row can be ' +
    'changed unseen: verify computes all hashes anew, and finds a hash that you have kept.',
  args: [
    {
      name: 'what',
      kind: 'text',
      description: 'A strategy, verify or export; all strategies where it is left out',
      required: false,
    },
  ],
  slow: true,
  private: false,
  async run(context, text) {
    const [what = '', ...rest] = text.trim().split(/\s+/);
    if (what === 'verify') return verify(context, rest.join(' '));
    if (what === 'export' && rest.length === 0) return exportLedger(context);
    return results(context, text.trim().toLowerCase());
  },
  async complete(context, _argument, typed) {
    const records = await context.ledger.signals({ chatKey: context.chatKey }, MOST_SIGNALS);
    const names = ['verify', 'export', ...new Set(records.map(({ signal }) => signal.strategy))];
    return names.filter((name) => name.startsWith(typed.toLowerCase())).map((name) => ({ label: name, value: name }));
  },
};

async function verify(context: CommandContext, typed: string): Promise<Message> {
  const head = typed === '' ? undefined : readHead(typed);
  if (typed !== '' && head === undefined) {
    throw new UserError('ledger-hash', `${quoted(typed)} is no hash of a row.`, {
      hint: 'Write what was posted, or its first 8 characters at least: /ledger verify 1234:ab12cd34',
    });
  }
  context.spend('exports');
  const report = await context.ledger.verify(head === undefined ? [] : [head]);
  const [first, ...more] = reportWords(report);
  return { text: [report.count > 0 ? '⚠️ ' : '✅ ', { bold: first }, ...more.map((line) => `\n${line}`)] };
}

async function results(context: CommandContext, strategy: string): Promise<Message> {
  const { chatKey, clock } = context;
  const query = { chatKey, ...(strategy === '' ? {} : { strategy }), since: clock.now() - LONGEST };
  const records = await context.ledger.signals(query, MOST_SIGNALS);
  if (records.length === 0) return nothing(context, strategy);
  context.spend('charts');
  context.desk.warm();
  const prices = await pricesFor(context, records);
  const rows = await recordOf(context, records, prices);
  return {
    text: [
      ...headWords(context, records),
      ...rows.flatMap((row) => rowWords(context, row)),
      ...footWords(context, rows, prices),
    ],
  };
}

async function nothing({ chatKey, ledger: store }: CommandContext, strategy: string): Promise<Message> {
  const others = await store.signals({ chatKey }, MOST_SIGNALS);
  const names = [...new Set(others.map(({ signal }) => signal.strategy))];
  if (strategy === '' && names.length === 0) return { text: ['The ledger holds no signal of this chat yet.'] };
  if (strategy === '' || names.includes(strategy)) return { text: ['No signal was raised in the last 60 days.'] };
  throw new UserError('ledger-strategy', `The ledger holds no signal of ${quoted(strategy)} in this chat.`, {
    hint:
      names.length === 0
        ? 'There is none of any strategy yet.'
        : `There are signals of ${names.slice(0, 5).join(', ')}.`,
  });
}

function headWords({ chat, clock }: CommandContext, records: readonly SignalRecord[]): readonly TextSpan[] {
  const names = [...new Set(records.map(({ signal }) => signal.strategy))];
  const running = records.filter(({ end }) => end === undefined).length;
  const since = formatMinute(records[records.length - 1].signal.ts, chat.timeZone, clock.now());
  const count = records.length === 1 ? '1 signal' : `${records.length.toLocaleString(chat.locale)} signals`;
  const open = running === 0 ? '' : `, ${running} of them open`;
  return [{ bold: names.length === 1 ? names[0] : `${names.length} strategies` }, ` ${count} since ${since}${open}`];
}

/** `15m +0.12 % (−0.10 to +0.34) · random −0.05 % · won 22 of 42 (37 to 67 %)`. */
function rowWords({ chat: { locale } }: CommandContext, row: RecordRow): readonly TextSpan[] {
  const percent = (value: number) => formatPercent(value, locale, 2);
  const range = ([low, high]: readonly [number, number]) =>
    Number.isFinite(low) ? ` (${percent(low)} to ${percent(high)})` : '';
  const share = (value: number) => formatFixed(value * 100, 0, locale);
  const won = `won ${row.hits} of ${row.count} (${share(row.hitInterval[0])} to ${share(row.hitInterval[1])} %)`;
  return [
    '\n',
    { code: row.horizon === undefined ? 'exit' : formatInterval(row.horizon) },
    ' ',
    { bold: percent(row.mean) },
    `${range(row.meanInterval)} · random ${percent(row.base)} · ${won}`,
  ];
}

function footWords(
  context: CommandContext,
  rows: readonly RecordRow[],
  { missing, interval }: Prices,
): readonly TextSpan[] {
  const { locale } = context.chat;
  const bps = (value: number) => formatPercent(value / 10_000, locale, 2).replace('+', '');
  const unpriced = missing.length === 0 ? '' : ` No prices of ${missing.slice(0, 3).join(', ')}.`;
  const broken = context.ledger.fault() === undefined ? '' : '\n⚠️ The chain is broken: /ledger verify tells where.';
  return [
    `\n${verdict(judgedRow(rows), locale)}`,
    `\nA signal on average, after a fee of ${bps(USUAL_COSTS.feeBps)} and ${bps(USUAL_COSTS.slippageBps)} slippage a side, by closes of ` +
      `${formatInterval(interval)}; the true value lies in the range in 95 of 100 cases. ` +
      `Random entries have the same sides and holding times.${unpriced}${broken}`,
  ];
}

/** What one can learn from it, honestly. */
function verdict(row: RecordRow | undefined, locale: string): string {
  if (row === undefined) return 'No signal is old enough to have a result.';
  if (row.count < FEW) return `That is too little to tell skill from luck: it takes ${FEW} results at least.`;
  const when = row.horizon === undefined ? 'at their exit' : `after ${formatInterval(row.horizon)}`;
  const inHundred = Math.max(1, Math.round(row.pValue * 100));
  const chance = `chance alone does as well in ${inHundred} of 100 cases`;
  if (row.mean <= row.base) return `No better than random entries ${when}.`;
  if (row.pValue > 0.05) return `Not told apart from random entries ${when}: ${chance}.`;
  const gain = formatPercent(row.mean - row.base, locale, 2).replace('+', '');
  const loss = row.mean <= 0 ? ', and still no gain' : '';
  return `Better than random entries ${when} by ${gain} a signal${loss}: ${chance}.`;
}
