import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { readConfig } from '../../config.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Bar } from '../../engine/market/events.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { temporaryFolder } from './program.ts';

const HISTORY = new URL('../../../shared/history/', import.meta.url);
const SYMBOLS = ['ETHBTC', 'LTCBTC'] as const;
const fileOf = (symbol: string) => new URL(`binance.${symbol}.5m.csv.gz`, HISTORY);
const isThere = SYMBOLS.every((symbol) => existsSync(fileOf(symbol)));
const STEP = 300_000;

/** Printed by test/reference/recorded.py with numpy 1.24.2, scipy 1.10.1, statsmodels 0.13.5+dfsg. */
const STATS = {
  last: 0.10441057000000001,
  mean: 0.10456549892000001,
  high: 0.106,
  low: 0.10284206,
  change: 0.009002502923298517,
  deviation: 0.0024408999624916106,
  volatility: 0.791393824172794,
  skew: -0.47099363205338773,
  kurtosis: 1.7631581313707212,
  vwap: 0.10457908204693361,
  z: -0.25928502634671613,
  drawdown: -0.014991463180164755,
  maxDrawdown: -0.02811867509763699,
  autocorrelation: -0.22591612725028729,
  hurst: 0.3200594094220578,
};
const PAIR = {
  hedgeRatio: 1.17786536594547,
  hedgeError: 0.21741141477604803,
  intercept: 0.08550883478760893,
  r2: 0.055657877267155764,
  huberRatio: 1.1486774500229817,
  correlation: 0.06563060532820254,
  spread: -0.00011490112079853843,
  z: -0.1978811964815734,
  adfStatistic: -2.9153815378938277,
  adfPValue: 0.0435883490228299,
  adfLags: 12.0,
  grangerStatistic: -2.9202835008815717,
  grangerPValue: 0.1303905035119094,
  halfLife: 7.113253460435855,
};
const ROBUST = { return: 1.885554440681539, volume: -1.0349310315085598, range: 0.10386065254185535 };
const CORRELATION = [0.01205851913156723, 0.08536211104224277];

function recorded(symbol: string): readonly Bar[] {
  const [, ...lines] = gunzipSync(readFileSync(fileOf(symbol)))
    .toString()
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [start, open, high, low, close, volume] = line.split(',').map(Number);
    return { start, open, high, low, close, volume, trades: 1 };
  });
}

describe.skipIf(!isThere)('statistics of recorded prices, through the venue’s protocol', { timeout: 60_000 }, () => {
  let app: App;
  let binance: BinanceDouble;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    const bars = SYMBOLS.map(recorded);
    const end = bars[0][bars[0].length - 1].start + STEP;
    // Half a bar after the last one has closed.
    const shift = end + STEP / 2 - Date.now();
    const clock: Clock = {
      now: () => Date.now() + shift,
      after(ms, task) {
        const timer = setTimeout(task, ms);
        return () => clearTimeout(timer);
      },
    };
    folder = await temporaryFolder();
    binance = await startBinanceDouble({ now: clock.now, symbols: SYMBOLS });
    for (const [i, symbol] of SYMBOLS.entries()) binance.setHistory(symbol, bars[i], STEP);
    const env = {
      ...{ DATABASE_URL: `file:${folder.path}/test.db`, FEEDS: 'binance', SYMBOLS: 'ethbtc,ltcbtc', HTTP_PORT: '0' },
      ...{ BINANCE_WS_URL: binance.wsUrl, BINANCE_REST_URL: binance.restUrl },
    };
    app = await startApp({ config: readConfig(env), clock, log: createLogger('silent') });
  }, 60_000);

  afterAll(async () => {
    await app?.stop();
    await binance?.stop();
    await folder?.drop();
  }, 60_000);

  async function get<T = Record<string, number>>(path: string): Promise<T> {
    return (await (await fetch(`http://127.0.0.1:${app.port}/api/${path}`)).json()) as T;
  }

  /** What a command answers, as one reads it. */
  async function say(text: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${app.port}/api/console`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    });
    const { messages } = (await response.json()) as { messages: { text: (string | Record<string, string>)[] }[] };
    return messages[0].text.map((span) => (typeof span === 'string' ? span : Object.values(span)[0])).join('');
  }

  it('of one symbol are those of scipy and statsmodels, to ten digits', async () => {
    const stats = await get('stats/ethbtc?interval=5m&bars=500');
    expect(stats.bars).toBe(500);
    for (const [name, value] of Object.entries(STATS)) expect(stats[name] / value, name).toBeCloseTo(1, 10);
  });

  it('of one symbol are told as they are', async () => {
    const told = await say('/stats ethbtc 5m 500');
    expect(told).toMatch(/^ethbtc 5m · 500 bars · binance\n/);
    expectTold(told, /volatility ([\d.]+)/, 100 * STATS.volatility, 1);
    expectTold(told, /a year, ([\d.]+)/, 100 * STATS.deviation, 2);
    expectTold(told, /VWAP ([\d.]+)/, STATS.vwap, 2);
    expectTold(told, / z (\S+)/, STATS.z, 2);
    expectTold(told, /drawdown (\S+)\s%/, 100 * STATS.drawdown, 1);
    expectTold(told, /at worst (\S+)\s%/, 100 * STATS.maxDrawdown, 1);
    expectTold(told, /skew (\S+)/, STATS.skew, 2);
    expectTold(told, /tails (\S+)/, STATS.kurtosis, 2);
    expectTold(told, /autocorrelation (\S+)/, STATS.autocorrelation, 2);
    expectTold(told, /Hurst (\S+)/, STATS.hurst, 2);
    // Jarque and Bera: 500 / 6 (0.47^2 + 1.76^2 / 4); and 0.23 is five deviations of 1 / sqrt(500).
    expect(told).toContain('far moves are more frequent than in a normal distribution; moves tend to be taken back');
  });

  it('of two are those of statsmodels', async () => {
    const pair = await get<Record<string, number> & { adf: Record<string, number> }>(
      'pair?a=ethbtc&b=ltcbtc&interval=5m&bars=500',
    );
    expect(pair.bars).toBe(500);
    for (const name of ['hedgeRatio', 'intercept', 'r2', 'correlation', 'spread', 'z', 'halfLife'] as const)
      expect(pair[name] / PAIR[name], name).toBeCloseTo(1, 8);
    expect(pair.adf.statistic / PAIR.adfStatistic).toBeCloseTo(1, 8);
    expect(pair.adf.pValue / PAIR.adfPValue).toBeCloseTo(1, 8);
    expect(pair.adf.lags).toBe(PAIR.adfLags);
  });

  it('of two are told as they are: what the ADF test alone would take for one is none', async () => {
    const told = await say('/pair ethbtc ltcbtc 5m 500');
    expect(told).toContain('ethbtc ~ ltcbtc · 5m · 500 bars: not cointegrated');
    expectTold(told, /Engle-Granger ([^,]+),/, PAIR.grangerStatistic, 2);
    expectTold(told, /Engle-Granger [^,]+, p ([\d.]+)/, PAIR.grangerPValue, 2);
    expectTold(told, /hedge ratio (\S+)/, PAIR.hedgeRatio, 2);
    expectTold(told, /± (\S+)/, PAIR.hedgeError, 4);
    expectTold(told, /Huber (\S+)/, PAIR.huberRatio, 2);
    expectTold(told, /R² (\S+)/, PAIR.r2, 2);
    expectTold(told, /spread z (\S+)/, PAIR.z, 2);
    expectTold(told, /ADF ([^,]+),/, PAIR.adfStatistic, 2);
    expectTold(told, /ADF [^,]+, p ([\d.]+)/, PAIR.adfPValue, 3);
    expectTold(told, / correlation (\S+)/, PAIR.correlation, 2);
    // 7.113 bars of five minutes.
    expect(told).toContain('half-life 35m34s');
    expect(60 * 35 + 34).toBeCloseTo(PAIR.halfLife * 300, -1);
  });

  it('of their correlation are those of scipy, now and before', async () => {
    const { matrix, bars } = await get<{ matrix: number[][]; bars: number }>(
      'correlations?symbols=ethbtc,ltcbtc&interval=5m&bars=200',
    );
    expect(bars).toBe(200);
    expect(matrix[0][1] / CORRELATION[0]).toBeCloseTo(1, 9);
    const told = await say('/corr ethbtc ltcbtc 5m 200');
    expectTold(told, /2 symbols: (\S+)/, CORRELATION[0], 2);
    // From 0.085 to 0.012: Fisher’s z is 0.73, which is chance.
    expect(told).toContain('Nothing changed since the 200 bars before');
  });

  it('of the last bar among those before it are those of scipy, and the command has the score of the series', async () => {
    const points = async (field: string) =>
      (await get<{ points: [number, number][] }>(`series?expr=anomaly.${field}&symbol=ethbtc&interval=5m&limit=500`))
        .points;
    for (const [field, z] of Object.entries(ROBUST)) expect((await points(field)).at(-1)![1]).toBeCloseTo(z, 9);
    const scores = (await points('score')).map(([, score]) => score);
    const told = await say('/anomaly ethbtc 5m 500');
    expectTold(told, /now, (\S+) of 1/, scores.at(-1)!, 2);
    expectTold(told, /The last bar: return \+(\S+)/, ROBUST.return, 1);
    const above = scores.filter((score) => score > 0.9).length;
    expect(told).toContain(above === 0 ? 'None of 500 bars is above 0.9' : `${above} of 500 bars`);
  });
});

/** A number that is found in an answer is the one that is wanted, to the digits that are written. */
function expectTold(told: string, pattern: RegExp, wanted: number, digits: number): void {
  const [, text] = pattern.exec(told) ?? [];
  expect(Math.abs(Number(text.replace('−', '-')) - wanted), `${pattern} in ${told}`).toBeLessThanOrEqual(
    0.500001 * 10 ** -digits,
  );
}
