import { createRoute, z } from '@hono/zod-openapi';
import { csvLines } from '../../commands/csv.ts';
import type { Trade } from '../../engine/market/events.ts';
import type { WebApp, WebContext } from '../context.ts';
import { checkRange, instrumentOf, symbolParam, wantsCsv } from '../requests.ts';
import { failures, TradeRangeSchema, TradesSchema } from '../schemas.ts';
import { textStream } from '../text-stream.ts';

const COLUMNS = ['ts', 'price', 'size', 'side', 'id'] as const;
/** Where neither a range nor a number is asked for. */
const STANDARD_LIMIT = 500;

const trades = createRoute({
  method: 'get',
  path: '/api/trades/{symbol}',
  tags: ['Market data'],
  summary: 'Stored trades, oldest first; CSV with Accept: text/csv or format=csv',
  request: {
    params: z.object({ symbol: symbolParam.openapi({ example: 'btcusdt' }) }),
    query: z.object({ ...TradeRangeSchema, format: z.enum(['json', 'csv']).optional() }),
  },
  responses: {
    200: {
      description: 'Trades',
      content: { 'application/json': { schema: TradesSchema }, 'text/csv': { schema: z.string() } },
    },
    ...failures,
  },
});

const toRow = ({ ts, price, size, side, id }: Trade) => ({ ts, price, size, side: side ?? null, id });

async function* rowsOf(portions: AsyncIterable<readonly Trade[]>) {
  for await (const portion of portions) yield portion.map(toRow);
}

/** The document piece by piece: as many trades as there are need not fit into memory. */
async function* jsonTexts(instrument: string, portions: AsyncIterable<readonly Trade[]>): AsyncGenerator<string> {
  let lead = `{"instrument":${JSON.stringify(instrument)},"trades":[`;
  for await (const portion of portions) {
    if (portion.length === 0) continue;
    yield lead + portion.map((trade) => JSON.stringify(toRow(trade))).join(',');
    lead = ',';
  }
  yield lead === ',' ? ']}' : `${lead}]}`;
}

export function addTradeRoutes(app: WebApp, { ports, logger }: WebContext): void {
  app.openapi(trades, async (c) => {
    const { symbol } = c.req.valid('param');
    const { from, to, limit, format } = c.req.valid('query');
    checkRange({ from, to });
    const instrument = instrumentOf(ports, symbol);
    const most = limit ?? (from === undefined ? STANDARD_LIMIT : undefined);
    const portions = ports.trades(instrument, from, to, most);
    c.header('vary', 'accept');
    if (!wantsCsv(c, format)) {
      c.header('content-type', 'application/json');
      // Typed as the document that its pieces make up.
      return c.body(await textStream(jsonTexts(instrument, portions), logger)) as never;
    }
    const name = `${instrument}-trades.csv`.replace(/[^\w.-]/g, '-');
    c.header('content-type', 'text/csv; charset=utf-8');
    c.header('content-disposition', `attachment; filename="${name}"`);
    return c.body(await textStream(csvLines(COLUMNS, rowsOf(portions)), logger)) as never;
  });
}
