import { createRoute, z } from '@hono/zod-openapi';
import { toCsv } from '../../commands/csv.ts';
import type { Bar } from '../../engine/market/events.ts';
import { formatInterval } from '../../engine/market/interval.ts';
import type { WebApp, WebContext } from '../context.ts';
import { checkRange, instrumentOf, intervalOf, symbolParam, wantsCsv } from '../requests.ts';
import { failures, OhlcSchema, RangeSchema, SeriesSchema, SymbolSchema } from '../schemas.ts';
import { symbolBody } from '../status.ts';

const BAR_COLUMNS = ['start', 'open', 'high', 'low', 'close', 'volume', 'trades'] as const;
/** A bar with the fields that are promised, and no others. */
const toBody = ({ start, open, high, low, close, volume, trades }: Bar) => ({
  start,
  open,
  high,
  low,
  close,
  volume,
  trades,
});
const intervalParam = z.string().min(1).max(10);

const symbols = createRoute({
  method: 'get',
  path: '/api/symbols',
  tags: ['Market data'],
  summary: 'Every instrument that is watched',
  responses: {
    200: {
      description: 'With the newest price',
      content: { 'application/json': { schema: z.object({ symbols: z.array(SymbolSchema) }) } },
    },
  },
});

const ohlc = createRoute({
  method: 'get',
  path: '/api/ohlc/{symbol}/{interval}',
  tags: ['Market data'],
  summary: 'Bars, oldest first; CSV with Accept: text/csv or format=csv',
  request: {
    params: z.object({
      symbol: symbolParam.openapi({ example: 'btcusdt' }),
      interval: intervalParam.openapi({ example: '5m' }),
    }),
    query: z.object({ ...RangeSchema, format: z.enum(['json', 'csv']).optional() }),
  },
  responses: {
    200: {
      description: 'Bars',
      content: { 'application/json': { schema: OhlcSchema }, 'text/csv': { schema: z.string() } },
    },
    ...failures,
  },
});

const series = createRoute({
  method: 'get',
  path: '/api/series',
  tags: ['Market data'],
  summary: 'Values of an expression at the closes of bars, each by its bar’s start, oldest first',
  request: {
    query: z.object({
      expr: z.string().min(1).max(500).openapi({ example: 'rsi(14)' }),
      symbol: symbolParam.optional().openapi({ description: 'where the expression names none', example: 'btcusdt' }),
      interval: intervalParam.default('5m'),
      ...RangeSchema,
    }),
  },
  responses: { 200: { description: 'Points', content: { 'application/json': { schema: SeriesSchema } } }, ...failures },
});

export function addMarketRoutes(app: WebApp, { ports }: WebContext): void {
  app.openapi(symbols, (c) => c.json({ symbols: ports.symbols().map(symbolBody) }, 200));

  app.openapi(ohlc, async (c) => {
    const { symbol, interval: intervalText } = c.req.valid('param');
    const { from, to, limit, format } = c.req.valid('query');
    const interval = intervalOf(intervalText);
    checkRange({ from, to });
    const instrument = instrumentOf(ports, symbol);
    const bars = await ports.bars(instrument, interval, from, to, limit);
    c.header('vary', 'accept');
    if (!wantsCsv(c, format)) {
      return c.json({ instrument, interval: formatInterval(interval), bars: bars.map(toBody) }, 200);
    }
    const name = `${instrument}-${formatInterval(interval)}.csv`.replace(/[^\w.-]/g, '-');
    c.header('content-disposition', `attachment; filename="${name}"`);
    return c.body(toCsv(BAR_COLUMNS, bars), 200, { 'content-type': 'text/csv; charset=utf-8' });
  });

  app.openapi(series, async (c) => {
    const { expr, symbol, interval, from, to, limit } = c.req.valid('query');
    checkRange({ from, to });
    const answer = await ports.series({
      expr,
      symbol: symbol === undefined ? undefined : instrumentOf(ports, symbol),
      interval: intervalOf(interval),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      limit,
    });
    const points = answer.points.map(([start, value]): [number, number | null] => [start, value]);
    return c.json({ ...answer, interval: formatInterval(answer.interval), points }, 200);
  });
}
