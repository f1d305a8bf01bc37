import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { readConfig } from '../../config.ts';
import type { Clock } from '../../engine/clock.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { temporaryFolder } from './program.ts';

const RECORDING = new URL('../../../shared/history/binance.BTCUSDT.trades.csv', import.meta.url);
const TOKEN = '1234567:AAE-test-token-of-the-double';
const SECOND = 1_000;

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

/** One-second bars of the rows, by a plain loop over seconds. */
function secondBars(rows: readonly Row[]): Record<string, number>[] {
  const bars: Record<string, number>[] = [];
  const first = Math.floor(rows[0].ts / SECOND);
  const last = Math.floor(rows[rows.length - 1].ts / SECOND);
  for (let second = first; second < last; second++) {
    const inside = rows.filter((row) => Math.floor(row.ts / SECOND) === second);
    const prices = inside.map((row) => Number(row.price));
    const before = bars[bars.length - 1]?.close;
    bars.push(
      inside.length === 0
        ? { start: second * SECOND, open: before, high: before, low: before, close: before, volume: 0, trades: 0 }
        : {
            start: second * SECOND,
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

/** How often the price passes `level` from below, by a plain loop. */
function crossings(rows: readonly Row[], level: number): number {
  return rows.filter((row, i) => i > 0 && Number(row.price) > level && Number(rows[i - 1].price) <= level).length;
}

describe.skipIf(!existsSync(RECORDING))('recorded trades through the venue’s protocol', { timeout: 60_000 }, () => {
  let rows: Row[];
  let binance: BinanceDouble;
  let telegram: TelegramDouble;
  let app: App;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    rows = readRows();
    // The machine's clock, set back to just before the recording begins.
    const shift = rows[0].ts - 500 - Date.now();
    const clock: Clock = {
      now: () => Date.now() + shift,
      after(ms, task) {
        const timer = setTimeout(task, ms);
        return () => clearTimeout(timer);
      },
    };
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

  it('gives the bars that a plain loop over the file gives, and an alert on a crossed level once', async () => {
    await binance.subscribed('btcusdt@trade');
    const prices = rows.map((row) => Number(row.price));
    const level = [...prices].sort((a, b) => a - b)[Math.floor(prices.length * 0.8)];
    expect(crossings(rows, level)).toBeGreaterThan(0);
    telegram.say(`/alert btcusdt crosses above ${level} once`);
    await telegram.waitFor((call) => call.text?.startsWith('✅') === true);
    telegram.say('/alert btcusdt 1s sma(3) > 1 on close');
    await telegram.waitFor((call) => call.text?.includes('sma(3)') === true);

    const bars: Record<string, number>[] = [];
    const wanted = secondBars(rows);
    const stream = new WebSocket(`ws://127.0.0.1:${app.port}/api/stream`);
    await new Promise((resolve) => stream.once('open', resolve));
    stream.send(JSON.stringify({ action: 'subscribe', symbols: ['btcusdt'] }));
    const all = new Promise<void>((resolve) => {
      stream.on('message', (data) => {
        const { type, interval, instrument: _, ...bar } = JSON.parse(String(data));
        if (type !== 'bar' || interval !== '1s') return;
        bars.push(bar);
        if (bar.start >= wanted[wanted.length - 1].start) resolve();
      });
    });
    for (const { id, ts, price, size, buyerMaker } of rows)
      binance.push(binance.frame('BTCUSDT', { id, ts, price, size, buyerMaker }));
    await all;
    stream.close();

    expect(bars.filter((bar) => bar.start >= wanted[0].start).map(rounded)).toEqual(wanted.map(rounded));
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
