import { UserError } from '../engine/errors.ts';
import { nearest } from '../engine/language/nearest.ts';
import { CATALOG, lookup, PATTERNS } from '../engine/series/catalog.ts';
import type { CatalogEntry } from '../engine/series/catalog-entry.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { DESK_COMMANDS } from './desk-commands.ts';
import type { Message, TextSpan } from './message.ts';
import { allows, type Permission } from './permission.ts';

export const help: Command = {
  name: 'help',
  summary: 'How I, a command or an indicator works',
  usage: '/help [COMMAND or INDICATOR]',
  permission: 'members',
  examples: ['/help', '/help alert', '/help rsi'],
  args: [{ name: 'topic', kind: 'text', description: 'A command or an indicator, e.g. alert or rsi', required: false }],
  slow: false,
  private: true,
  async run(context, text) {
    const topic = text.trim().toLowerCase().replace(/^\//, '');
    if (topic === '') return overview(context);
    if (/^(all )?(series|indicators?)$/.test(topic)) return allSeries();
    if (/^(candle(stick)? )?patterns?$/.test(topic)) return allPatterns();
    const command = context.commands.find((item) => item.name === (OF_ALERTS.has(topic) ? 'alert' : topic));
    // `bollinger bands` is known by its first word.
    const entry = lookup(topic) ?? (command === undefined ? lookup(topic.split(/[\s(]/)[0]) : undefined);
    const parts = [...(command ? [aboutCommand(command)] : []), ...(entry ? [aboutEntry(entry)] : [])];
    // Some names are both: /price, and the price in an alert.
    if (parts.length > 0)
      return { text: parts.flatMap((part, i) => (i === 0 ? part : ['\n\n', ...part])), private: true };
    const names = [...context.commands.map((item) => item.name), ...CATALOG.map((item) => item.name)];
    const near = nearest(topic, names);
    throw new UserError('help-unknown', `I know no command and no indicator ${quoted(topic)}.`, {
      hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '/help lists commands, /help series indicators.',
      span: [0, text.length],
      suggestions: near,
    });
  },
  async complete(context, _argument, typed) {
    const names = [...context.commands.map((item) => item.name), ...CATALOG.map((entry) => entry.name)];
    return names.filter((name) => name.startsWith(typed.toLowerCase())).map((name) => ({ label: name, value: name }));
  },
};

/** What a rule can say is told with `/alert`. */
const OF_ALERTS: ReadonlySet<string> = new Set([
  ...'rule rules language condition conditions interval intervals mode modes'.split(' '),
  ...'once every for rearm gate until late silent message'.split(' '),
  ...['on close', 'for the next', 'late within'],
]);

/** Short enough for a phone: what each command is for, and where there is more. */
function overview({ commands, role }: CommandContext): Message {
  const spans: TextSpan[] = [{ bold: 'What I can do' }];
  const mine = commands.filter((command) => !UNSAID.has(command.name) && allows(role, permissionOf(command)));
  for (const { name, summary } of mine.filter(({ name }) => !BRIEF.has(name) && !DESK.has(name)))
    spans.push('\n', { code: `/${name}` }, ` ${summary}`);
  for (const [title, named] of [
    ['Numbers and pictures', DESK],
    ['Also', BRIEF],
  ] as const) {
    spans.push(`\n${title}`);
    for (const { name } of mine.filter(({ name }) => named.has(name))) spans.push(' ', { code: `/${name}` });
  }
  const known = CATALOG.filter((entry) => WELL_KNOWN.has(entry.name)).map((entry) => entry.name);
  spans.push(`\n\nAlerts and charts know ${CATALOG.length} series: ${known.join(' ')} … `, { code: '/help series' });
  spans.push('\nMore with ', { code: '/help alert' }, ' or ', { code: '/help rsi' });
  return { text: spans, private: true };
}

const WELL_KNOWN: ReadonlySet<string> = new Set('price volume ema rsi macd bb z'.split(' '));

/** What the list of all series is parted into: each stands in the first part that it fits. */
const PARTS: readonly (readonly [title: string, fits: (entry: CatalogEntry) => boolean])[] = [
  ['Of the trades', (entry) => entry.input === 'column'],
  ['Told by venues and feeds', (entry) => entry.input === 'fact'],
  ['Candlestick patterns', (entry) => PATTERNS.some(({ name }) => name === entry.name)],
  ['Of two series', (entry) => entry.input === 'pair'],
  ['In prices', (entry) => entry.scale === 'price'],
  ['From 0 to 100', (entry) => entry.scale === 'percent'],
  ['Around zero', (entry) => entry.scale === 'centred'],
  ['Shares, as 5%', (entry) => entry.scale === 'fraction'],
  ['Others', () => true],
];

/** Everything that an alert can compare and a chart can draw. */
function allSeries(): Message {
  const parts = PARTS.map(([title]) => ({ title, names: [] as string[] }));
  for (const entry of CATALOG) parts[PARTS.findIndex(([, fits]) => fits(entry))].names.push(entry.name);
  const spans: TextSpan[] = ['What alerts and charts know'];
  for (const { title, names } of parts) spans.push('\n', { bold: title }, `: ${names.join(' ')}`);
  spans.push('\nMore with ', { code: '/help rsi' }, ', and so for each.');
  return { text: spans, private: true };
}

function allPatterns(): Message {
  const text = ['Candlestick patterns: ', PATTERNS.map((entry) => entry.name).join(' ')];
  const what =
    '\nEach is 100 or -100 where it ends in this bar, else 0; engulfing and harami are 80 or -80 where one end is equal. ';
  const how = [what, 'In an alert: '];
  const example = { code: '/alert btcusdt pattern(engulfing) > 0 on close' };
  return {
    text: [...text, ...how, example, '\nMore with ', { code: '/help engulfing' }, ', and so for each.'],
    private: true,
  };
}

/** Whoever reads this has found the first two; the others undo what another does, which says so. */
const UNSAID: ReadonlySet<string> = new Set(['start', 'help', 'unmute', 'unblock']);

/** So many answer with statistics that they are named alone. */
const DESK: ReadonlySet<string> = new Set([...DESK_COMMANDS.map(({ name }) => name), 'backtest', 'optimize']);

/** What is needed seldom is named, no more. */
const BRIEF: ReadonlySet<string> = new Set(
  'strategy feed ledger leaderboard disclaimer define defines webhook export venues block audit sim reload'.split(' '),
);

/** Who may run a command with nothing behind it. */
const permissionOf = ({ permission }: Command): Permission =>
  typeof permission === 'function' ? permission('') : permission;

function aboutCommand(command: Command): readonly TextSpan[] {
  const spans: TextSpan[] = [{ bold: command.usage }, `\n${command.summary}.`];
  if (command.details !== undefined) spans.push(`\n${command.details}`);
  for (const example of command.examples) spans.push('\n', { code: example });
  return spans;
}

function aboutEntry(entry: CatalogEntry): readonly TextSpan[] {
  const inputs = entry.input === 'pair' ? ['y', 'x'] : [];
  const params = [...inputs, ...entry.params.map((param) => `${param.name}=${param.default}`)].join(', ');
  const spans: TextSpan[] = [{ bold: params === '' ? entry.name : `${entry.name}(${params})` }, `\n${entry.summary}.`];
  if (entry.fields.length > 0)
    spans.push(`\nFields: ${entry.fields.map((field) => `${entry.name}.${field}`).join(', ')}`);
  if (entry.aliases.length > 0) spans.push(`\nAlso: ${entry.aliases.join(', ')}`);
  const symbol = entry.input === 'fact' && entry.ofPerpetual ? 'btcusdt.p' : 'btcusdt';
  spans.push('\n', { code: `/alert ${symbol} ${entry.example}` }, `\nSource: ${entry.source}.`);
  return spans;
}
