import { z } from '@hono/zod-openapi';
import type { WebApp } from '../context.ts';
import { ErrorSchema } from '../schemas.ts';

const json = <Schema extends z.ZodType>(schema: Schema) => ({ 'application/json': { schema } });
const failure = (description: string) => ({ description, content: json(ErrorSchema) });

const seconds = z.number().openapi({ description: 'seconds since the epoch, or ms', example: 1_700_000_000 });

/** One of these three; told as one object whose fields are all optional, as tools show it best. */
const ItemSchema = z
  .object({
    stock_symbol: z.string().optional().openapi({ description: 'or symbol', example: 'AAPL' }),
    timestamp: seconds.optional().openapi({ description: 'seconds since the epoch, or ms; ts where it is a trade' }),
    opening_price: z.number().optional().openapi({ description: 'of the current minute so far, as the next four' }),
    closing_price: z.number().optional(),
    high: z.number().optional(),
    low: z.number().optional(),
    volume: z
      .number()
      .optional()
      .openapi({ description: 'of the whole minute so far, not what came since the last post' }),
    interval: z.string().optional().openapi({ description: 'the prices are those of this whole bar', example: '1d' }),
    price: z.number().optional().openapi({ description: 'of a trade, or of a level of the order book' }),
    size: z.number().optional().openapi({ description: 'or quantity; 0 takes a level of the order book away' }),
    side: z.enum(['buy', 'sell']).optional().openapi({ description: 'of the taker; of a level also as order_type' }),
    id: z.string().optional().openapi({ description: 'of a trade: one that comes again counts once' }),
    data_type: z.enum(['order_book', 'news_sentiment', 'market_data', 'economic_indicator']).optional(),
    sentiment_score: z.number().optional(),
    sentiment_magnitude: z.number().optional(),
    market_cap: z.number().optional(),
    pe_ratio: z.number().optional(),
    indicator_name: z.string().optional().openapi({ example: 'GDP Growth Rate' }),
    value: z.number().optional().openapi({ description: 'of an economic indicator' }),
  })
  .openapi('IngestItem');

const TallySchema = z
  .object({
    accepted: z.number().int(),
    rejected: z.array(z.object({ index: z.number().int(), reason: z.string() })).openapi({
      description: 'the items that were refused by their place in the body, from 0 on; 1,000 at most',
    }),
    more: z.number().int().optional().openapi({ description: 'how many more were refused' }),
  })
  .openapi('IngestTally');

const refused = {
  401: failure('The bearer token is missing or not valid'),
  403: failure('Not from this machine, and no token is set'),
  413: failure('One JSON value of more than 1 MiB'),
  415: failure('Neither application/json nor application/x-ndjson'),
  429: failure('Too much at once; Retry-After says how many seconds to wait'),
};

/** The route as the OpenAPI document has it. */
export function documentIngest({ openAPIRegistry }: WebApp): void {
  const description = 'INGEST_TOKEN, where it is set';
  openAPIRegistry.registerComponent('securitySchemes', 'ingestToken', { type: 'http', scheme: 'bearer', description });
  openAPIRegistry.registerPath({
    method: 'post',
    path: '/ingest',
    tags: ['Ingest'],
    security: [{}, { ingestToken: [] }],
    summary: 'Hands in prices, order books and facts: one object, a list, or one object a line (NDJSON, of any length)',
    request: {
      body: { content: { ...json(ItemSchema), 'application/x-ndjson': { schema: z.string() } }, required: true },
    },
    responses: {
      200: { description: 'Something was accepted', content: json(TallySchema) },
      400: {
        description: 'Nothing was accepted, or the body cannot be read',
        content: json(z.union([TallySchema, ErrorSchema])),
      },
      ...refused,
    },
  });
}

/** The webhooks' route as the OpenAPI document has it. */
export function documentHooks({ openAPIRegistry }: WebApp): void {
  openAPIRegistry.registerPath({
    method: 'post',
    path: '/hooks/{token}',
    tags: ['Ingest'],
    summary: 'Puts a text or JSON into the chat that made the webhook with /webhook new',
    request: {
      params: z.object({ token: z.string() }),
      body: { content: { ...json(z.unknown()), 'text/plain': { schema: z.string() } }, required: true },
    },
    responses: {
      200: { description: 'It is stored and will be sent', content: json(z.object({ ok: z.literal(true) })) },
      400: failure('There is nothing in it'),
      404: failure('There is no such webhook'),
      413: failure('More than 32 KiB'),
      429: failure('Too many calls; Retry-After says how many seconds to wait'),
    },
  });
}
