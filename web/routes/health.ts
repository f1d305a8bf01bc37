import { createRoute, z } from '@hono/zod-openapi';
import type { WebApp, WebContext } from '../context.ts';
import { ReadinessSchema } from '../schemas.ts';
import { readinessBody } from '../status.ts';

const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['Operating'],
  summary: 'Whether the process answers',
  responses: {
    200: { description: 'It does', content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } } },
  },
});

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  tags: ['Operating'],
  summary: 'Whether the database is migrated and some feed brings data',
  responses: {
    200: { description: 'Ready', content: { 'application/json': { schema: ReadinessSchema } } },
    503: { description: 'Not ready, and why', content: { 'application/json': { schema: ReadinessSchema } } },
  },
});

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['Operating'],
  summary: 'Prometheus metrics',
  responses: { 200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: z.string() } } } },
});

export function addHealthRoutes(app: WebApp, { ports, metrics }: WebContext): void {
  app.openapi(healthz, (c) => c.json({ status: 'ok' as const }, 200));
  app.openapi(readyz, (c) => {
    const body = readinessBody(ports.health());
    return c.json(body, body.ready ? 200 : 503);
  });
  app.openapi(metricsRoute, async (c) => c.text(await metrics.scrape(), 200, { 'content-type': metrics.contentType }));
}
