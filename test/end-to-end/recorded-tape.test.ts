import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { readConfig } from '../../config.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { createRandom } from '../doubles/random.ts';
import { shiftedClock } from '../doubles/shifted-clock.ts';
import { startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { pageConsole } from './page-console.ts';
import { temporaryFolder } from './program.ts';

const RECORDING = new URL('../../../shared/history/binance.BTCUSDT.trades.csv', import.meta.url);
const TOKEN = '1234567:AAE-test-token-of-the-double';
const SECOND = 1_000;
const INTERVALS: (readonly [ms: number, name: string])[] = [
  [SECOND, '1s'],
  [60 * SECOND, '1m'],
  [300 * SECOND, '5m'],
];

interface Row {
  readonly ts: number;
  readonly id: number;
  readonly price: string;
  readonly size: string;
  readonly buyerMaker: boolean;
}

function readRows(): Row[] {
  const [, ...lines] = readFileSync(RECORDING, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [time, id, price, size, maker] = line.trim().split(',');
    return { ts: Date.parse(time.replace(' ', 'T')), id: Number(id), price, size, buyerMaker: maker === 'True' };
  });
}

/** Twelve minutes of made-up trades, with seconds, and once more than a minute, in which nothing happens. */
function madeUpRows(): Row[] {
  const random = createRandom(20_210_108);
  const rows: Row[] = [];
  let price = 39_432.48;
  let ts = Date.parse('2021-01-08T00:00:00Z') + 278;
  for (let id = 553_287_559; ts < Date.parse('2021-01-08T00:12:00Z'); id++) {
    price = Math.max(1, price + (random() - 0.497) * 8);
    const size = (0.0001 + random() * 0.2).toFixed(8);
    rows.push({ ts, id, price: price.toFixed(2), size, buyerMaker: random() < 0.5 });
    ts += id % 400 === 0 ? 75_000 : Math.floor(random() ** 4 * 4_000);
  }
  return rows;
}

/** Bars of the rows, without the last one, by a plain loop over time. */
function plainBars(rows: readonly Row[], interval: number): Record<string, number>[] {
  const bars: Record<string, number>[] = [];
  const byBar = new Map<number, Row[]>();
  for (const row of rows) {
    const bar = Math.floor(row.ts / interval);
    byBar.set(bar, [...(byBar.get(bar) ?? []), row]);
  }
  const last = Math.floor(rows[rows.length - 1].ts / interval);
  for (let bar = Math.floor(rows[0].ts / interval); bar < last; bar++) {
    const inside = byBar.get(bar) ?? [];
    const prices = inside.map((row) => Number(row.price));
    const before = bars[bars.length - 1]?.close;
    bars.push(
      inside.length === 0
        ? { start: bar * interval, open: before, high: before, low: before, close: before, volume: 0, trades: 0 }
        : {
            start: bar * interval,
            open: prices[0],
            high: Math.max(...prices),
            low: Math.min(...prices),
            close: prices[prices.length - 1],
            volume: inside.reduce((sum, row) => sum + Number(row.size), 0),
            trades: inside.length,
          },
    );
  }
  return bars;
}

/** What is exported of /flow. */
interface FlowNumbers {
  readonly from: string;
  readonly to: string;
  readonly delta: { readonly bought: number; readonly sold: number; readonly cumulative: Record<string, number> };
  readonly profileOf: 'trades' | 'bars';
  readonly profile: {
    readonly first: number;
    readonly step: number;
    readonly bought: number[];
    readonly sold: number[];
    readonly unknown: number[];
    readonly control: number;
  };
  readonly sizes: {
    readonly count: number;
    readonly mean: number;
    readonly median: number;
    readonly largest: { readonly size: number };
  } | null;
}

type Message = Record<string, number> & { type: string; interval?: string };

/** What the program's stream tells of btcusdt. */
async function listen(port: number) {
  const messages: Message[] = [];
  const stream = new WebSocket(`ws://127.0.0.1:${port}/api/stream`);
  const heard = (test: (message: Message) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (messages.some(test)) resolve();
        else stream.once('message', () => queueMicrotask(check));
      };
      check();
    });
  stream.on('message', (data) => messages.push(JSON.parse(String(data)) as Message));
  await new Promise((resolve) => stream.once('open', resolve));
  stream.send(JSON.stringify({ action: 'subscribe', symbols: ['btcusdt'] }));
  await heard((message) => message.type === 'subscribed');
  return {
    trade: (ts: number) => heard((message) => message.type === 'trade' && message.ts === ts),
    bar: (interval: string, start: number) =>
      heard((message) => message.interval === interval && message.start >= start),
    bars: (wanted: string) =>
      messages
        .filter(({ type, interval }) => type === 'bar' && interval === wanted)
        .map(({ type: _, interval: __, instrument: ___, ...bar }): Record<string, number> => bar),
    stop: () => stream.close(),
  };
}

/** How often the price passes `level` from below, by a plain loop. */
function crossings(rows: readonly Row[], level: number): number {
  return rows.filter((row, i) => i > 0 && Number(row.price) > level && Number(rows[i - 1].price) <= level).length;
}

const TAPES: (readonly [name: string, read: () => Row[]])[] = [
  ['made-up', madeUpRows],
  ...(existsSync(RECORDING) ? [['recorded', readRows] as const] : []),
];

describe.each(TAPES)('%s trades through the venue’s protocol', { timeout: 60_000 }, (_, read) => {
  let rows: Row[];
  let binance: BinanceDouble;
  let telegram: TelegramDouble;
  let app: App;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  /** From the machine's clock to the market's, in ms. */
  let shift: number;

  beforeAll(async () => {
    rows = read();
    // Just before the first trade.
    shift = rows[0].ts - 500 - Date.now();
    const clock = shiftedClock(() => shift);
    folder = await temporaryFolder();
    binance = await startBinanceDouble({ now: clock.now });
    telegram = await startTelegramDouble({ token: TOKEN });
    const config = readConfig({
      DATABASE_URL: `file:${folder.path}/test.db`,
      FEEDS: 'binance',
      SYMBOLS: 'btcusdt',
      HTTP_PORT: '0',
      BINANCE_WS_URL: binance.wsUrl,
      BINANCE_REST_URL: binance.restUrl,
      TELEGRAM_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: telegram.apiRoot,
      LOG_LEVEL: 'error',
    });
    app = await startApp({ config, clock, log: createLogger('silent') });
  }, 60_000);

  afterAll(async () => {
    await app?.stop();
    await Promise.all([binance?.stop(), telegram?.stop()]);
    await folder?.drop();
  }, 60_000);

  const page = pageConsole(() => app.port);

  /** What /flow tells of the seconds of the tape is what plain loops over its trades tell. */
  async function expectFlow(rows: readonly Row[]): Promise<void> {
    const flow = await page.numbers<FlowNumbers>('flow btcusdt 1s 600');
    const told = await page.say('/flow btcusdt 1s 600');
    const [from, to] = [flow.from, flow.to].map((time) => Date.parse(time));
    const within = rows.filter(({ ts }) => ts >= from && ts < to);
    const sum = (trades: readonly Row[]) => trades.reduce((total, { size }) => total + Number(size), 0);
    const [bought, sold] = [false, true].map((maker) => sum(within.filter(({ buyerMaker }) => buyerMaker === maker)));
    expect(flow.delta.bought).toBeCloseTo(bought, 6);
    expect(flow.delta.sold).toBeCloseTo(sold, 6);
    expect(Object.values(flow.delta.cumulative).at(-1)).toBeCloseTo(bought - sold, 6);
    expect(told).toMatch(/^btcusdt 1s · \d+ bars/);

    expect(flow.profileOf).toBe('trades');
    const { profile, sizes } = flow;
    const rowsOf = profile.bought.map((value, i) => value + profile.sold[i] + profile.unknown[i]);
    expect(rowsOf.reduce((total, value) => total + value, 0)).toBeCloseTo(bought + sold, 6);
    const rowAt = ({ price }: Row) => (Number(price) - profile.first) / profile.step;
    // What lies half way may count for either row.
    const halfway = sum(within.filter((row) => Math.abs((rowAt(row) % 1) - 0.5) < 1e-6));
    for (const [i, volume] of rowsOf.entries()) {
      const wanted = sum(within.filter((row) => Math.round(rowAt(row)) === i));
      expect(Math.abs(volume - wanted)).toBeLessThan(halfway + 1e-6);
    }
    expect(halfway).toBeLessThan(0.2 * (bought + sold));
    expect(profile.control).toBe(rowsOf.indexOf(Math.max(...rowsOf)));
    if (sizes === null) return;
    const sorted = within.map(({ size }) => Number(size)).sort((a, b) => a - b);
    expect(sizes.count).toBe(sorted.length);
    expect(sizes.mean).toBeCloseTo((bought + sold) / sorted.length, 8);
    expect(sizes.median).toBeCloseTo((sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2, 8);
    expect(sizes.largest.size).toBe(sorted.at(-1));
  }

  it('give the bars that a plain loop over them gives, and an alert on a crossed level once', async () => {
    await binance.subscribed('btcusdt@trade');
    const prices = rows.map((row) => Number(row.price));
    const level = [...prices].sort((a, b) => a - b)[Math.floor(prices.length * 0.8)];
    expect(crossings(rows, level)).toBeGreaterThan(0);
    telegram.say(`/alert btcusdt crosses above ${level} once`);
    await telegram.waitFor((call) => call.text?.startsWith('✅') === true);
    telegram.say('/alert btcusdt 1s sma(3) > 1 on close');
    await telegram.waitFor((call) => call.text?.includes('sma(3)') === true);
    telegram.say('/alert btcusdt 5m highest(2) > 1000000');
    await telegram.waitFor((call) => call.text?.includes('highest(2)') === true);
    const heard = await listen(app.port);
    // Half a minute at a time: the market's clock must not run ahead of what was received.
    for (let from = 0; from < rows.length; ) {
      shift = Math.max(shift, rows[from].ts - 500 - Date.now());
      const rest = rows.slice(from).findIndex((row) => row.ts >= rows[from].ts + 30_000);
      const to = rest < 0 ? rows.length : from + rest;
      for (const row of rows.slice(from, to)) binance.push(binance.frame('BTCUSDT', row));
      await heard.trade(rows[to - 1].ts);
      from = to;
    }
    await heard.bar('1s', Math.floor(rows[rows.length - 1].ts / SECOND) * SECOND - SECOND);

    for (const [interval, name] of INTERVALS) {
      const wanted = plainBars(rows, interval);
      const got = heard.bars(name).filter((bar) => bar.start >= wanted[0]?.start);
      expect(got.map(rounded), name).toEqual(wanted.map(rounded));
    }
    heard.stop();
    await expectFlow(rows);
    await telegram.waitFor((call) => call.text?.startsWith('🔔') === true);
    telegram.say('/alerts');
    await telegram.waitFor((call) => call.text?.includes('done') === true);
    expect(telegram.sent.filter((call) => call.text?.startsWith('🔔') === true)).toHaveLength(1);
  });
});

/** Sums may differ in the last bit by the order of their parts. */
function rounded(bar: Record<string, number>): Record<string, number> {
  return { ...bar, volume: Number(bar.volume.toFixed(9)) };
}
