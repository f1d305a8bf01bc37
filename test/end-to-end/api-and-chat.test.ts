import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { readConfig } from '../../config.ts';
import type { Bar } from '../../engine/market/events.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { shiftedClock } from '../doubles/shifted-clock.ts';
import { temporaryFolder } from './program.ts';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
/** Seven minutes into a quarter of an hour: what is a day ago must not be taken for the quarter after it. */
const NOW = Date.parse('2026-03-02T12:07:00Z');
const MINUTES = 26 * 60;

/** Rises by 30 a minute: a quarter of an hour makes 450. */
const minuteBar = (index: number): Bar => {
  const open = 60_000 + index * 30;
  return {
    start: NOW - (MINUTES - index) * MINUTE,
    open,
    high: open + 30,
    low: open,
    close: open + 30,
    volume: 3,
    trades: 12,
  };
};

describe('the API and the chat', { timeout: 60_000 }, () => {
  let binance: BinanceDouble;
  let app: App;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const shift = NOW - Date.now();
  const clock = shiftedClock(() => shift);

  beforeAll(async () => {
    folder = await temporaryFolder();
    binance = await startBinanceDouble({ now: clock.now });
    binance.setHistory(
      'BTCUSDT',
      Array.from({ length: MINUTES }, (_, i) => minuteBar(i)),
    );
    app = await startApp({
      config: readConfig({
        DATABASE_URL: `file:${folder.path}/test.db`,
        FEEDS: 'binance',
        SYMBOLS: 'btcusdt',
        HTTP_PORT: '0',
        BINANCE_WS_URL: binance.wsUrl,
        BINANCE_REST_URL: binance.restUrl,
      }),
      clock,
      log: createLogger('silent'),
    });
  }, 60_000);

  afterAll(async () => {
    await app?.stop();
    await binance?.stop();
    await folder?.drop();
  }, 60_000);

  async function get<T>(path: string): Promise<T> {
    return (await (await fetch(`http://127.0.0.1:${app.port}${path}`)).json()) as T;
  }

  it('measure the day from the same price', async () => {
    const response = await fetch(`http://127.0.0.1:${app.port}/api/console`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: '/price btcusdt' }),
    });
    const told = JSON.stringify(await response.json());
    // The last five minutes that were over a day ago ended at 12:05, two minutes before.
    const base = minuteBar(MINUTES - 24 * 60 - 3).close;
    const price = minuteBar(MINUTES - 1).close;
    expect(told.replace(/\s/g, ' ')).toContain(`+${((price / base - 1) * 100).toFixed(1)} % (24 h)`);
    const { symbols } = await get<{ symbols: { price: number; day: { open: number; since: number } }[] }>(
      '/api/status',
    );
    expect(symbols[0]).toMatchObject({ price, day: { open: base, since: NOW - 2 * MINUTE - 24 * 60 * MINUTE } });
  });

  it('name a value by the start of the bar at whose close it is, as the bar itself', async () => {
    const from = NOW - 7 * MINUTE - 8 * QUARTER;
    const to = from + 3 * QUARTER;
    const range = `from=${from}&to=${to}`;
    const { bars } = await get<{ bars: Bar[] }>(`/api/ohlc/btcusdt/15m?${range}`);
    expect(bars.map(({ start }) => start)).toEqual([from, from + QUARTER, from + 2 * QUARTER]);
    const { points } = await get<{ points: [number, number][] }>(
      `/api/series?expr=close&symbol=btcusdt&interval=15m&${range}`,
    );
    expect(points).toEqual(bars.map(({ start, close }) => [start, close]));
    const inside = `from=${from + 1}&to=${to + 1}`;
    const shifted = await get<{ points: [number, number][] }>(
      `/api/series?expr=close&symbol=btcusdt&interval=15m&${inside}`,
    );
    expect(shifted.points.map(([start]) => start)).toEqual([from + QUARTER, from + 2 * QUARTER, to]);
  });

  it('give values of closed bars alone, up to the newest', async () => {
    const { points } = await get<{ points: [number, number][] }>(
      '/api/series?expr=sma(close,3)&symbol=btcusdt&interval=15m&limit=5',
    );
    const newest = NOW - 7 * MINUTE - QUARTER;
    expect(points.map(([start]) => start)).toEqual([4, 3, 2, 1, 0].map((back) => newest - back * QUARTER));
    // The close at 12:00, and those 450 and 900 before it.
    const last = minuteBar(MINUTES - 8).close;
    expect(points.at(-1)![1]).toBeCloseTo(last - 450, 6);
  });
});
