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

  const { get, ask, say, numbers } = pageConsole(() => app.port);

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

  it('of every other command that is made of bars are those of plain loops over them', async () => {
    const [btc, eth] = await Promise.all(['btcusdt', 'ethusdt'].map((symbol) => closed(symbol, 481)));
    const [b, e] = [btc, eth].map((bars) => bars.map(({ close }) => close));
    const last = (xs: readonly number[], count: number) => xs.slice(-count);

    const { realised } = await numbers<{ realised: Record<string, number> }>('vol btc 1h 200');
    const moves = returns(last(b, 200));
    expect(realised.closeToClose).toBeCloseTo(Math.sqrt((covariance(moves, moves) * 199) / 198), 10);
    const ranges = btc.slice(-200).map(({ high, low }) => Math.log(high / low) ** 2);
    expect(realised.parkinson).toBeCloseTo(Math.sqrt(mean(ranges) / (4 * Math.LN2)), 10);

    const { seasons, days } = await numbers<{ seasons: { slot: number; move: { mean: number } }[]; days: number }>(
      'season btc 1h 480',
    );
    const whole = btc.slice(-480).map((bar, i) => ({ ...bar, move: Math.log(bar.close / b[i]) }));
    const dayOf = ({ start }: OhlcBar) => Math.floor(start / (24 * HOUR));
    const full = whole.filter((bar) => whole.filter((other) => dayOf(other) === dayOf(bar)).length >= 20);
    expect(days).toBe(new Set(full.map(dayOf)).size);
    for (const { slot, move } of seasons) {
      const own = full.filter(({ start }) => (start / HOUR) % 24 === slot);
      expect(move.mean).toBeCloseTo(mean(own.map((bar) => bar.move)), 10);
    }

    const { performances } = await numbers<{ performances: Record<string, Record<string, number>> }>(
      'compare btc eth 1h 200',
    );
    for (const [name, closes] of [
      ['sim:btcusdt', last(b, 200)],
      ['sim:ethusdt', last(e, 200)],
    ] as const) {
      expect(performances[name].change).toBeCloseTo(closes[199] / closes[0] - 1, 10);
      const falls = closes.map((close, i) => close / Math.max(...closes.slice(0, i + 1)) - 1);
      expect(performances[name].maxDrawdown).toBeCloseTo(Math.min(...falls), 10);
    }

    type Pair = { y: string; hedgeRatio: number; z: number; pValue: number; qValue: number };
    const [pair] = (await numbers<{ pairs: Pair[] }>('pairs btc eth 1h 300')).pairs;
    const [y, x] = (pair.y === 'sim:btcusdt' ? [b, e] : [e, b]).map((closes) => last(closes, 300));
    const slope = covariance(y, x) / covariance(x, x);
    expect(pair.hedgeRatio / slope).toBeCloseTo(1, 8);
    const rests = y.map((value, i) => value - mean(y) - slope * (x[i] - mean(x)));
    expect(pair.z).toBeCloseTo(rests[299] / Math.sqrt(covariance(rests, rests)), 6);
    expect(pair.qValue).toBe(pair.pValue);

    const { joins } = await numbers<{ joins: { height: number }[] }>('cluster btc eth sol 1h 200');
    const { matrix } = await get<{ matrix: number[][] }>(
      'api/correlations?symbols=btcusdt,ethusdt,solusdt&interval=1h&bars=200',
    );
    const nearest = Math.max(matrix[0][1], matrix[0][2], matrix[1][2]);
    expect(joins[0].height).toBeCloseTo(Math.sqrt((1 - nearest) / 2), 8);

    const { summaries } = await numbers<{ summaries: Record<string, { trends: { change: number }[] }> }>('summary btc');
    expect(summaries['sim:btcusdt'].trends[1].change).toBeCloseTo(b[480] / b[480 - 7 * 24] - 1, 10);
  });

  it('of what is unusual, of takers and of movers are those of plain loops, too', async () => {
    const ends = NOW - (NOW % (5 * 60_000));
    const { bars } = await get<{ bars: (OhlcBar & { volume: number })[] }>('api/ohlc/btcusdt/5m?limit=400');
    const fives = bars.filter(({ start }) => start < ends);

    const { movers } = await numbers<{ movers: Record<string, { change: number }> }>('movers 1h');
    const [before, after] = [fives[fives.length - 13], fives[fives.length - 1]];
    expect(movers['sim:btcusdt'].change).toBeCloseTo(after.close / before.close - 1, 10);

    const { newest } = await numbers<{ newest: { at: string; z: Record<string, number> } }>('anomaly btc 5m 50');
    expect(newest.at).toBe(new Date(after.start).toISOString());
    const middle = (xs: readonly number[]) => {
      const sorted = [...xs].sort((a, b) => a - b);
      return (sorted[(xs.length - 1) >> 1] + sorted[xs.length >> 1]) / 2;
    };
    const window = fives.slice(-151);
    const volumes = window.map(({ volume }) => Math.log(volume));
    const usual = volumes.slice(0, -1);
    const far = middle(usual.map((value) => Math.abs(value - middle(usual))));
    // The median distance of a normal distribution is 0.6745 deviations.
    expect(newest.z.volume).toBeCloseTo((0.674489750196082 * (volumes[150] - middle(usual))) / far, 8);

    const flow = await numbers<{ change: number; delta: { bought: number; sold: number } | null }>('flow btc 5m 100');
    const taken = fives.slice(-100);
    expect(flow.change).toBeCloseTo(after.close / taken[0].open - 1, 10);
    const traded = taken.reduce((sum, { volume }) => sum + volume, 0);
    expect((flow.delta!.bought + flow.delta!.sold) / traded).toBeCloseTo(1, 8);

    interface Order {
      readonly side: string;
      readonly average: number;
    }
    interface Curve {
      readonly prices: number[];
      readonly sizes: number[];
    }
    const depth = await numbers<{ middle: number; spread: number; asks: Curve; bids: Curve; orders: Order[] }>(
      'depth btc 0.001',
    );
    const [ask, bid] = [depth.asks.prices[0], depth.bids.prices[0]];
    expect(depth.spread).toBeCloseTo(((ask - bid) / ((ask + bid) / 2)) * 10_000, 8);
    expect(depth.asks.sizes[0]).toBeGreaterThan(0.001);
    expect(depth.orders.map(({ average }) => average)).toEqual([ask, bid].map((price) => expect.closeTo(price, 6)));
    const { venues } = await numbers<{ venues: { sim: { bid: number; ask: number; off: number } } }>('spread btc');
    expect(venues.sim.ask).toBeGreaterThan(venues.sim.bid);
    expect(venues.sim.off).toBe(0);
    // It is asked for with the first question.
    await expect.poll(() => say('/funding btc'), { timeout: 20_000 }).toContain('rate a payment and a year');
    const { markets } = await numbers<{ markets: Record<string, Record<string, number>> }>('funding btc');
    for (const { rate, every, perYear } of Object.values(markets))
      expect(perYear).toBeCloseTo((rate * 365 * 24 * HOUR) / every, 10);
  });

  it('answer with a picture in the chat', async () => {
    const told = JSON.stringify(await ask('/pair eth btc 1h 300'));
    expect(told).toContain('ethusdt ~ btcusdt');
    expect(told).toContain('300 bars');
    expect(told).toMatch(/picture|image/);
  });
});
