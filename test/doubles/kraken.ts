import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../engine/clock.ts';
import { createDoubleBook, type DoubleBook, type DoubleLevel } from './kraken-book.ts';
import { type DoublePair, PAIRS } from './kraken-pairs.ts';
import { type DoubleTrade, restBody } from './kraken-rest.ts';

export interface TradeOptions {
  /** ms, with a fraction down to the microsecond; default: now. */
  readonly ts?: number;
  readonly side?: 'buy' | 'sell';
  /** False: the venue has it, but it is not streamed. Default true. */
  readonly send?: boolean;
}

export interface KrakenDouble {
  readonly wsUrl: string;
  readonly restUrl: string;
  /** What AssetPairs lists; may be changed. */
  readonly pairs: DoublePair[];
  /** Makes a trade: kept for REST, streamed to whoever subscribed. Returns its id. */
  trade(wire: string, price: number, size: number, options?: TradeOptions): number;
  tradesOf(wire: string): readonly DoubleTrade[];
  /** The frame in which trades are streamed. */
  frame(wire: string, trades: readonly DoubleTrade[], type?: 'snapshot' | 'update'): string;
  /** The order book as it stands, without telling anybody. */
  setBook(wire: string, bids: readonly DoubleLevel[], asks: readonly DoubleLevel[]): void;
  /** The venue writes its prices and sizes with so many digits from now on; its book begins empty. */
  setDigits(wire: string, priceDigits: number, sizeDigits: number): void;
  /** Changes it and streams the change; `spoil` changes the frames before they go out, undefined keeps one back. */
  changeBook(
    wire: string,
    bids: readonly DoubleLevel[],
    asks: readonly DoubleLevel[],
    spoil?: (frame: string) => string | undefined,
  ): void;
  /** Sends any text to every client. */
  push(frame: string): void;
  /** Tells every client the state of the venue: `maintenance`. */
  status(system: string): void;
  /** Breaks every socket; with a code it says goodbye. */
  cutAll(code?: number): void;
  refuseConnections(refuse: boolean): void;
  /** The sockets stay open and say nothing: no frames, no answers, no heartbeats, no pongs. */
  mute(on: boolean): void;
  /** Everything comes so much later, in ms. */
  lag(ms: number): void;
  /** The next `n` REST requests fail: by status, or with 200 and an error in the body. `retryAfter` in seconds. */
  failRest(n: number, how: { readonly status?: number; readonly error?: string; readonly retryAfter?: number }): void;
  /** What is subscribed now, over all clients: `book:BTC/USD`. */
  subscriptions(): string[];
  clients(): number;
  /** REST requests, oldest first. */
  readonly requests: { at: number; what: string; query: Readonly<Record<string, string>>; status: number }[];
  /** What clients sent over sockets, oldest first. */
  readonly inbound: { readonly at: number; readonly text: string }[];
  stop(): Promise<void>;
}

interface Client {
  readonly socket: WebSocket;
  /** Depth of books, 0 for trades, by name. */
  readonly topics: Map<string, number>;
}

const DEPTHS = [10, 25, 100, 500, 1000];
const FIRST_ID = 5001;
const SNAPSHOT_TRADES = 50;

/** A venue on loopback that speaks Kraken's protocols: sockets of version 2, and REST. */
export async function startKrakenDouble(clock: Clock): Promise<KrakenDouble> {
  const pairs = [...PAIRS];
  const trades = new Map<string, DoubleTrade[]>();
  const books = new Map<string, DoubleBook>();
  const clients = new Set<Client>();
  const requests: KrakenDouble['requests'] = [];
  const inbound: KrakenDouble['inbound'] = [];
  let [isRefusing, isMuted, isStopped, lagMs, system] = [false, false, false, 0, 'online'];
  let failing: { left: number; status?: number; error?: string; retryAfter?: number } = { left: 0 };

  const pairOf = (wire: string): DoublePair => pairs.find((pair) => pair.wire === wire)!;
  const timeText = (us: number): string =>
    `${new Date(Math.floor(us / 1000)).toISOString().slice(0, -1)}${String(us % 1000).padStart(3, '0')}Z`;
  const nowText = (): string => timeText(clock.now() * 1000);

  function tradesOf(wire: string): DoubleTrade[] {
    const list = trades.get(wire) ?? [];
    trades.set(wire, list);
    return list;
  }

  function bookOf(wire: string): DoubleBook {
    const book = books.get(wire) ?? createDoubleBook(pairOf(wire));
    books.set(wire, book);
    return book;
  }

  function send({ socket }: Client, text: string): void {
    if (isMuted) return;
    if (lagMs === 0) socket.send(text);
    else clock.after(lagMs, () => socket.send(text));
  }

  const statusText = (): string =>
    `{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"${system}","api_version":"v2","connection_id":769405522530892351}]}`;

  function frame(wire: string, list: readonly DoubleTrade[], type: 'snapshot' | 'update' = 'update'): string {
    const data = list.map(
      ({ id, us, price, size, side }) =>
        `{"symbol":"${wire}","side":"${side}","price":${price},"qty":${size},"ord_type":"limit","trade_id":${id},"timestamp":"${timeText(us)}"}`,
    );
    return `{"channel":"trade","type":"${type}","data":[${data.join(',')}]}`;
  }

  function onMessage(client: Client, text: string): void {
    inbound.push({ at: clock.now(), text });
    const request = JSON.parse(text) as { method: string; params?: Record<string, unknown>; req_id?: number };
    const { method, params = {}, req_id } = request;
    const timed = { time_in: nowText(), time_out: nowText(), ...(req_id !== undefined && { req_id }) };
    if (method === 'ping') send(client, JSON.stringify({ method: 'pong', ...timed }));
    for (const symbol of (params.symbol ?? []) as string[]) {
      const error = refusalOf(client, method, params, symbol);
      if (error !== undefined) {
        send(client, JSON.stringify({ error, method, success: false, symbol, ...timed }));
        continue;
      }
      const { channel, depth, snapshot } = params;
      const result = { channel, ...(depth !== undefined && { depth }), snapshot, symbol };
      send(client, JSON.stringify({ method, result, success: true, ...timed }));
      if (method === 'unsubscribe') client.topics.delete(`${channel}:${symbol}`);
      else begin(client, channel as string, symbol, Number(depth ?? 0));
    }
  }

  function begin(client: Client, channel: string, symbol: string, depth: number): void {
    client.topics.set(`${channel}:${symbol}`, depth);
    if (channel === 'book') send(client, bookOf(symbol).snapshot(depth, nowText()));
    else if (tradesOf(symbol).length > 0)
      send(client, frame(symbol, tradesOf(symbol).slice(-SNAPSHOT_TRADES), 'snapshot'));
  }

  function refusalOf(
    client: Client,
    method: string,
    params: Record<string, unknown>,
    symbol: string,
  ): string | undefined {
    const { channel, depth } = params;
    const isRunning = client.topics.has(`${channel}:${symbol}`);
    if (channel !== 'trade' && channel !== 'book') return `Channel ${channel} not supported`;
    if (channel === 'book' && !DEPTHS.includes(Number(depth))) return `Subscription depth not supported`;
    if (!pairOf(symbol)) return `Currency pair not supported ${symbol}`;
    if (method === 'unsubscribe') return isRunning ? undefined : 'Subscription Not Found';
    return isRunning ? 'Already subscribed' : undefined;
  }

  function beat(): void {
    if (isStopped) return;
    for (const client of clients) if (client.topics.size > 0) send(client, '{"channel":"heartbeat"}');
    clock.after(1000, beat);
  }

  const server = createServer((request, response) => onRequest(request, response));
  const sockets = new WebSocketServer({ noServer: true, autoPong: false });
  server.on('upgrade', (request, socket, head) => {
    if (isRefusing || request.url !== '/v2') {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const client: Client = { socket: ws, topics: new Map() };
      clients.add(client);
      ws.on('message', (data) => onMessage(client, data.toString()));
      ws.on('ping', (payload: Buffer) => !isMuted && ws.pong(payload));
      ws.on('error', () => clients.delete(client));
      ws.on('close', () => clients.delete(client));
      send(client, statusText());
    });
  });

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://double');
    const query = Object.fromEntries(url.searchParams);
    const what = url.pathname.replace('/0/public/', '');
    let [status, body] = [200, restBody(what, query, pairs, tradesOf, clock.now())];
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (failing.left > 0) {
      failing.left--;
      status = failing.status ?? 200;
      body = { error: [failing.error ?? 'EService:Unavailable'] };
      if (failing.retryAfter !== undefined) headers['retry-after'] = String(failing.retryAfter);
    } else if (!body) [status, body] = [404, { error: ['EGeneral:Unknown method'] }];
    requests.push({ at: clock.now(), what, query, status });
    response.writeHead(status, headers);
    response.end(JSON.stringify(body));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  beat();

  function stream(name: string, text: (depth: number) => string | undefined): void {
    for (const client of clients) {
      const depth = client.topics.get(name);
      const made = depth === undefined ? undefined : text(depth);
      if (made !== undefined) send(client, made);
    }
  }

  return {
    wsUrl: `ws://127.0.0.1:${port}/v2`,
    restUrl: `http://127.0.0.1:${port}`,
    pairs,
    trade(wire, price, size, { ts = clock.now(), side = 'buy', send: isSent = true } = {}) {
      const list = tradesOf(wire);
      const { priceDigits, sizeDigits } = pairOf(wire);
      const id = (list.at(-1)?.id ?? FIRST_ID - 1) + 1;
      const us = Math.round(ts * 1000);
      const made = { id, us, price: price.toFixed(priceDigits), size: size.toFixed(sizeDigits), side };
      list.push(made);
      if (isSent) stream(`trade:${wire}`, () => frame(wire, [made]));
      return id;
    },
    tradesOf,
    frame,
    setBook: (wire, bids, asks) => bookOf(wire).set(bids, asks),
    setDigits(wire, priceDigits, sizeDigits) {
      pairs[pairs.indexOf(pairOf(wire))] = { ...pairOf(wire), priceDigits, sizeDigits };
      books.delete(wire);
    },
    changeBook(wire, bids, asks, spoil = (text) => text) {
      const write = bookOf(wire).change(bids, asks, nowText());
      stream(`book:${wire}`, (depth) => spoil(write(depth)));
    },
    push(text) {
      for (const client of clients) send(client, text);
    },
    status(state) {
      system = state;
      for (const client of clients) send(client, statusText());
    },
    cutAll(code) {
      for (const { socket } of clients) code === undefined ? socket.terminate() : socket.close(code);
      clients.clear();
    },
    refuseConnections(refuse) {
      isRefusing = refuse;
    },
    mute(on) {
      isMuted = on;
    },
    lag(ms) {
      lagMs = ms;
    },
    failRest(n, how) {
      failing = { left: n, ...how };
    },
    subscriptions: () => [...new Set([...clients].flatMap(({ topics }) => [...topics.keys()]))].sort(),
    clients: () => clients.size,
    requests,
    inbound,
    async stop() {
      isStopped = true;
      for (const { socket } of clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
