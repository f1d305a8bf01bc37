import type { HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Clock } from '../engine/clock.ts';
import type { WebMetrics } from './metrics.ts';
import type { PagePlatform } from './page-platform.ts';
import type { Logger, WebPorts } from './ports.ts';
import type { StatusReader } from './status.ts';

/** Node's own request is there for what headers cannot tell: the remote address. */
export interface WebEnv {
  readonly Bindings: HttpBindings;
}

export type WebApp = OpenAPIHono<WebEnv>;

/** What the routes work with. */
export interface WebContext {
  readonly ports: WebPorts;
  readonly page: PagePlatform;
  readonly status: StatusReader;
  readonly metrics: WebMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly apiToken: string | undefined;
  readonly ingestToken: string | undefined;
  readonly version: string;
  /** Names under which pages reach the server. */
  readonly names: readonly string[];
}
