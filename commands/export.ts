import { UserError } from '../engine/errors.ts';
import { nearest } from '../engine/language/nearest.ts';
import type { Bar, Trade } from '../engine/market/events.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { csvLines } from './csv.ts';
import { DESK_COMMANDS } from './desk-commands.ts';
import { exportDesk, exportedCommand, exportPermission } from './export-desk.ts';
import { type ExportRequest, readRange } from './export-range.ts';
import { formatMinute } from './format.ts';
import type { Message } from './message.ts';
import { requireInstrument, splitWords } from './symbol-argument.ts';

/** Below what every platform takes; Discord's 10 MB are the least. */
const MOST_BYTES = 8_000_000;
const TRADE_COLUMNS = ['ts', 'price', 'size', 'side', 'id'] as const;
/** What can be exported. */
const KINDS: readonly string[] = ['trades', 'bars', ...DESK_COMMANDS.map(({ name }) => name)];
const BAR_COLUMNS = ['start', 'open', 'high', 'low', 'close', 'volume', 'trades'] as const;

export const exportData: Command = {
  name: 'export',
  summary: 'Trades, bars, or any statistics as a file',
  usage: '/export trades|bars SYMBOL [FROM] [TO] [csv|json] [INTERVAL] or /export COMMAND … [csv|json]',
  permission: (text) => exportPermission(text, 'members'),
  examples: [
    '/export trades btcusdt 1h',
    '/export bars ethusdt 7d 1h',
    '/export bars btc 2026-01-01 2026-01-08 json 4h',
    '/export stats btc 5m 200 json',
    '/export corr btc eth sol 1h',
  ],
  details: `What /${DESK_COMMANDS.map(({ name }) => name).join(' /')} answer can be had as data: with all digits, times in UTC. What stands behind the command is what it takes itself.`,
  args: [
    { name: 'what', kind: 'choice', description: 'Trades, bars or a command', required: true, choices: KINDS },
    { name: 'symbol', kind: 'symbol', description: 'Of what', required: false },
    {
      name: 'from',
      kind: 'text',
      description: 'A date, or how long ago: 24h, 7d; of a command what else it takes: eth 200',
      required: false,
    },
    { name: 'to', kind: 'text', description: 'A date, or how long ago; now where it is left out', required: false },
    {
      name: 'format',
      kind: 'choice',
      description: 'csv where it is left out',
      required: false,
      choices: ['csv', 'json'],
    },
    { name: 'interval', kind: 'interval', description: 'Of bars; the chat’s where it is left out', required: false },
  ],
  slow: true,
  private: false,
  async run(context, text) {
    const [kind, symbol, ...words] = splitWords(text);
    const command = kind === undefined ? undefined : exportedCommand(kind);
    if (command !== undefined) return exportDesk(context, command, text);
    if (kind !== 'trades' && kind !== 'bars') throw unknownKind(kind, text);
    if (symbol === undefined) throw new UserError('export-symbol', 'Of which symbol?', { hint: exportData.usage });
    const info = requireInstrument(context, symbol, text);
    const range = readRange(kind, words, { now: context.clock.now(), zone: context.chat.timeZone, text });
    context.spend('exports');
    return kind === 'trades' ? trades(context, info.instrument, range) : bars(context, info.instrument, range);
  },
};

function unknownKind(kind: string | undefined, text: string): UserError {
  const usual = `Trades, bars or what a command such as /stats tells: for example ${exportData.examples[0]}`;
  if (kind === undefined) return new UserError('export-kind', 'Export what?', { hint: usual });
  const near = nearest(kind.toLowerCase().replace(/^\//, ''), KINDS);
  return new UserError('export-kind', `There is no ${quoted(kind)} to export.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : usual,
    span: [0, kind.length],
    suggestions: near.map((each) => each + text.slice(kind.length)),
  });
}

interface TradeRow {
  readonly ts: number;
  readonly price: number;
  readonly size: number;
  readonly side: string | null;
  readonly id: string;
}

function trades(context: CommandContext, instrument: string, range: ExportRequest): Promise<Message> {
  async function* rows(): AsyncGenerator<readonly TradeRow[]> {
    for await (const portion of context.archive.trades(instrument, range.from, range.to)) {
      yield portion.map(({ ts, price, size, side, id }: Trade) => ({ ts, price, size, side: side ?? null, id }));
    }
  }
  return answer(
    context,
    { instrument, what: 'trades', columns: TRADE_COLUMNS, rows: rows(), timeOf: (row) => row.ts },
    range,
  );
}

/** Bars that are asked for at once. */
const PAGE_BARS = 2_000;

type BarRow = Pick<Bar, (typeof BAR_COLUMNS)[number]>;

function bars(context: CommandContext, instrument: string, range: ExportRequest): Promise<Message> {
  const interval = range.interval ?? context.chat.interval;
  async function* rows(): AsyncGenerator<readonly BarRow[]> {
    const page = PAGE_BARS * interval;
    for (let from = range.from; from < range.to; from += page) {
      const found = await context.archive.bars(instrument, interval, from, Math.min(range.to, from + page));
      if (found.length > 0) yield found.map(barRow);
    }
  }
  const what = `bars-${formatInterval(interval)}`;
  return answer(context, { instrument, what, columns: BAR_COLUMNS, rows: rows(), timeOf: (row) => row.start }, range);
}

function barRow({ start, open, high, low, close, volume, trades }: Bar): BarRow {
  return { start, open, high, low, close, volume, trades };
}

interface Rows<Row extends object> {
  readonly instrument: string;
  readonly what: string;
  readonly columns: readonly (keyof Row & string)[];
  readonly rows: AsyncGenerator<readonly Row[]>;
  timeOf(row: Row): number;
}

/** Portion by portion into the file, until there are no more or it is full. */
async function answer<Row extends object>(
  context: CommandContext,
  source: Rows<Row>,
  range: ExportRequest,
): Promise<Message> {
  const { chat, clock } = context;
  let count = 0;
  let last: number | undefined;
  async function* counted(): AsyncGenerator<readonly Row[]> {
    for await (const portion of source.rows) {
      yield portion;
      // Asked for the next one: this one is in the file.
      count += portion.length;
      last = source.timeOf(portion[portion.length - 1]);
    }
  }
  const { instrument, what } = source;
  const texts = range.format === 'csv' ? csvLines(source.columns, counted()) : jsonTexts(instrument, what, counted());
  const { bytes, isCut } = await collect(texts, range.format === 'csv' ? '' : ']}');
  const [venue, symbol] = splitInstrument(instrument);
  if (count === 0) return { text: [{ bold: symbol }, ` has no stored ${what.replace('-', ' of ')} of that time.`] };
  const name = `${venue}-${symbol}-${what}.${range.format}`.replace(/[^\w.-]/g, '-');
  const type = range.format === 'csv' ? 'text/csv' : 'application/json';
  const until = isCut ? `, cut at 8 MB: it ends at ${formatMinute(last ?? range.to, chat.timeZone, clock.now())}` : '';
  const total = count.toLocaleString(chat.locale);
  return {
    text: [{ bold: symbol }, ` ${what.replace('-', ' of ')} · ${venue} · ${total} rows${until}`],
    file: { name, bytes, type },
  };
}

async function* jsonTexts(
  instrument: string,
  what: string,
  portions: AsyncIterable<readonly object[]>,
): AsyncGenerator<string> {
  yield `{"instrument":${JSON.stringify(instrument)},${JSON.stringify(what.split('-')[0])}:[`;
  let lead = '';
  for await (const portion of portions) {
    yield lead + portion.map((row) => JSON.stringify(row)).join(',');
    lead = ',';
  }
}

/** @param tail what the file ends with, also where it was cut */
async function collect(texts: AsyncGenerator<string>, tail: string): Promise<{ bytes: Uint8Array; isCut: boolean }> {
  const parts: Buffer[] = [];
  let size = 0;
  let isCut = false;
  for await (const text of texts) {
    const part = Buffer.from(text);
    isCut = size + part.length > MOST_BYTES;
    if (isCut) break;
    parts.push(part);
    size += part.length;
  }
  return { bytes: Buffer.concat([...parts, Buffer.from(tail)]), isCut };
}
