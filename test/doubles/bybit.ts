import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type BybitMarket, type BybitRoute, type BybitTrade, createBybitMarket, tradeFrame } from './bybit-market.ts';
import { answerBybit, type BybitListing } from './bybit-rest.ts';

export interface BybitTradeOptions {
  /** ms; default: `now()`. */
  readonly ts?: number;
  readonly side?: 'Buy' | 'Sell';
  readonly isBlock?: boolean;
  /** False: the venue has it, but it is not streamed. Default true. */
  readonly send?: boolean;
}

export interface BybitDouble {
  /** The paths of the routes come after it. */
  readonly wsUrl: string;
  readonly restUrl: string;
  /** What is listed; may be changed. */
  readonly listings: Readonly<Record<BybitRoute, BybitListing[]>>;
  /** Topics that a new socket has without asking. */
  readonly standing: Set<string>;
  market(route: BybitRoute, wire: string): BybitMarket;
  /** Makes a trade: kept for REST, streamed to whoever subscribed. */
  trade(route: BybitRoute, wire: string, price: number, size: number, options?: BybitTradeOptions): BybitTrade;
  /** Streams a text to whoever subscribed to the topic. */
  publish(route: BybitRoute, topic: string, text: string): void;
  /** Sends any text to every client. */
  push(text: string): void;
  /** Breaks every socket. */
  cutAll(): void;
  /** Closes every socket in good order, as before a release. */
  closeAll(): void;
  refuseConnections(refuse: boolean): void;
  /** The sockets stay open and say nothing; `pongs`: but for pongs of the protocol. */
  mute(on: boolean, pongs?: boolean): void;
  /** A slow socket: what it would say waits until this is false again. */
  hold(on: boolean): void;
  /** Whether answers to requests repeat their ids; the venue leaves them out of some refusals. */
  nameRequests(on: boolean): void;
  /** The next `n` REST requests fail with a status, or with a `retCode` in an answer of status 200. */
  failRest(n: number, how: { readonly status?: number; readonly retCode?: number; readonly retryAfter?: number }): void;
  /** Most rows on a page of the linear list. */
  listPage(rows: number): void;
  /** Topics that are subscribed now, over all clients: `linear publicTrade.BTCUSDT`. */
  subscriptions(): string[];
  /** The topics of each client, oldest first. */
  carried(): readonly (readonly string[])[];
  clients(): number;
  readonly requests: { readonly path: string; readonly query: Readonly<Record<string, string>>; readonly at: number }[];
  /** Everything that clients sent over sockets, oldest first. */
  readonly inbound: { readonly at: number; readonly route: BybitRoute; readonly text: string }[];
  stop(): Promise<void>;
}

interface Client {
  readonly socket: WebSocket;
  readonly route: BybitRoute;
  readonly topics: Set<string>;
  readonly held: string[];
}

const MOST_SPOT_ARGS = 10;
const MOST_CHARS = 21_000;

/** A venue on loopback that speaks Bybit's v5 protocol: the spot and linear sockets, and REST. */
export async function startBybitDouble(options: { readonly now?: () => number } = {}): Promise<BybitDouble> {
  const now = options.now ?? Date.now;
  const listings: Record<BybitRoute, BybitListing[]> = {
    spot: [listing('BTC', 'USDT'), listing('ETH', 'USDT'), listing('ETH', 'BTC')],
    linear: [
      listing('BTC', 'USDT'),
      { symbol: 'BTCPERP', base: 'BTC', quote: 'USDC' },
      { symbol: 'BTCUSDT-25DEC26', base: 'BTC', quote: 'USDT', isDated: true },
      listing('ETH', 'USDT'),
    ],
  };
  const markets = new Map<string, BybitMarket>();
  const standing = new Set<string>();
  const clients = new Set<Client>();
  const requests: BybitDouble['requests'] = [];
  const inbound: BybitDouble['inbound'] = [];
  let [refusing, muted, ponging, holding, naming, pageRows, seq] = [false, false, true, false, true, 1000, 0];
  let failing = { left: 0, how: {} as { status?: number; retCode?: number; retryAfter?: number } };

  function market(route: BybitRoute, wire: string): BybitMarket {
    const key = `${route} ${wire}`;
    const found = markets.get(key) ?? createBybitMarket(route, wire);
    markets.set(key, found);
    return found;
  }

  function say(client: Client, text: string): void {
    if (muted) return;
    if (holding) client.held.push(text);
    else client.socket.send(text);
  }

  function publish(route: BybitRoute, topic: string, text: string): void {
    for (const client of clients) if (client.route === route && client.topics.has(topic)) say(client, text);
  }

  function onMessage(client: Client, text: string): void {
    inbound.push({ at: now(), route: client.route, text });
    const request = parse(text);
    const conn_id = 'd8bu1olkndm7crnfs1e0-j6akw';
    if (request?.op === 'ping') {
      say(client, JSON.stringify({ success: true, ret_msg: 'pong', conn_id, req_id: '', op: 'ping' }));
      return;
    }
    const { op, args = [], req_id = '' } = request ?? {};
    const refusal = refusalOf(client, op, args);
    if (refusal === undefined) for (const arg of args) change(client, op === 'subscribe', arg);
    const quiet = client.route === 'spot' ? 'subscribe' : '';
    const answer = { success: refusal === undefined, ret_msg: refusal ?? quiet, conn_id, op: op ?? '' };
    say(client, JSON.stringify(naming ? { ...answer, req_id } : answer));
    if (op !== 'subscribe' || refusal !== undefined) return;
    for (const arg of args) {
      if (arg.startsWith('orderbook.')) say(client, market(client.route, wireOf(arg)).snapshot(now()));
    }
  }

  /** The whole request is refused for one bad topic. */
  function refusalOf({ route, topics }: Client, op: string | undefined, args: readonly string[]): string | undefined {
    if (op !== 'subscribe' && op !== 'unsubscribe') return 'error:invalid op';
    if (route === 'spot' && args.length > MOST_SPOT_ARGS) return 'args size >10';
    const bad = args.find((arg) => !isTopic(route, arg));
    if (bad !== undefined) return `error:handler not found,topic:${bad}`;
    if (op === 'unsubscribe') return undefined;
    const twice = args.find((arg) => topics.has(arg));
    if (twice !== undefined) return `error:already subscribed,topic:${twice}`;
    return JSON.stringify([...topics, ...args]).length > MOST_CHARS ? 'args too long' : undefined;
  }

  function isTopic(route: BybitRoute, topic: string): boolean {
    const channels = ['publicTrade', 'orderbook.200', 'tickers', ...(route === 'linear' ? ['allLiquidation'] : [])];
    const isListed = listings[route].some(({ symbol }) => symbol === wireOf(topic));
    return isListed && channels.includes(topic.slice(0, topic.lastIndexOf('.')));
  }

  const server = createServer((request, response) => onRequest(request, response));
  const sockets = new WebSocketServer({ noServer: true, autoPong: false });
  server.on('upgrade', (request, socket, head) => {
    const route = request.url === '/spot' ? 'spot' : request.url === '/linear' ? 'linear' : undefined;
    if (refusing || !route) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const client: Client = { socket: ws, route, topics: new Set(standing), held: [] };
      clients.add(client);
      ws.on('message', (data) => onMessage(client, data.toString()));
      ws.on('ping', (payload: Buffer) => {
        if (ponging) ws.pong(payload);
      });
      ws.on('error', () => clients.delete(client));
      ws.on('close', () => clients.delete(client));
    });
  });

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://double');
    const query = Object.fromEntries(url.searchParams);
    requests.push({ path: url.pathname, query, at: now() });
    const { status = 200, retCode, retryAfter } = failing.left-- > 0 ? failing.how : {};
    const isFailing = status !== 200 || retCode !== undefined;
    const state = { listings, listPage: () => pageRows, market, now };
    const body = isFailing ? { retCode, retMsg: 'as told', result: {} } : answerBybit(url.pathname, query, state);
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    });
    response.end(JSON.stringify(body));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    wsUrl: `ws://127.0.0.1:${port}`,
    restUrl: `http://127.0.0.1:${port}`,
    listings,
    standing,
    market,
    trade(route, wire, price, size, { ts = now(), side = 'Buy', isBlock = false, send = true } = {}) {
      const one = market(route, wire);
      seq += 2;
      const trade = { id: one.nextId(), ts, price: String(price), size: String(size), side, isBlock, seq };
      one.trades.push(trade);
      if (send) publish(route, `publicTrade.${wire}`, tradeFrame(route, wire, [trade]));
      return trade;
    },
    publish,
    push(text) {
      for (const client of clients) say(client, text);
    },
    cutAll() {
      for (const client of clients) client.socket.terminate();
      clients.clear();
    },
    closeAll() {
      for (const client of clients) client.socket.close(1001, 'going away');
    },
    refuseConnections(refuse) {
      refusing = refuse;
    },
    mute(on, pongs = !on) {
      [muted, ponging] = [on, pongs];
    },
    hold(on) {
      holding = on;
      if (!on) for (const client of clients) for (const text of client.held.splice(0)) client.socket.send(text);
    },
    nameRequests(on) {
      naming = on;
    },
    failRest(n, how) {
      failing = { left: n, how };
    },
    listPage(rows) {
      pageRows = rows;
    },
    subscriptions: () =>
      [...clients].flatMap(({ route, topics }) => [...topics].map((one) => `${route} ${one}`)).sort(),
    carried: () => [...clients].map(({ topics }) => [...topics]),
    clients: () => clients.size,
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

function listing(base: string, quote: string): BybitListing {
  return { symbol: `${base}${quote}`, base, quote };
}

function change({ topics }: Client, isSubscribed: boolean, topic: string): void {
  if (isSubscribed) topics.add(topic);
  else topics.delete(topic);
}

function wireOf(topic: string): string {
  return topic.slice(topic.lastIndexOf('.') + 1);
}

function parse(text: string): { op?: string; args?: string[]; req_id?: string } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
