import type { IncomingMessage } from 'node:http';
import { OpenAPIHono } from '@hono/zod-openapi';
import { routePath } from 'hono/route';
import { refuseForeignPage } from './access.ts';
import { allowedMethods } from './allowed-methods.ts';
import type { WebApp, WebContext, WebEnv } from './context.ts';
import { describeError, type Refusal, refusalBody } from './errors.ts';
import { createRate } from './ingest/rate.ts';
import { issueWords } from './issue-words.ts';
import { addConsoleRoutes } from './routes/console.ts';
import { addDocsRoutes } from './routes/docs.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addHookRoutes } from './routes/hooks.ts';
import { addIngestRoutes } from './routes/ingest.ts';
import { addMarketRoutes } from './routes/market.ts';
import { addPageRoutes, type PageFile } from './routes/page.ts';
import { addSignalRoutes } from './routes/signals.ts';
import { addStatisticsRoutes } from './routes/statistics.ts';
import { addTradeRoutes } from './routes/trades.ts';

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** What one address may ask for, of everything. */
const REQUESTS_PER_SECOND = 100;
const REQUESTS_AT_ONCE = 2_000;
/** Whatever changes nothing. */
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Answers to what is no route: visitors cannot fill the metrics with them. */
const NO_ROUTE: ReadonlySet<number> = new Set([404, 405]);

/** Every HTTP route, with what they have in common: headers, timing, and errors as `{error: {code, message, hint?}}`. */
export function createApp(context: WebContext, files: readonly PageFile[]): WebApp {
  const { clock, logger, metrics, names } = context;
  const requests = createRate(clock, REQUESTS_PER_SECOND, REQUESTS_AT_ONCE);
  const app: WebApp = new OpenAPIHono<WebEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const message = issueWords(result.error, result.target === 'query' ? c.req.query() : c.req.param());
      const name = String(result.error.issues[0]?.path[0]);
      const isRepeated = result.target === 'query' && (c.req.queries(name)?.length ?? 0) > 1;
      const told = isRepeated ? `${name} must be given once.` : message;
      return c.json({ error: { code: 'bad-request', message: told } }, 400);
    },
  });

  /** What is refused whatever it asks for. Prices that are handed in are counted by themselves. */
  function refuse(path: string, method: string, request: IncomingMessage): Refusal | undefined {
    const address = request.socket.remoteAddress ?? '';
    if (path !== '/ingest' && requests.spend(address, 1) > 0) {
      requests.spend(address, -1);
      return { status: 429, code: 'too-many-requests', message: 'That is too much at once.', hint: 'Wait a second.' };
    }
    return READS.has(method) ? undefined : refuseForeignPage(request, names);
  }

  app.use(async (c, next) => {
    const began = clock.now();
    const refusal = refuse(c.req.path, c.req.method, c.env.incoming);
    if (refusal === undefined) await next();
    else c.res = c.json(refusalBody(refusal), refusal.status);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
    const route = NO_ROUTE.has(c.res.status) ? 'other' : routePath(c, -1);
    metrics.observeRequest(c.req.method, route, c.res.status, (clock.now() - began) / 1_000);
  });
  app.onError((error, c) => {
    const { status, body } = describeError(error, logger);
    return c.json(body, status);
  });
  app.notFound((c) => {
    const allowed = allowedMethods(app, c.req.path).join(', ');
    if (allowed !== '') {
      c.header('allow', allowed);
      const message = `${c.req.path} does not take ${c.req.method}.`;
      return c.json({ error: { code: 'bad-method', message, hint: `It takes ${allowed}.` } }, 405);
    }
    const hint = 'What there is stands in /docs.';
    return c.json({ error: { code: 'not-found', message: `There is no ${c.req.method} ${c.req.path}.`, hint } }, 404);
  });

  addHealthRoutes(app, context);
  addMarketRoutes(app, context);
  addTradeRoutes(app, context);
  addStatisticsRoutes(app, context);
  addSignalRoutes(app, context);
  addConsoleRoutes(app, context);
  addIngestRoutes(app, context);
  addHookRoutes(app, context);
  addStreamHint(app);
  addPageRoutes(app, context, files);
  addDocsRoutes(app, context);
  return app;
}

/** A WebSocket never comes this far: who asks without an upgrade is told of it. */
function addStreamHint(app: WebApp): void {
  app.get('/api/stream', (c) => {
    const refusal = { code: 'upgrade-required', message: '/api/stream is a WebSocket.', hint: 'Ask for an upgrade.' };
    return c.json(refusalBody({ status: 426, ...refusal }), 426, { upgrade: 'websocket' });
  });
}
