import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asFields, DiscordRefusal, type DoubleFile, type Fields } from './discord-model.ts';

/** One call of Discord's REST interface, as it came over the wire. */
export interface RestCall {
  readonly method: string;
  /** Without the root and the version: `/channels/1/messages`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The JSON body, or the multipart body's `payload_json`. */
  readonly body: Fields;
  readonly files: readonly DoubleFile[];
  readonly authorization: string | undefined;
  /** When it had come in whole, in ms by the double's clock. */
  readonly at: number;
  /** What it was answered; 0 where the line was cut instead. */
  status: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `cut` drops the line and does nothing; `lose` does what was asked and then drops the line. */
export type PlannedAnswer = HttpAnswer | 'cut' | 'lose';

type PlannedFailure = { readonly route: RegExp; readonly failure: PlannedAnswer };

export interface HttpSide {
  readonly server: Server;
  readonly port: number;
  readonly calls: RestCall[];
  /** Called before a call is done; what it returns is waited for. */
  onCall: ((call: RestCall) => Promise<void> | void) | undefined;
  /** The next call whose `METHOD /path` matches is answered so, or its line is cut. */
  failNext(route: RegExp, failure: PlannedAnswer): void;
}

/** The HTTP half: reads calls for real (multipart included), plays planned failures, and turns refusals into answers. */
export async function startHttp(
  port: number,
  handle: (call: RestCall) => HttpAnswer,
  changed: () => void,
  now: () => number,
): Promise<HttpSide> {
  const calls: RestCall[] = [];
  const planned: PlannedFailure[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request, now);
    calls.push(call);
    await side.onCall?.(call);
    const at = planned.findIndex(({ route }) => route.test(`${call.method} ${call.path}`));
    const failure = at < 0 ? undefined : planned.splice(at, 1)[0]?.failure;
    if (failure === 'lose') attempt(handle, call);
    if (failure === 'cut' || failure === 'lose') request.socket.destroy();
    else write(response, call, failure ?? attempt(handle, call));
    changed();
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const side: HttpSide = {
    server,
    port: (server.address() as AddressInfo).port,
    calls,
    onCall: undefined,
    failNext: (route, failure) => planned.push({ route, failure }),
  };
  return side;
}

function attempt(handle: (call: RestCall) => HttpAnswer, call: RestCall): HttpAnswer {
  try {
    return handle(call);
  } catch (error) {
    if (!(error instanceof DiscordRefusal)) throw error;
    return { status: error.status, body: { message: error.message, code: error.code } };
  }
}

function write(response: ServerResponse, call: RestCall, answer: HttpAnswer): void {
  call.status = answer.status;
  if (answer.body === undefined) {
    response.writeHead(answer.status, answer.headers).end();
    return;
  }
  const isText = typeof answer.body === 'string';
  const type = isText ? 'text/html' : 'application/json';
  response.writeHead(answer.status, { 'content-type': type, ...answer.headers });
  response.end(isText ? answer.body : JSON.stringify(answer.body));
}

async function readCall(request: IncomingMessage, now: () => number): Promise<RestCall> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const content = await readBody(Buffer.concat(chunks), request.headers['content-type'] ?? '');
  return {
    method: request.method ?? 'GET',
    path: url.pathname.replace(/^\/api\/v10/, ''),
    query: url.searchParams,
    authorization: request.headers.authorization,
    at: now(),
    status: 0,
    ...content,
  };
}

async function readBody(raw: Buffer, contentType: string): Promise<{ body: Fields; files: DoubleFile[] }> {
  if (raw.length === 0) return { body: {}, files: [] };
  if (!contentType.startsWith('multipart/')) return { body: asFields(JSON.parse(raw.toString())), files: [] };
  const form = await new Response(raw, { headers: { 'content-type': contentType } }).formData();
  const files: DoubleFile[] = [];
  for (const [key, part] of form) {
    if (typeof part === 'string') continue;
    const index = Number(/^files\[(\d+)\]$/.exec(key)?.[1]);
    files[index] = { name: part.name, bytes: new Uint8Array(await part.arrayBuffer()), contentType: part.type };
  }
  const payload = form.get('payload_json');
  return { body: asFields(JSON.parse(typeof payload === 'string' ? payload : '{}')), files };
}
