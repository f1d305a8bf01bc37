import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BookEvent } from '../engine/market/events.ts';
import { HOUR } from '../engine/market/interval.ts';
import { normals } from '../engine/quant/reference-inputs.ts';
import { type CommandHarness, createCommandHarness, HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { marketOf } from '../test/doubles/given-closes.ts';
import type { CommandContext } from './command.ts';
import { DESK_COMMANDS } from './desk-commands.ts';
import { exportData } from './export.ts';
import { exportPermission } from './export-desk.ts';
import { stricter } from './permission.ts';

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness();
  harness.market.symbols.add([
    {
      ...{ instrument: 'okx:btcusdt.p', venue: 'okx', symbol: 'btcusdt.p', base: 'btc', quote: 'usdt' },
      ...({ kind: 'perpetual', tick: 0.1, lot: 0.001, active: true } as const),
    },
  ]);
});
afterEach(() => harness.drop());

/** Prices whose log returns are noise, a part of it that of all. */
function path(seed: number, count = 1_200): Float64Array {
  const shared = normals(99, count);
  let at = 4;
  return normals(seed, count).map((z, i) => {
    at += 0.004 * z + 0.004 * shared[i];
    return Math.exp(at);
  });
}

const side = (prices: readonly number[]) => ({
  prices: Float64Array.from(prices),
  sizes: Float64Array.from(prices, (_price, i) => 1 + i / 7),
});

async function contextOf(): Promise<CommandContext> {
  const closes = { btcusdt: path(1), ethusdt: path(2), solusdt: path(3), aapl: path(4) };
  const market: CommandContext['market'] = {
    ...marketOf(harness.market, closes),
    book: async (instrument): Promise<BookEvent> => ({
      ...{ type: 'book', instrument, ts: HARNESS_NOW - 250 },
      ...{ bids: side([99.9, 99.8, 99.5]), asks: side([100.1, 100.25, 100.7]) },
    }),
    watch: () => undefined,
    facts: async () => (key) =>
      key.endsWith(' funding')
        ? { times: [HARNESS_NOW - 9 * HOUR, HARNESS_NOW - HOUR], values: [0.0001, 0.00025] }
        : undefined,
  };
  return { ...(await harness.context()), market };
}

/** What is typed behind each command. */
const LINES: Readonly<Record<string, string>> = {
  ...{ summary: 'btc eth', stats: 'btc 1h 200', vol: 'btc 1h 300', season: 'btc 1h 1100', pair: 'eth btc 1h 300' },
  ...{ pairs: 'btc eth sol 1h', corr: 'btc eth sol 1h 100', compare: 'btc eth 1d 60', movers: '1h', flow: 'btc 5m' },
  ...{ anomaly: 'btc 5m 200', depth: 'btc 2', spread: 'btc', funding: 'btc', cluster: 'btc eth sol 1h' },
};

/** One number, text or time by its whole path: `adf.pValue`, `matrix.sim:btcusdt.sim:ethusdt`. */
type Leaves = Map<string, unknown>;

function leavesOf(value: unknown, at = '', into: Leaves = new Map()): Leaves {
  const named = (key: string | number) => (at === '' ? String(key) : `${at}.${key}`);
  if (value instanceof Date) into.set(at, value.toISOString());
  else if (value instanceof Map) for (const [key, part] of value) leavesOf(part, named(key), into);
  else if (ArrayBuffer.isView(value)) leavesOf(Array.from(value as Float64Array), at, into);
  else if (typeof value === 'object' && value !== null)
    for (const [key, part] of Object.entries(value)) leavesOf(part, named(key), into);
  else into.set(at, value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? null : value);
  return into;
}

/** CSV with quotes, as RFC 4180 has it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows[rows.length - 1].push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((row) => row.length > 1);
}

async function exported(context: CommandContext, line: string) {
  const message = await exportData.run(context, line);
  return { message, content: Buffer.from(message.file!.bytes).toString() };
}

describe('/export of a command of the desk', () => {
  it.each(DESK_COMMANDS.map((command) => [command.name, command] as const))(
    'gives every number that /%s is made of, as CSV and as JSON',
    async (name, command) => {
      const context = await contextOf();
      const { report } = await command.run(context, LINES[name]);
      const wanted = leavesOf(report.values);
      expect([...wanted.values()].filter((value) => typeof value === 'number').length).toBeGreaterThan(2);
      const pictures = harness.figures.length + harness.drawn.length;

      const json = await exported(context, `${name} ${LINES[name]} json`);
      const parsed = JSON.parse(json.content) as Record<string, unknown>;
      expect(parsed).toMatchObject({ command: name, symbols: report.symbols, made: '2026-01-15T12:00:00.000Z' });
      const found = leavesOf(parsed);
      for (const [place, value] of wanted) expect([place, found.get(place)]).toEqual([place, value]);

      const { content, message } = await exported(context, `${name} ${LINES[name]}`);
      const [header, ...rows] = parseCsv(content);
      expect(header).toEqual(['field', 'row', 'column', 'value']);
      const cells = new Map(rows.map(([field, row, column, value]) => [joined(field, row, column), value]));
      expect(cells.size).toBe(rows.length);
      for (const [place, value] of wanted) {
        const text = cells.get(place);
        if (typeof value === 'number') expect([place, Number(text || 'none')]).toEqual([place, value]);
        else expect([place, text]).toEqual([place, value === null ? '' : String(value)]);
      }
      expect(content).not.toMatch(/NaN|Infinity|undefined|\[object/);

      expect(message.file!.name).toMatch(new RegExp(`^${name}-[\\w.-]+-2026-01-15\\.csv$`));
      expect(message.picture).toBeUndefined();
      expect(harness.figures.length + harness.drawn.length).toBe(pictures);
    },
  );

  it('names its file by the command, the symbols, the interval and the day', async () => {
    const context = await contextOf();
    const nameOf = async (line: string) => (await exported(context, line)).message.file!.name;
    expect(await nameOf('stats btc 5m 200')).toBe('stats-btcusdt-5m-2026-01-15.csv');
    expect(await nameOf('/PAIR eth json btc 1h')).toBe('pair-ethusdt-btcusdt-1h-2026-01-15.json');
    expect(await nameOf('corr 1h')).toBe('corr-btcusdt-ethusdt-solusdt-and-1-1h-2026-01-15.csv');
    expect(await nameOf('depth btc')).toBe('depth-btcusdt-2026-01-15.csv');
  });

  it('stores no buttons, and counts as an export', async () => {
    const context = await contextOf();
    const stored: unknown[] = [];
    const spent: string[] = [];
    const views = { ...context.views, insert: async (view: unknown) => String(stored.push(view)) };
    const spend = (kind: string) => void spent.push(kind);
    const { message } = await exported({ ...context, views, spend }, 'pair eth btc 1h 300');
    expect(textOf(message)).toBe('/pair eth btc 1h 300 as a file: CSV');
    expect([stored, spent]).toEqual([[], ['exports', 'charts']]);
  });

  it('refuses as the command does, with the place in what was typed and corrections that export', async () => {
    const answer = await harness.say('/export stats btcusdd 1h json');
    expect(textOf(answer)).toMatch(/\nstats btcusdd 1h json\n.{6}\^{7}\n/);
    expect(answer.file).toBeUndefined();
    expect(answer.buttons!.flat().map(({ label }) => label)).toContain('stats btcusdt 1h json');
    expect(textOf(await harness.say('/export pair btc'))).toContain('A pair is two symbols, this is 1.');
    const xml = textOf(await harness.say('/export corr btc eth xml'));
    expect(xml).toMatch(/\ncorr btc eth xml\n.{13}\^{3}\n/);
    expect(xml).toContain('I write no “xml” files. A file is csv or json.');
    expect(textOf(await harness.say('/export stats btc 5m 200 json csv'))).toContain('One file has one format.');
  });

  it('names the nearest of what there is', async () => {
    const answer = await harness.say('/export stast btc 5m');
    expect(textOf(answer)).toContain('There is no “stast” to export.');
    expect(textOf(answer)).toContain('Did you mean stats?');
    expect(answer.buttons!.flat().map(({ label }) => label)).toEqual(['stats btc 5m']);
    expect(textOf(await harness.say('/export'))).toContain('Export what?');
    expect(textOf(await harness.say('/export alerts'))).toContain(
      'Trades, bars or what a command such as /stats tells',
    );
  });

  it('is for whoever may do both', () => {
    expect(stricter('members', 'admins')).toBe('admins');
    expect(stricter('owner', 'own')).toBe('owner');
    expect(exportPermission('stats btc', 'members')).toBe('members');
    expect(exportPermission('stats btc', 'admins')).toBe('admins');
    expect(exportPermission('bars btc', 'members')).toBe('members');
  });
});

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('.');
