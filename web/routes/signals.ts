import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import type { SignalRecord } from '../../engine/ledger/rows.ts';
import { formatInterval } from '../../engine/market/interval.ts';
import { refuseSignals } from '../access.ts';
import type { WebApp, WebContext } from '../context.ts';
import { refusalBody } from '../errors.ts';
import { createRate } from '../ingest/rate.ts';
import { ErrorSchema, failures, time, wholeNumber } from '../schemas.ts';

const price = z.number();

const SignalSchema = z
  .object({
    id: z.string(),
    ts: time,
    strategy: z.string(),
    version: z.number().int(),
    chat: z.string().openapi({ example: 'telegram:-1001234567890' }),
    instrument: z.string(),
    interval: z.string().openapi({ example: '5m' }),
    side: z.enum(['long', 'short']),
    price,
    stop: price.nullable(),
    target: price.nullable(),
    confidence: z
      .number()
      .nullable()
      .openapi({ description: '0 to 1; null where too little is known of signals like it' }),
    reasons: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
    fill: z
      .object({ ts: time, price })
      .nullable()
      .openapi({ description: 'before fees and slippage; null where it was not filled' }),
    outcome: z
      .object({
        what: z.enum(['stop', 'target', 'exit', 'expired']),
        ts: time,
        price,
        result: z.number().openapi({ description: 'fraction of the entry, after fees and slippage' }),
      })
      .nullable()
      .openapi({ description: 'null while it runs' }),
  })
  .openapi('Signal');

// Programs of the same machine need no token.
const security: RouteConfig['security'] = [{}, { apiToken: [] }];

const denied = {
  description: 'The token is missing or wrong',
  content: { 'application/json': { schema: ErrorSchema } },
};

const signals = createRoute({
  method: 'get',
  path: '/api/signals',
  tags: ['Signals'],
  summary: 'Signals with what came of them, newest first; with API_TOKEN, or from the machine itself',
  security,
  request: {
    query: z.object({
      strategy: z.string().min(1).max(64).optional(),
      chat: z.string().min(1).max(128).optional(),
      limit: wholeNumber(1, 1_000).default(100).openapi({ default: 100 }),
    }),
  },
  responses: {
    200: {
      description: 'Signals',
      content: { 'application/json': { schema: z.object({ signals: z.array(SignalSchema) }) } },
    },
    401: denied,
    403: denied,
    ...failures,
  },
});

function toSignal({ signal, opened, end }: SignalRecord): z.infer<typeof SignalSchema> {
  const { interval, reasons, ...rest } = signal;
  const outcome = end === undefined ? null : { what: end.what, ts: end.ts, price: end.price, result: end.result };
  const fill = opened === undefined ? null : { ts: opened.ts, price: opened.price };
  return { ...rest, interval: formatInterval(interval), reasons: { ...reasons }, fill, outcome };
}

/** Wrong tokens of one address: so many at once, and one more every ten seconds. */
const GUESSES_PER_SECOND = 0.1;
const GUESSES_AT_ONCE = 10;
const TOO_MANY = {
  status: 429,
  code: 'too-many-requests',
  message: 'Too many wrong tokens.',
  hint: 'Wait a minute.',
} as const;

export function addSignalRoutes(app: WebApp, { ports, apiToken, clock }: WebContext): void {
  const guesses = createRate(clock, GUESSES_PER_SECOND, GUESSES_AT_ONCE);
  app.use('/api/signals', async (c, next) => {
    const refusal = refuseSignals(c.env.incoming, apiToken);
    if (refusal === undefined) return next();
    const address = c.env.incoming.socket.remoteAddress ?? '';
    const told = refusal.status === 401 && guesses.spend(address, 1) > 0 ? TOO_MANY : refusal;
    return c.json(refusalBody(told), told.status);
  });
  app.openapi(signals, async (c) => {
    const { strategy, chat, limit } = c.req.valid('query');
    const query = { ...(strategy === undefined ? {} : { strategy }), ...(chat === undefined ? {} : { chatKey: chat }) };
    return c.json({ signals: (await ports.signals(query, limit)).map(toSignal) }, 200);
  });
}
