import { createRoute, z } from '@hono/zod-openapi';
import type { WebApp, WebContext } from '../context.ts';
import { instrumentOf, intervalOf, symbolParam } from '../requests.ts';
import { failures, wholeNumber } from '../schemas.ts';

const interval = z.string().min(1).max(10).default('5m');
const barCount = (usual: number) => wholeNumber(12, 5_000).default(usual).openapi({ default: usual });
/** Most symbols of one matrix. */
const MOST_SYMBOLS = 100;
/** What is not defined, such as a half-life of what never comes back, is null. */
const figure = z.number().nullable();
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const STATS = [
  ...['last', 'mean', 'high', 'low', 'change', 'deviation', 'volatility', 'skew', 'kurtosis', 'vwap', 'z'],
  ...['drawdown', 'maxDrawdown', 'autocorrelation', 'hurst'],
] as const;

const StatsSchema = z
  .object({
    instrument: z.string(),
    interval: z.string(),
    bars: z.number().int(),
    from: z.number().int(),
    to: z.number().int(),
    ...Object.fromEntries(STATS.map((name) => [name, figure])),
  })
  .openapi('Stats');

const PairSchema = z
  .object({
    a: z.string().openapi({ description: 'the dependent instrument' }),
    b: z.string(),
    interval: z.string(),
    bars: z.number().int().openapi({ description: 'closed bars that both have' }),
    hedgeRatio: z.number().openapi({ description: 'of a least-squares line of a on b with an intercept, in prices' }),
    intercept: z.number(),
    r2: z.number(),
    correlation: z.number().openapi({ description: 'of the log returns' }),
    spread: z.number().openapi({ description: 'what a is above the line now' }),
    z: z.number().openapi({ description: 'the spread in standard deviations of all its values' }),
    adf: z.object({ statistic: z.number(), pValue: z.number(), lags: z.number().int() }),
    halfLife: figure.openapi({ description: 'in bars; null where nothing draws the spread back' }),
  })
  .openapi('Pair');

const CorrelationsSchema = z
  .object({
    symbols: z.array(z.string()),
    interval: z.string(),
    bars: z.number().int(),
    matrix: z.array(z.array(figure)).openapi({ description: 'of the log returns; null where a price does not move' }),
  })
  .openapi('Correlations');

const answer = <T extends z.ZodType>(description: string, schema: T) => ({
  200: { description, content: { 'application/json': { schema } } },
  ...failures,
});

const stats = createRoute({
  method: 'get',
  path: '/api/stats/{symbol}',
  tags: ['Statistics'],
  summary: 'What the newest closed bars are like, as named numbers',
  request: {
    params: z.object({ symbol: symbolParam.openapi({ example: 'btcusdt' }) }),
    query: z.object({ interval, bars: barCount(200) }),
  },
  responses: answer('Named numbers', StatsSchema),
});

const pair = createRoute({
  method: 'get',
  path: '/api/pair',
  tags: ['Statistics'],
  summary: 'How two prices hang together: hedge ratio, spread, ADF test, half-life',
  request: {
    query: z.object({
      a: symbolParam.openapi({ example: 'ethusdt' }),
      b: symbolParam.openapi({ example: 'btcusdt' }),
      interval,
      bars: barCount(500),
    }),
  },
  responses: answer('The pair', PairSchema),
});

const correlations = createRoute({
  method: 'get',
  path: '/api/correlations',
  tags: ['Statistics'],
  summary: 'Correlations of the log returns of many symbols',
  request: {
    query: z.object({
      symbols: z
        .string()
        .min(1)
        .max(4_000)
        .openapi({ description: 'with commas between them', example: 'btcusdt,ethusdt' }),
      interval,
      bars: barCount(200),
    }),
  },
  responses: answer('A square matrix', CorrelationsSchema),
});

export function addStatisticsRoutes(app: WebApp, { ports }: WebContext): void {
  app.openapi(stats, async (c) => {
    const { interval: text, bars } = c.req.valid('query');
    const instrument = instrumentOf(ports, c.req.valid('param').symbol);
    const report = await ports.statistics.stats(instrument, intervalOf(text), bars);
    const numbers = Object.fromEntries(STATS.map((name) => [name, finite(report[name as 'mean'])]));
    return c.json({ instrument, interval: text, bars: report.bars, from: report.from, to: report.to, ...numbers }, 200);
  });

  app.openapi(pair, async (c) => {
    const { a, b, interval: text, bars } = c.req.valid('query');
    const [first, second] = [instrumentOf(ports, a), instrumentOf(ports, b)];
    const report = await ports.statistics.pair(first, second, intervalOf(text), bars);
    const { hedgeRatio, intercept, r2, correlation, spread, z: score, adf } = report;
    const test = { statistic: adf.statistic, pValue: adf.pValue, lags: adf.lags };
    const named = { a: first, b: second, interval: text, bars: report.bars };
    return c.json(
      {
        ...named,
        hedgeRatio,
        intercept,
        r2,
        correlation,
        spread,
        z: score,
        adf: test,
        halfLife: finite(report.halfLife),
      },
      200,
    );
  });

  app.openapi(correlations, async (c) => {
    const { symbols, interval: text, bars } = c.req.valid('query');
    const names = symbols.split(',').map((name) => name.trim());
    const instruments = [...new Set(names.filter((name) => name !== ''))].slice(0, MOST_SYMBOLS);
    const ids = instruments.map((name) => instrumentOf(ports, name));
    const found = await ports.statistics.correlations(ids, intervalOf(text), bars);
    return c.json({ ...found, interval: text, matrix: found.matrix.map((row) => row.map(finite)) }, 200);
  });
}
