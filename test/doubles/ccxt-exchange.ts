import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A trade as ccxt gives it; any field may be missing. */
export type RawTrade = Readonly<Record<string, unknown>>;

interface Listed {
  readonly id?: string;
  readonly timestamp: number;
  readonly price: number;
  readonly amount: number;
  readonly side?: 'buy' | 'sell';
  readonly symbol: string;
}

/** The exchange behind the stand-in for ccxt. It lives in the process of the test, so it outlives the child. */
export interface CcxtExchange {
  /** URL of the module that speaks ccxt's interface and finds this exchange. */
  readonly module: string;
  /** Lists a trade, and streams it. */
  trade(symbol: string, price: number, amount: number, more?: Partial<Listed> & { readonly quiet?: boolean }): Listed;
  /** Streams rows as they are. */
  stream(topic: string, rows: readonly unknown[]): void;
  /** Makes requests of a path fail until told otherwise. */
  refuse(path: string, failure?: { readonly kind: string; readonly text: string }): void;
  fail(topic: string, kind: string, text: string): void;
  /** Streams the topic to nobody who has subscribed so far. */
  mute(topic: string): void;
  fault(kind: 'crash' | 'hang' | 'hog'): void;
  /** Cuts all sockets. */
  cut(): void;
  addMarket(key: string, market: RawTrade): void;
  readonly requests: readonly string[];
  subscribed(topic: string): number;
  /** How often it was subscribed to so far. */
  subscriptions(topic: string): number;
  /** Resolves when all that was streamed was read. */
  sync(): Promise<void>;
  stop(): Promise<void>;
}

const market = (base: string, quote: string) => ({
  ...{ symbol: `${base}/${quote}`, base, quote, type: 'spot', active: true },
  precision: { price: 0.01, amount: 0.0001 },
});
const MARKETS: Readonly<Record<string, RawTrade>> = {
  'BTC/USDT': market('BTC', 'USDT'),
  'ETH/USDT': market('ETH', 'USDT'),
  'BTC/USDT:USDT': {
    ...{ ...market('BTC', 'USDT'), symbol: 'BTC/USDT:USDT', type: 'swap', linear: true, contractSize: 0.001 },
    precision: { price: 0.1, amount: 1 },
  },
  'BTC/USD:BTC': { ...market('BTC', 'USD'), symbol: 'BTC/USD:BTC', type: 'swap', linear: false, contractSize: 100 },
  'BTC/USDT-C': { ...market('BTC', 'USDT'), symbol: 'BTC/USDT-C', type: 'option' },
};
const FRAMES: Readonly<Record<string, number>> = { '1m': 60_000, '5m': 300_000, '1h': 3_600_000, '1d': 86_400_000 };
const MOST_TRADES = 100;

/** @param options `now`: ms by the exchange's clock */
export async function startCcxtExchange(options: { readonly now: () => number }): Promise<CcxtExchange> {
  const trades = new Map<string, Listed[]>();
  const markets: Record<string, RawTrade> = { ...MARKETS };
  const refused = new Map<string, { readonly kind: string; readonly text: string }>();
  const requests: string[] = [];
  const topics = new Map<WebSocket, Set<string>>();
  const counts = new Map<string, number>();
  const syncs = new Map<number, () => void>();
  let nextId = 1;
  let nextSync = 1;

  const server = createServer((request, response) => answer(request, response));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    topics.set(socket, new Set());
    socket.on('message', (data) => take(socket, JSON.parse(String(data)) as Readonly<Record<string, unknown>>));
    socket.on('close', () => {
      topics.delete(socket);
      for (const done of syncs.values()) done();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function take(socket: WebSocket, message: Readonly<Record<string, unknown>>): void {
    if (typeof message.subscribe === 'string') {
      topics.get(socket)?.add(message.subscribe);
      counts.set(message.subscribe, (counts.get(message.subscribe) ?? 0) + 1);
    }
    if (typeof message.unsubscribe === 'string') topics.get(socket)?.delete(message.unsubscribe);
    if (typeof message.synced === 'number') syncs.get(message.synced)?.();
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    requests.push(
      `${pathname}${searchParams.size > 0 ? ` ${searchParams.get('symbol')} ${searchParams.get('since')}` : ''}`,
    );
    const failure = refused.get(pathname);
    response.statusCode = failure ? 500 : 200;
    response.setHeader('connection', 'close').end(JSON.stringify(failure ?? content(pathname, searchParams)));
  }

  function content(path: string, query: URLSearchParams): unknown {
    if (path === '/markets') return markets;
    if (path === '/tickers') {
      return Object.fromEntries([...trades].map(([symbol, list]) => [symbol, { symbol, quoteVolume: worthOf(list) }]));
    }
    const all = trades.get(query.get('symbol') ?? '') ?? [];
    const since = Number(query.get('since') ?? 0);
    if (path === '/trades') return all.filter(({ timestamp }) => timestamp >= since).slice(0, MOST_TRADES);
    return rowsOf(all, FRAMES[query.get('frame') ?? ''])
      .filter(([start]) => start >= since)
      .slice(0, Number(query.get('limit')));
  }

  function stream(topic: string, rows: readonly unknown[]): void {
    for (const [socket, carried] of topics) if (carried.has(topic)) socket.send(JSON.stringify({ topic, rows }));
  }

  function broadcast(message: object): void {
    for (const socket of topics.keys()) socket.send(JSON.stringify(message));
  }

  return {
    module: `${new URL('./ccxt-module/index.ts', import.meta.url).href}?url=${url}`,
    trade(symbol, price, amount, { quiet, ...more } = {}) {
      const listed: Listed = {
        ...{ id: String(nextId++), timestamp: options.now(), price, amount, side: 'buy', symbol },
        ...more,
      };
      trades.set(symbol, [...(trades.get(symbol) ?? []), listed]);
      if (!quiet) stream(`trades ${symbol}`, [listed]);
      return listed;
    },
    stream,
    refuse: (path, failure) => void (failure ? refused.set(path, failure) : refused.delete(path)),
    fail: (topic, kind, text) => broadcast({ error: { topic, kind, text } }),
    mute(topic) {
      for (const carried of topics.values()) carried.delete(topic);
    },
    fault: (kind) => broadcast({ fault: kind }),
    cut() {
      for (const socket of topics.keys()) socket.terminate();
    },
    addMarket(key, one) {
      markets[key] = one;
    },
    requests,
    subscribed: (topic) => [...topics.values()].filter((carried) => carried.has(topic)).length,
    subscriptions: (topic) => counts.get(topic) ?? 0,
    async sync() {
      const waits = [...topics.keys()].map(
        (socket) =>
          new Promise<void>((resolve) => {
            const id = nextSync++;
            syncs.set(id, () => {
              syncs.delete(id);
              resolve();
            });
            socket.send(JSON.stringify({ sync: id }));
          }),
      );
      await Promise.all(waits);
    },
    async stop() {
      for (const socket of topics.keys()) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const worthOf = (trades: readonly Listed[]): number =>
  trades.reduce((sum, { price, amount }) => sum + price * amount, 0);

/** Bars as ccxt gives them: none where nothing was traded, the running one included. */
function rowsOf(trades: readonly Listed[], length: number): [number, number, number, number, number, number][] {
  const rows = new Map<number, [number, number, number, number, number, number]>();
  for (const { timestamp, price, amount } of trades) {
    const start = timestamp - (timestamp % length);
    const row = rows.get(start) ?? [start, price, price, price, price, 0];
    rows.set(start, [start, row[1], Math.max(row[2], price), Math.min(row[3], price), price, row[5] + amount]);
  }
  return [...rows.values()];
}
