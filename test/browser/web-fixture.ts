import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { createPagePlatform, type PagePlatform } from '../../web/page-platform.ts';
import { createWebServer, type WebServer } from '../../web/server.ts';
import { createManualClock, type ManualClock } from '../doubles/manual-clock.ts';
import { createFakePorts, createRecordingLogger, type FakePorts } from './fake-ports.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  json(): unknown;
}

export interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Without one every request has its own connection. */
  readonly agent?: Agent;
}

export interface WebFixture {
  readonly clock: ManualClock;
  readonly ports: FakePorts;
  readonly page: PagePlatform;
  readonly logger: ReturnType<typeof createRecordingLogger>;
  readonly server: WebServer;
  readonly port: number;
  /** Every header as it is given, `Host` and `Origin` too. */
  send(path: string, sending?: Sending): Promise<Reply>;
}

/** The real server on loopback with fake ports and a manual clock. */
export async function startWeb(
  options: { apiToken?: string; ingestToken?: string; png?: Uint8Array; names?: readonly string[] } = {},
): Promise<WebFixture> {
  const clock = createManualClock();
  const ports = createFakePorts({ now: clock.now, ...(options.png === undefined ? {} : { png: options.png }) });
  const page = createPagePlatform(clock.clock);
  const logger = createRecordingLogger();
  const server = createWebServer({
    host: '127.0.0.1',
    port: 0,
    version: '0.1.0',
    ports,
    page,
    clock: clock.clock,
    logger,
    ...(options.names === undefined ? {} : { names: options.names }),
    ...(options.apiToken === undefined ? {} : { apiToken: options.apiToken }),
    ...(options.ingestToken === undefined ? {} : { ingestToken: options.ingestToken }),
  });
  const { port } = await server.start();
  const send = (path: string, sending?: Sending) => sendTo(port, path, sending);
  return { clock, ports, page, logger, server, port, send };
}

function sendTo(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body, agent }: Sending = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: agent ?? false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          json: () => JSON.parse(text),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
