import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Bar } from '../../engine/market/events.ts';
import { createDoubleBook, type DoubleBook, type DoubleLevel } from './binance-depth.ts';
import { klineRows } from './binance-klines.ts';
import { aggTrade, restTrade, symbolInfo, wire } from './binance-rows.ts';

/** A trade as the venue keeps it. */
export interface DoubleTrade {
  readonly id: number;
  readonly ts: number;
  /** As on the wire: a decimal in a string. */
  readonly price: string;
  readonly size: string;
  readonly buyerMaker: boolean;
}

export interface TradeOptions {
  /** ms; default: `now()`. */
  readonly ts?: number;
  readonly buyerMaker?: boolean;
  /** False: the venue has it, but it is not streamed. Default true. */
  readonly send?: boolean;
}

export interface BinanceDouble {
  readonly wsUrl: string;
  readonly restUrl: string;
  /** What exchangeInfo lists, upper case; may be changed. */
  readonly symbols: string[];
  /** Makes a trade: kept for REST, streamed to whoever subscribed. Returns its id. */
  trade(symbol: string, price: number | string, size: number | string, options?: TradeOptions): number;
  /** Trades that happened before anybody listened; ids as given or in order. */
  preload(symbol: string, trades: readonly (Omit<DoubleTrade, 'id'> & { readonly id?: number })[]): void;
  /** Klines older than all trades, for this base interval in ms (default 1m). */
  setHistory(symbol: string, bars: readonly Bar[], interval?: number): void;
  /** The order book as it stands, without telling anybody. */
  setBook(symbol: string, bids: readonly DoubleLevel[], asks: readonly DoubleLevel[]): void;
  /** Changes it and streams the change, unless told not to. Returns the frame. */
  changeBook(symbol: string, bids: readonly DoubleLevel[], asks: readonly DoubleLevel[], send?: boolean): string;
  tradesOf(symbol: string): readonly DoubleTrade[];
  /** The frame in which a trade is streamed. */
  frame(symbol: string, trade: DoubleTrade): string;
  /** Sends any text to every client. */
  push(frame: string): void;
  ping(payload?: string): void;
  /** Breaks every socket. */
  cutAll(): void;
  refuseConnections(refuse: boolean): void;
  /** The sockets stay open and say nothing: no frames, no answers, no pongs. */
  mute(on: boolean): void;
  /** The next `n` REST requests, or those for `what`, fail; `retryAfter` in seconds. */
  failRest(n: number, status: number, retryAfter?: number, what?: string): void;
  /** Streams that are subscribed now, over all clients. */
  subscriptions(): string[];
  clients(): number;
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

export interface BinanceDoubleOptions {
  readonly port?: number;
  /** The venue's time in ms; default: the machine's. */
  readonly now?: () => number;
  readonly symbols?: readonly string[];
}

interface Client {
  readonly socket: WebSocket;
  readonly streams: Set<string>;
}

const START_ID = 1001;

/** A venue on loopback that speaks Binance's spot protocol: combined stream and REST. */
export async function startBinanceDouble(options: BinanceDoubleOptions = {}): Promise<BinanceDouble> {
  const now = options.now ?? Date.now;
  const symbols = [...(options.symbols ?? ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'ETHBTC'])];
  const trades = new Map<string, DoubleTrade[]>();
  const histories = new Map<string, { bars: readonly Bar[]; interval: number }>();
  const books = new Map<string, DoubleBook>();
  const clients = new Set<Client>();
  const waiters: { readonly stream: string; readonly resolve: () => void }[] = [];
  const requests: BinanceDouble['requests'] = [];
  const inbound: BinanceDouble['inbound'] = [];
  let refusing = false;
  let muted = false;
  let failing: { left: number; status: number; retryAfter?: number; what?: string | undefined } = {
    left: 0,
    status: 500,
  };

  const listOf = (symbol: string): DoubleTrade[] => {
    const key = symbol.toUpperCase();
    const list = trades.get(key) ?? [];
    trades.set(key, list);
    return list;
  };

  const bookOf = (symbol: string): DoubleBook => {
    const book = books.get(symbol) ?? createDoubleBook(symbol);
    books.set(symbol, book);
    return book;
  };

  const stream = (name: string, text: string): void => {
    if (muted) return;
    for (const client of clients) if (client.streams.has(name)) client.socket.send(text);
  };

  function frame(symbol: string, trade: DoubleTrade): string {
    const { id: t, price: p, size: q, ts: T, buyerMaker: m } = trade;
    const data = { e: 'trade', E: T + 1, s: symbol.toUpperCase(), t, p, q, T, m, M: true };
    return JSON.stringify({ stream: `${symbol.toLowerCase()}@trade`, data });
  }

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
    if (params.some((one) => typeof one !== 'string' || !/^[a-z0-9!@_]+$/.test(one))) return refuse('invalid stream');
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
    if (refusing || url.pathname !== '/stream') {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const client = { socket: ws, streams: new Set(url.searchParams.get('streams')?.split('/') ?? []) };
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
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    let [status, body] = [failing.status, { code: -1003, msg: 'as told' } as unknown];
    if (failing.left > 0 && url.pathname.endsWith(failing.what ?? '')) {
      failing.left--;
      if (failing.retryAfter !== undefined) headers['retry-after'] = String(failing.retryAfter);
    } else [status, body] = answerRest(url.pathname.replace('/api/v3/', ''), query);
    requests.push({ path: url.pathname, query, status });
    response.writeHead(status, headers);
    response.end(JSON.stringify(body));
  }

  function answerRest(what: string, query: Readonly<Record<string, string>>): [status: number, body: unknown] {
    const symbol = query.symbol ?? '';
    const limit = Math.min(Number(query.limit ?? 500), 1000);
    if (['klines', 'historicalTrades', 'aggTrades', 'trades', 'depth'].includes(what) && !symbols.includes(symbol)) {
      return [400, { code: -1121, msg: 'Invalid symbol.' }];
    }
    switch (what) {
      case 'ping':
        return [200, {}];
      case 'time':
        return [200, { serverTime: now() }];
      case 'exchangeInfo':
        return [200, { timezone: 'UTC', serverTime: now(), symbols: symbols.map(symbolInfo) }];
      case 'klines': {
        const rows = klineRows(query, limit, listOf(symbol), histories.get(symbol), now());
        return rows ? [200, rows] : [400, { code: -1120, msg: 'Invalid interval.' }];
      }
      case 'historicalTrades': {
        const from = query.fromId === undefined ? undefined : Number(query.fromId);
        const list = listOf(symbol);
        const page = from === undefined ? list.slice(-limit) : list.filter((one) => one.id >= from).slice(0, limit);
        return [200, page.map(restTrade)];
      }
      case 'depth':
        return [200, bookOf(symbol).snapshot(Number(query.limit ?? 100))];
      case 'trades':
        return [200, listOf(symbol).slice(-limit).map(restTrade)];
      case 'aggTrades': {
        const start = Number(query.startTime ?? 0);
        const end = Number(query.endTime ?? Number.POSITIVE_INFINITY);
        const found = listOf(symbol).filter((one) => one.ts >= start && one.ts <= end);
        return [200, found.slice(0, limit).map(aggTrade)];
      }
      default:
        return [404, { code: -1, msg: 'not here' }];
    }
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    wsUrl: `ws://127.0.0.1:${port}`,
    restUrl: `http://127.0.0.1:${port}`,
    symbols,
    trade(symbol, price, size, { ts = now(), buyerMaker = false, send = true } = {}) {
      const list = listOf(symbol);
      const trade = {
        id: (list.at(-1)?.id ?? START_ID - 1) + 1,
        ts,
        price: wire(price),
        size: wire(size),
        buyerMaker,
      };
      list.push(trade);
      if (send) stream(`${symbol.toLowerCase()}@trade`, frame(symbol, trade));
      return trade.id;
    },
    preload(symbol, items) {
      const list = listOf(symbol);
      for (const item of items) list.push({ ...item, id: item.id ?? (list.at(-1)?.id ?? START_ID - 1) + 1 });
    },
    setHistory(symbol, bars, interval = 60_000) {
      histories.set(symbol.toUpperCase(), { bars, interval });
    },
    setBook: (symbol, bids, asks) => bookOf(symbol).set(bids, asks),
    changeBook(symbol, bids, asks, send = true) {
      const text = bookOf(symbol).change(bids, asks, now());
      if (send) stream(`${symbol.toLowerCase()}@depth@100ms`, text);
      return text;
    },
    tradesOf: listOf,
    frame,
    push(text) {
      for (const client of clients) client.socket.send(text);
    },
    ping(payload = String(now())) {
      for (const client of clients) client.socket.ping(payload);
    },
    cutAll() {
      for (const client of clients) client.socket.terminate();
      clients.clear();
    },
    refuseConnections(refuse) {
      refusing = refuse;
    },
    mute(on) {
      muted = on;
    },
    failRest(n, status, retryAfter, what) {
      failing = { left: n, status, what, ...(retryAfter !== undefined && { retryAfter }) };
    },
    subscriptions: () => [...new Set([...clients].flatMap((client) => [...client.streams]))].sort(),
    clients: () => clients.size,
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
