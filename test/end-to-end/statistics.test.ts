import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { readConfig } from '../../config.ts';
import { shiftedClock } from '../doubles/shifted-clock.ts';
import { pageConsole } from './page-console.ts';
import { temporaryFolder } from './program.ts';

const HOUR = 3_600_000;
/** In the middle of an hour: no bar closes while it runs. */
const NOW = Date.parse('2026-03-02T12:30:00Z');

interface OhlcBar {
  readonly start: number;
  readonly high: number;
  readonly low: number;
  readonly open: number;
  readonly close: number;
}

describe('statistics of the running program', { timeout: 60_000 }, () => {
  let app: App;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const shift = NOW - Date.now();
  const clock = shiftedClock(() => shift);

  beforeAll(async () => {
    folder = await temporaryFolder();
    const env = { DATABASE_URL: `file:${folder.path}/test.db`, FEEDS: 'sim', HTTP_PORT: '0' };
    app = await startApp({ config: readConfig(env), clock, log: createLogger('silent') });
  }, 60_000);

  afterAll(async () => {
    await app?.stop();
    await folder?.drop();
  }, 60_000);

  const { get, ask, numbers } = pageConsole(() => app.port);

  async function closed(symbol: string, count: number): Promise<readonly OhlcBar[]> {
    const { bars } = await get<{ bars: OhlcBar[] }>(`api/ohlc/${symbol}/1h?limit=${count + 1}`);
    return bars.filter(({ start }) => start + HOUR <= clock.now()).slice(-count);
  }

  const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const covariance = (a: readonly number[], b: readonly number[]): number =>
    mean(a.map((x, i) => (x - mean(a)) * (b[i] - mean(b))));
  const returns = (xs: readonly number[]): number[] => xs.slice(1).map((x, i) => Math.log(x / xs[i]));

  it('are those of the bars that it tells, one symbol', async () => {
    const bars = await closed('btcusdt', 200);
    const closes = bars.map(({ close }) => close);
    const stats = await get<Record<string, number>>('api/stats/btcusdt?interval=1h&bars=200');
    expect(stats).toMatchObject({
      ...{ instrument: 'sim:btcusdt', interval: '1h', bars: 200, from: bars[0].start, to: bars[199].start + HOUR },
      ...{ high: Math.max(...bars.map(({ high }) => high)), low: Math.min(...bars.map(({ low }) => low)) },
    });
    expect(stats.mean).toBeCloseTo(mean(closes), 6);
    expect(stats.change).toBeCloseTo(closes[199] / bars[0].open - 1, 10);
    expect(stats.z).toBeCloseTo((closes[199] - mean(closes)) / Math.sqrt(covariance(closes, closes)), 8);
    const moves = returns(closes);
    const deviation = Math.sqrt((covariance(moves, moves) * moves.length) / (moves.length - 1));
    // 8,760 hours in a year.
    expect(stats.volatility).toBeCloseTo(deviation * Math.sqrt(8_760), 8);
  });

  it('are those of the bars that two have in common', async () => {
    const [eth, btc] = await Promise.all(['ethusdt', 'btcusdt'].map((symbol) => closed(symbol, 300)));
    const [y, x] = [eth, btc].map((bars) => bars.map(({ close }) => close));
    const pair = await get<Record<string, number>>('api/pair?a=ethusdt&b=btcusdt&interval=1h&bars=300');
    const slope = covariance(y, x) / covariance(x, x);
    const intercept = mean(y) - slope * mean(x);
    const residuals = y.map((value, i) => value - intercept - slope * x[i]);
    expect(pair.bars).toBe(300);
    expect(pair.hedgeRatio).toBeCloseTo(slope, 10);
    expect(pair.intercept / intercept).toBeCloseTo(1, 8);
    expect(pair.r2).toBeCloseTo(1 - covariance(residuals, residuals) / covariance(y, y), 8);
    expect(pair.spread / residuals[299]).toBeCloseTo(1, 5);
    expect(pair.z).toBeCloseTo(residuals[299] / Math.sqrt(covariance(residuals, residuals)), 6);
    const [u, v] = [returns(y), returns(x)];
    expect(pair.correlation).toBeCloseTo(covariance(u, v) / Math.sqrt(covariance(u, u) * covariance(v, v)), 10);
    const { matrix, symbols } = await get<{ matrix: number[][]; symbols: string[] }>(
      'api/correlations?symbols=ethusdt,btcusdt&interval=1h&bars=299',
    );
    expect(symbols).toEqual(['ethusdt', 'btcusdt']);
    expect(matrix[0][1]).toBeCloseTo(pair.correlation, 10);
    expect(matrix[1][0]).toBe(matrix[0][1]);
    expect(matrix[0][0]).toBe(1);
  });

  it('say what is missing', async () => {
    const twelve = await fetch(`http://127.0.0.1:${app.port}/api/stats/btcusdt?interval=1h&bars=20`);
    expect(twelve.status).toBe(400);
    expect(await twelve.json()).toMatchObject({
      error: { message: 'A statistic of a price needs at least 32 values, there are 20.' },
    });
    expect(await get('api/pair?a=ethusdt&b=ethusdt')).toMatchObject({ error: { code: 'same-series' } });
    expect(await get('api/correlations?symbols=ethusdt')).toMatchObject({ error: { code: 'too-few-symbols' } });
    expect(await get('api/pair?a=ethusdt&b=nothing')).toMatchObject({ error: { code: 'unknown-symbol' } });
  });

  it('are, as a file, those of the API to the last digit', async () => {
    const stats = await get<Record<string, unknown>>('api/stats/btcusdt?interval=1h&bars=200');
    const told = await numbers<Record<string, unknown>>('stats btc 1h 200');
    const { instrument, from, to, ...figures } = stats;
    expect(told).toMatchObject({ ...figures, symbols: [instrument] });
    expect([told.from, told.to]).toEqual([from, to].map((ts) => new Date(ts as number).toISOString()));

    const pair = await get<Record<string, unknown>>('api/pair?a=ethusdt&b=btcusdt&interval=1h&bars=300');
    const { a, b, ...others } = pair;
    expect(await numbers('pair eth btc 1h 300')).toMatchObject({ ...others, y: a, x: b });

    const { matrix } = await get<{ matrix: number[][] }>(
      'api/correlations?symbols=btcusdt,ethusdt,solusdt&interval=1h&bars=100',
    );
    const table = await numbers<{ matrix: Record<string, Record<string, number>> }>('corr btc eth sol 1h 100');
    expect(Object.values(table.matrix).map((row) => Object.values(row))).toEqual(matrix);
  });

  it('answer with a picture in the chat', async () => {
    const told = JSON.stringify(await ask('/pair eth btc 1h 300'));
    expect(told).toContain('ethusdt ~ btcusdt');
    expect(told).toContain('300 bars');
    expect(told).toMatch(/picture|image/);
  });
});
