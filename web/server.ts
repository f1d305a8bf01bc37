import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import type { Clock } from '../engine/clock.ts';
import { refuseConsole, refuseForeignStream } from './access.ts';
import { listen } from './address.ts';
import { createApp } from './app.ts';
import { createWebMetrics } from './metrics.ts';
import type { PagePlatform } from './page-platform.ts';
import type { Logger, WebPorts } from './ports.ts';
import { readPageFiles } from './routes/page.ts';
import { createStatusReader } from './status.ts';
import { createStreamHub, type StreamHub } from './stream/hub.ts';

export interface WebOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Bearer token that opens the console from elsewhere; without one it answers this machine alone. */
  readonly apiToken?: string;
  /** Bearer token without which nothing may be handed in; where it is missing, this machine may. */
  readonly ingestToken?: string;
  /** Names under which pages reach the server, beside its addresses and this machine's. */
  readonly names?: readonly string[];
  readonly version: string;
  readonly ports: WebPorts;
  readonly page: PagePlatform;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface WebServer {
  /** @throws ConfigError where the address cannot be listened on */
  start(): Promise<{ readonly port: number }>;
  /** Finishes the requests that run, closes every socket. */
  stop(): Promise<void>;
}

/** Time that running requests get when the server stops. */
const STOP_GRACE_MS = 5_000;
/** A request whose body takes longer than this is cut off. */
const REQUEST_MS = 60_000;
/** Longer than reverse proxies keep an idle connection, so that they never write into one that is being closed. */
const KEEP_ALIVE_MS = 65_000;

/** The HTTP side: API, metrics, live stream and the status page. */
export function createWebServer(options: WebOptions): WebServer {
  const { ports, page, clock, logger, apiToken, ingestToken, version, names = [] } = options;
  const status = createStatusReader(ports, clock, logger, version);
  const hub = createStreamHub({ ports, page, status, clock, logger });
  const metrics = createWebMetrics(ports, hub.size, logger);
  const inFlight = new Set<ServerResponse>();
  let server: Server | undefined;

  return {
    async start() {
      const context = { ports, page, status, metrics, clock, logger, apiToken, ingestToken, version, names };
      const app = createApp(context, await readPageFiles());
      server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
      // What is handed in may come in one request for hours; every other one has to be whole in time.
      server.requestTimeout = 0;
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        inFlight.add(response);
        const cancel = isIngest(request) ? undefined : clock.after(REQUEST_MS, () => cutOff(request));
        response.once('close', () => {
          inFlight.delete(response);
          cancel?.();
        });
      });
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        upgrade(hub, { request, socket, head }, apiToken, names);
      });
      server.keepAliveTimeout = KEEP_ALIVE_MS;
      const port = await listen(server, options.host, options.port);
      server.on('error', (error) => logger.error({ err: error }, 'the HTTP server failed'));
      hub.start();
      logger.info({ host: options.host, port }, 'HTTP is open');
      return { port };
    },
    async stop() {
      const running = server;
      if (running === undefined) return;
      server = undefined;
      const closed = new Promise<void>((resolve) => running.close(() => resolve()));
      // A connection whose last request is still running would stay open for the next one.
      inFlight.forEach((response) => {
        response.shouldKeepAlive = false;
        response.once('close', () => setImmediate(() => running.closeIdleConnections()));
      });
      await hub.stop();
      running.closeIdleConnections();
      const cancel = clock.after(STOP_GRACE_MS, () => running.closeAllConnections());
      await closed;
      cancel();
      metrics.close();
    },
  };
}

const isIngest = (request: IncomingMessage): boolean => /^\/ingest(?:$|\?)/.test(request.url ?? '');

function cutOff(request: IncomingMessage): void {
  if (!request.complete) request.destroy();
}

/** Refuses in plain HTTP what is no stream, or what another site's page asks for. */
function upgrade(
  hub: StreamHub,
  { request, socket, head }: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
  apiToken: string | undefined,
  names: readonly string[],
): void {
  // A reset before the handshake has no listener of ws yet.
  socket.on('error', () => socket.destroy());
  const path = (request.url ?? '').split('?', 1)[0];
  const isForeign = refuseForeignStream(request, names) !== undefined;
  const refusal = path !== '/api/stream' ? '404 Not Found' : isForeign ? '403 Forbidden' : undefined;
  if (refusal !== undefined) {
    socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    return;
  }
  hub.accept(request, socket, head, refuseConsole(request, apiToken) === undefined);
}
