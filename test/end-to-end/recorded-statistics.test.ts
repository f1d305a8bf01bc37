import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { readConfig } from '../../config.ts';
import type { Bar } from '../../engine/market/events.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { hasRecordings, RECORDED, RECORDED_STEP, recordedBars } from '../doubles/recorded-bars.ts';
import { shiftedClock } from '../doubles/shifted-clock.ts';
import { pageConsole } from './page-console.ts';
import { temporaryFolder } from './program.ts';
import {
  CLUSTER,
  COMPARE,
  CORRELATION,
  MOVERS,
  PAIR,
  PAIRS,
  ROBUST,
  SEASON,
  STATS,
  SUMMARY,
  VOLATILITY,
} from './recorded-values.ts';

/** What one costs in units of the other, where both are told in a third. */
function crossRate(above: readonly Bar[], below: readonly Bar[]): readonly Bar[] {
  return above.map(({ start, close }, i) => {
    const rate = Number((close / below[i].close).toFixed(8));
    return { start, open: rate, high: rate, low: rate, close: rate, volume: 1, trades: 1 };
  });
}

describe.skipIf(!hasRecordings)(
  'statistics of recorded prices, through the venue’s protocol',
  { timeout: 60_000 },
  () => {
    let app: App;
    let binance: BinanceDouble;
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;

    const { get, say, numbers } = pageConsole(() => app.port);

    beforeAll(async () => {
      const [eth, ltc] = RECORDED.map(recordedBars);
      const bars = { ETHBTC: eth, LTCBTC: ltc, LTCETH: crossRate(ltc, eth) };
      const end = eth[eth.length - 1].start + RECORDED_STEP;
      // Half a bar after the last one has closed.
      const shift = end + RECORDED_STEP / 2 - Date.now();
      const clock = shiftedClock(() => shift);
      folder = await temporaryFolder();
      binance = await startBinanceDouble({ now: clock.now, symbols: Object.keys(bars) });
      for (const [symbol, history] of Object.entries(bars)) binance.setHistory(symbol, history, RECORDED_STEP);
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

    it('of one symbol are those of scipy and statsmodels, to ten digits', async () => {
      const stats = await get('api/stats/ethbtc?interval=5m&bars=500');
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
        'api/pair?a=ethbtc&b=ltcbtc&interval=5m&bars=500',
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
        'api/correlations?symbols=ethbtc,ltcbtc&interval=5m&bars=200',
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
        (
          await get<{ points: [number, number][] }>(
            `api/series?expr=anomaly.${field}&symbol=ethbtc&interval=5m&limit=500`,
          )
        ).points;
      for (const [field, z] of Object.entries(ROBUST)) expect((await points(field)).at(-1)![1]).toBeCloseTo(z, 9);
      const scores = (await points('score')).map(([, score]) => score);
      const told = await say('/anomaly ethbtc 5m 500');
      expectTold(told, /now, (\S+) of 1/, scores.at(-1)!, 2);
      expectTold(told, /The last bar: return \+(\S+)/, ROBUST.return, 1);
      const above = scores.filter((score) => score > 0.9).length;
      expect(told).toContain(above === 0 ? 'None of 500 bars is above 0.9' : `${above} of 500 bars`);
    });

    it('of all pairs are those of statsmodels: each way tried, corrected for three tests', async () => {
      type Row = {
        y: string;
        x: string;
        pValue: number;
        qValue: number;
        hedgeRatio: number;
        halfLife: number;
        z: number;
      };
      const { pairs } = await numbers<{ pairs: Row[] }>('pairs ethbtc ltcbtc ltceth 5m 500');
      expect(pairs).toHaveLength(3);
      for (const { y, x, ...found } of pairs) {
        const wanted = PAIRS[`${bare(y)} ${bare(x)}` as keyof typeof PAIRS];
        for (const [name, value] of Object.entries(wanted))
          expectShare(found[name as 'z'], value, 1e-6, `${y} ${x} ${name}`);
      }
      const told = await say('/pairs ethbtc ltcbtc ltceth 5m 500');
      expect(told).toContain('3 symbols · 3 pairs tested: none cointegrated');
      expect(told).toMatch(/0 of 3 have p below 0\.05/);
    });

    it('of clusters are those of scipy and scikit-learn', async () => {
      type Table = Record<string, Record<string, number>>;
      const found = await numbers<{
        joins: { height: number }[];
        group: Record<string, number>;
        within: (number | null)[];
        silhouette: number;
        features: { members: string[]; center: Record<string, number> }[];
        agreement: number;
        agreementP: number;
      }>('cluster ethbtc ltcbtc ltceth 5m 200');
      expectAll(
        found.joins.map(({ height }) => height),
        CLUSTER.heights,
      );
      expect(found.group['binance:ltcbtc']).toBe(found.group['binance:ltceth']);
      expectShare(found.within.find((value) => value !== null)!, CLUSTER.within, 1e-8, 'within');
      expectShare(found.silhouette, CLUSTER.silhouette, 1e-8, 'silhouette');
      const [largest] = found.features;
      expect(largest.members.map(bare)).toEqual(CLUSTER.members);
      expectAll(Object.values(largest.center), CLUSTER.center);
      expect(found.agreement).toBeCloseTo(CLUSTER.agreement, 10);
      // Of 999 shuffles; all orders of three are six.
      expect(Math.abs(found.agreementP - CLUSTER.agreementP)).toBeLessThan(0.06);
      const { matrix } = await numbers<{ matrix: Table }>('corr ethbtc ltcbtc ltceth 5m 200');
      expectAll(Object.values(matrix).flatMap(Object.values<number>), CLUSTER.matrix.flat());
    });

    it('of volatility are those of numpy and scipy’s likeliest GARCH', async () => {
      const found = await numbers<{
        realised: Record<string, number>;
        garch: { alpha: number; beta: number; verdict: string };
        ahead: { steps: number; garch: number; weighted: number }[];
        day: number[];
        perYear: number;
      }>('vol ethbtc 5m 500');
      for (const name of ['closeToClose', 'parkinson', 'garmanKlass', 'yangZhang'] as const)
        expectShare(found.realised[name], VOLATILITY[name], 1e-9, name);
      expect(found.garch.verdict).toBe('converged');
      // The likelihood is flat at its top.
      expectShare(found.garch.alpha, VOLATILITY.alpha, 1e-3, 'alpha');
      expectShare(found.garch.beta, VOLATILITY.beta, 1e-3, 'beta');
      for (const [i, { steps, garch, weighted }] of found.ahead.entries()) {
        expectShare(garch, VOLATILITY.ahead[i], 1e-4, `${steps} ahead`);
        expectShare(weighted, VOLATILITY.weighted * Math.sqrt(steps), 1e-9, `${steps} weighted`);
      }
      expect(found.day).toHaveLength(288);
      expectShare(found.day[287], VOLATILITY.day, 1e-3, 'day');
      expect(found.perYear).toBe(365 * 288);
      const told = await say('/vol ethbtc 5m 500');
      expectTold(told, /Parkinson (\S+)/, 100 * VOLATILITY.parkinson * Math.sqrt(365 * 288), 1);
      expectTold(told, /one deviation by GARCH: .*±(\S+)\s%/, 100 * VOLATILITY.day, 2);
    });

    it('of hours are those of scipy’s t-tests: none stands out', async () => {
      type Told = { mean: number; low: number; high: number; pValue: number };
      const { seasons, days } = await numbers<{
        seasons: { of: string; slot: number; move: Told; size: Told }[];
        days: number;
      }>('season ethbtc 1h');
      expect([days, seasons.map(({ slot }) => slot)]).toEqual([
        SEASON.days,
        Array.from({ length: 24 }, (_, hour) => hour),
      ]);
      for (const { of, slot, move, size } of seasons) {
        expect(of).toBe('hour');
        for (const name of ['mean', 'low', 'high', 'pValue'] as const) {
          expect(move[name], `${slot} ${name}`).toBeCloseTo(SEASON.move[slot][name], 8);
          expect(size[name], `${slot} ${name}`).toBeCloseTo(SEASON.size[slot][name], 7);
        }
      }
    });

    it('of a summary are those of numpy', async () => {
      const { summaries } = await numbers<{
        summaries: Record<
          string,
          { move: number; volume: number; lastVolume: number; trends: { change: number; way: string }[] }
        >;
      }>('summary ethbtc');
      const found = summaries['binance:ethbtc'];
      for (const name of ['move', 'volume', 'lastVolume'] as const) expectShare(found[name], SUMMARY[name], 1e-9, name);
      // Twenty days: no month.
      expect(found.trends).toHaveLength(2);
      for (const [i, { change, way }] of found.trends.entries()) {
        expectShare(change, SUMMARY.changes[i], 1e-9, `trend ${i}`);
        expect(Math.abs(SUMMARY.deviations[i])).toBeLessThan(1);
        expect(way).toBe('flat');
      }
      const told = await say('/summary ethbtc');
      expectTold(told, /moves (\S+)\s% a day/, 100 * SUMMARY.move, 1);
      expectTold(told, /7d \+(\S+)\s% flat/, 100 * SUMMARY.changes[1], 1);
    });

    it('of two beside each other are those of numpy, and their difference that of Jobson and Korkie', async () => {
      const { performances, apart } = await numbers<{
        performances: Record<string, Record<string, number>>;
        apart: { best: string; worst: string; pValue: number };
      }>('compare ethbtc ltcbtc 1h 200');
      for (const symbol of RECORDED)
        for (const [name, value] of Object.entries(COMPARE[symbol]))
          expectShare(performances[`binance:${symbol.toLowerCase()}`][name], value, 1e-8, `${symbol} ${name}`);
      expect([bare(apart.best), bare(apart.worst)]).toEqual(['ETHBTC', 'LTCBTC']);
      expectShare(apart.pValue, COMPARE.pValue, 1e-6, 'p');
      const told = await say('/compare ethbtc ltcbtc 1h 200');
      expectTold(told, /^eth \+(\S+)\s% did best of 2/, 100 * COMPARE.ETHBTC.change, 1);
      expectTold(told, /\(p (0\.\d+)\)/, COMPARE.pValue, 3);
    });

    it('of what moved are those of numpy', async () => {
      type Mover = { change: number; deviations: number; surge: number; value: number | null };
      const { movers } = await numbers<{ movers: Record<string, Mover> }>('movers 1h');
      for (const symbol of RECORDED) {
        const found = movers[`binance:${symbol.toLowerCase()}`];
        for (const [name, value] of Object.entries(MOVERS[symbol]))
          expectShare(found[name as 'surge'], value, 1e-8, `${symbol} ${name}`);
        // Nobody here tells what a bitcoin costs.
        expect(found.value).toBeNull();
      }
      const told = await say('/movers 1h');
      expectTold(told, /eth \+(\S+)\s%/, 100 * MOVERS.ETHBTC.change, 1);
    });
  },
);

const bare = (instrument: string): string => instrument.split(':')[1].toUpperCase();

function expectShare(found: number, wanted: number, share: number, name: string): void {
  expect(Math.abs(found / wanted - 1), `${name}: ${found} instead of ${wanted}`).toBeLessThan(share);
}

function expectAll(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expectShare(found[i], value, 1e-7, `${i}`);
}

/** A number that is found in an answer is the one that is wanted, to the digits that are written. */
function expectTold(told: string, pattern: RegExp, wanted: number, digits: number): void {
  const [, text] = pattern.exec(told) ?? [];
  expect(Math.abs(Number(text.replace('−', '-')) - wanted), `${pattern} in ${told}`).toBeLessThanOrEqual(
    0.500001 * 10 ** -digits,
  );
}
