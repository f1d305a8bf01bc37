import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** What the doubles of Binance's markets have in common: combined sockets with their acks, and HTTP that can fail. */
export interface BinanceServer {
  readonly wsUrl: string;
  readonly restUrl: string;
  /** Sends a text to who subscribed to the stream, on one path where given. */
  stream(name: string, text: string, path?: string): void;
  /** Sends any text to every client, or those of one path. */
  push(frame: string, path?: string): void;
  ping(payload?: string): void;
  /** Breaks every socket, or those of one path. */
  cutAll(path?: string): void;
  /** Breaks those that carry a stream. */
  cutCarrying(stream: string): void;
  refuseConnections(refuse: boolean): void;
  /** The sockets stay open and say nothing: no frames, no answers, no pongs. */
  mute(on: boolean): void;
  /** The next `n` REST requests, or those for `what`, fail; `retryAfter` in seconds. */
  failRest(n: number, status: number, retryAfter?: number, what?: string): void;
  /** Streams that are subscribed now, over all clients, or those of one path. */
  subscriptions(path?: string): string[];
  clients(): number;
  /** The streams of each client, oldest first. */
  carried(): readonly (readonly string[])[];
  /** Resolves as soon as somebody is subscribed to the stream. */
  subscribed(stream: string): Promise<void>;
  /** REST requests, oldest first. */
  readonly requests: {
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly status: number;
  }[];
  /** Everything that clients sent over sockets, oldest first; pongs as `pong:<payload>`. */
  readonly inbound: { readonly at: number; readonly text: string }[];
  stop(): Promise<void>;
}

export interface BinanceServerOptions {
  readonly port?: number | undefined;
  /** The venue's time in ms. */
  readonly now: () => number;
  /** Where sockets are taken. */
  readonly paths: readonly string[];
  answer(path: string, query: Readonly<Record<string, string>>): [status: number, body: unknown];
  headers?(): Readonly<Record<string, string>>;
}

interface Client {
  readonly path: string;
  readonly socket: WebSocket;
  readonly streams: Set<string>;
}

export async function startBinanceServer(options: BinanceServerOptions): Promise<BinanceServer> {
  const { now } = options;
  const clients = new Set<Client>();
  const waiters: { readonly stream: string; readonly resolve: () => void }[] = [];
  const requests: BinanceServer['requests'] = [];
  const inbound: BinanceServer['inbound'] = [];
  let refusing = false;
  let muted = false;
  let failing: { left: number; status: number; retryAfter?: number; what?: string | undefined } = {
    left: 0,
    status: 500,
  };

  function onMessage(client: Client, text: string): void {
    inbound.push({ at: now(), text });
    if (!muted) client.socket.send(JSON.stringify(answerTo(client, text)));
  }

  function answerTo(client: Client, text: string): object {
    let request: { method?: unknown; params?: unknown; id?: unknown };
    try {
      request = JSON.parse(text);
    } catch {
      return { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' };
    }
    const { method, params, id } = request;
    const refuse = (msg: string) => ({ code: 2, msg: `Invalid request: ${msg}`, id: id ?? null });
    if (typeof id !== 'number' && typeof id !== 'string' && id != null) return refuse('request ID must be an integer');
    if (method === 'LIST_SUBSCRIPTIONS') return { result: [...client.streams], id };
    if (method !== 'SUBSCRIBE' && method !== 'UNSUBSCRIBE') return refuse(`unknown variant \`${String(method)}\``);
    if (!Array.isArray(params) || params.length === 0) return refuse('missing field `params`');
    if (params.some((one) => typeof one !== 'string' || !/^[A-Za-z0-9!@_]+$/.test(one)))
      return refuse('invalid stream');
    for (const stream of params) {
      if (method === 'SUBSCRIBE') {
        client.streams.add(stream);
        for (const waiter of waiters) if (waiter.stream === stream) waiter.resolve();
      } else client.streams.delete(stream);
    }
    return { result: null, id };
  }

  const server = createServer((request, response) => onRequest(request, response));
  const sockets = new WebSocketServer({ noServer: true, autoPong: false });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://double');
    if (refusing || !options.paths.includes(url.pathname)) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const client: Client = {
        path: url.pathname,
        socket: ws,
        streams: new Set(url.searchParams.get('streams')?.split('/')),
      };
      clients.add(client);
      ws.on('message', (data) => onMessage(client, data.toString()));
      ws.on('ping', (payload: Buffer) => {
        inbound.push({ at: now(), text: `ping:${payload}` });
        if (!muted) ws.pong(payload);
      });
      ws.on('pong', (payload: Buffer) => inbound.push({ at: now(), text: `pong:${payload}` }));
      ws.on('error', () => clients.delete(client));
      ws.on('close', () => clients.delete(client));
    });
  });

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://double');
    const query = Object.fromEntries(url.searchParams);
    const headers: Record<string, string> = { 'content-type': 'application/json', ...options.headers?.() };
    let [status, body] = [failing.status, { code: -1003, msg: 'as told' } as unknown];
    if (failing.left > 0 && url.pathname.endsWith(failing.what ?? '')) {
      failing.left--;
      if (failing.retryAfter !== undefined) headers['retry-after'] = String(failing.retryAfter);
    } else [status, body] = options.answer(url.pathname, query);
    requests.push({ path: url.pathname, query, status });
    response.writeHead(status, headers);
    response.end(JSON.stringify(body));
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const on = (path: string | undefined) => [...clients].filter((client) => path === undefined || client.path === path);

  function cut(those: readonly Client[]): void {
    for (const client of those) {
      client.socket.terminate();
      clients.delete(client);
    }
  }

  return {
    wsUrl: `ws://127.0.0.1:${port}`,
    restUrl: `http://127.0.0.1:${port}`,
    stream(name, text, path) {
      if (muted) return;
      for (const client of clients) {
        if (client.streams.has(name) && (path === undefined || client.path === path)) client.socket.send(text);
      }
    },
    push(text, path) {
      for (const client of on(path)) client.socket.send(text);
    },
    ping(payload = String(now())) {
      for (const client of clients) client.socket.ping(payload);
    },
    cutAll: (path) => cut(on(path)),
    cutCarrying: (stream) => cut([...clients].filter(({ streams }) => streams.has(stream))),
    refuseConnections(refuse) {
      refusing = refuse;
    },
    mute(isMute) {
      muted = isMute;
    },
    failRest(n, status, retryAfter, what) {
      failing = { left: n, status, what, ...(retryAfter !== undefined && { retryAfter }) };
    },
    subscriptions: (path) => [...new Set(on(path).flatMap((client) => [...client.streams]))].sort(),
    clients: () => clients.size,
    carried: () => [...clients].map(({ streams }) => [...streams]),
    subscribed: (stream) =>
      new Promise((resolve) => {
        if ([...clients].some((client) => client.streams.has(stream))) resolve();
        else waiters.push({ stream, resolve });
      }),
    requests,
    inbound,
    async stop() {
      for (const client of clients) client.socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
