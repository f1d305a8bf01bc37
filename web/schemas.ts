import { z } from '@hono/zod-openapi';

export const time = z.number().int().openapi({ description: 'ms since the epoch', example: 1_700_000_000_000 });

export const BarSchema = z
  .object({
    start: time.openapi({ description: 'ms since the epoch; the bar ends one interval later, the newest may be open' }),
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number().openapi({ description: 'units of the base asset' }),
    trades: z.number().int(),
  })
  .openapi('Bar');

export const SymbolSchema = z
  .object({
    instrument: z.string().openapi({ example: 'binance:btcusdt' }),
    symbol: z.string().openapi({ example: 'btcusdt' }),
    venue: z.string(),
    base: z.string(),
    quote: z.string(),
    kind: z.enum(['spot', 'perpetual', 'stock']),
    price: z.number().nullable(),
    ts: time.nullable(),
    state: z.string(),
  })
  .openapi('Symbol');

export const OhlcSchema = z
  .object({
    instrument: z.string(),
    interval: z.string().openapi({ example: '5m' }),
    bars: z.array(BarSchema),
  })
  .openapi('Ohlc');

export const TradesSchema = z
  .object({
    instrument: z.string(),
    trades: z.array(
      z.object({
        ts: time,
        price: z.number(),
        size: z.number().openapi({ description: 'units of the base asset' }),
        side: z.enum(['buy', 'sell']).nullable().openapi({ description: 'of the taker; null where it is not known' }),
        id: z.string(),
      }),
    ),
  })
  .openapi('Trades');

export const SeriesSchema = z
  .object({
    expr: z.string().openapi({ description: 'canonical text', example: 'rsi(14)' }),
    instrument: z.string(),
    interval: z.string(),
    points: z.array(z.tuple([time, z.number().nullable()])).openapi({
      description:
        'the start of each closed bar, as /api/ohlc has it, with the value at the bar’s close; null while it warms up; oldest first',
    }),
  })
  .openapi('Series');

export const PartSchema = z
  .object({
    name: z.string(),
    state: z.enum(['off', 'connecting', 'live', 'stale', 'resyncing', 'down']),
    lastMessageAgeMs: z.number().nullable(),
    detail: z.string().optional(),
  })
  .openapi('Part');

const count = z.number().int();

const FeedSchema = PartSchema.extend({
  symbols: count.openapi({ description: 'instruments that are watched' }),
  streams: z
    .object({
      ...{ connecting: count, live: count, stale: count, resyncing: count, down: count },
      worst: z.array(z.object({ name: z.string(), state: z.string(), ageMs: z.number().nullable() })),
    })
    .optional(),
}).openapi('Feed');

export const ReadinessSchema = z
  .object({
    ready: z.boolean(),
    state: z.enum(['ok', 'starting', 'degraded', 'down']),
    database: z.object({ migrated: z.boolean(), detail: z.string().optional() }),
    feeds: z.array(FeedSchema),
    platforms: z.array(PartSchema),
  })
  .openapi('Readiness');

export const ErrorSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      hint: z.string().optional(),
      span: z.tuple([z.number().int(), z.number().int()]).optional().openapi({
        description: 'which characters of an expression are wrong: the first, and the one behind the last',
      }),
    }),
  })
  .openapi('Error');

/** A number as an address has it: digits alone, where JavaScript would also take an empty text or `0x10`. */
export function wholeNumber(least: number, most: number, what = `a whole number from ${least} to ${most}`) {
  const error = `must be ${what}`;
  return z
    .string({ error })
    .regex(/^\d{1,16}$/, { error })
    .transform(Number)
    .refine((number) => number >= least && number <= most, { error })
    .openapi({ type: 'integer', minimum: least, maximum: most });
}

const instant = wholeNumber(0, 8.64e15, 'a time in ms since the epoch');

/** `from <= start < to` of bars in ms, and how many of the newest. */
export const RangeSchema = {
  from: instant.optional().openapi({ description: 'bars that start at or after this, in ms since the epoch' }),
  to: instant.optional().openapi({ description: 'bars that start before this, in ms since the epoch' }),
  limit: wholeNumber(1, 5_000).default(500).openapi({ default: 500, description: 'at most this many, the newest' }),
};

/** `from <= ts < to` of trades in ms, and how many of the newest. */
export const TradeRangeSchema = {
  from: instant.optional().openapi({ description: 'trades at or after this, in ms since the epoch' }),
  to: instant.optional().openapi({ description: 'trades before this, in ms since the epoch' }),
  limit: wholeNumber(1, Number.MAX_SAFE_INTEGER, 'a whole number above 0').optional().openapi({
    description: 'at most this many, the newest; 500 where neither from nor limit is given, all of the range otherwise',
  }),
};

/** What every route may answer instead. */
export const failures = {
  400: { description: 'The request cannot be read', content: { 'application/json': { schema: ErrorSchema } } },
  404: { description: 'There is no such thing', content: { 'application/json': { schema: ErrorSchema } } },
} as const;
