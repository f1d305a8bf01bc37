import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../engine/clock.ts';
import {
  candlesBody,
  type DoubleBar,
  type DoubleProduct,
  type DoubleTrade,
  productsBody,
  stamp,
  tickerBody,
  tradeRow,
} from './coinbase-rest.ts';

export interface TradeOptions {
  readonly ts?: number;
  readonly maker?: 'BUY' | 'SELL';
  /** False: the venue has it, but it is not streamed. Default true. */
  readonly send?: boolean;
}

type Level = readonly [price: number, size: number];

export interface CoinbaseDouble {
  readonly wsUrl: string;
  readonly restUrl: string;
  /** What it lists; may be changed. */
  readonly products: DoubleProduct[];
  /** Products of which subscriptions are refused, and of which they are left out of the answer. */
  readonly refused: Set<string>;
  readonly ignored: Set<string>;
  trade(product: string, price: number, size: number, options?: TradeOptions): number;
  /** Streams trades that were made with `send: false` as one frame, newest first. */
  sendBatch(product: string, ids: readonly number[]): void;
  preload(product: string, trades: readonly Omit<DoubleTrade, 'id'>[]): void;
  setHistory(product: string, bars: readonly DoubleBar[]): void;
  setBook(product: string, bids: readonly Level[], asks: readonly Level[]): void;
  /** Streams a change; price by price, size 0 deletes. */
  changeBook(product: string, bids: readonly Level[], asks: readonly Level[]): void;
  tradesOf(product: string): readonly DoubleTrade[];
  /** The next frame of each socket is numbered, and lost. */
  loseFrame(): void;
  /** Frames wait until they are let go. */
  hold(on: boolean): void;
  /** Sends this text to all, unnumbered. */
  push(text: string): void;
  /** Sends the newest frame of each socket once more. */
  repeatFrame(): void;
  cutAll(): void;
  refuseConnections(on: boolean): void;
  /** Sockets stay open and say nothing. */
  mute(on: boolean): void;
  failRest(n: number, status: number, retryAfter?: number): void;
  /** `channel:product` over all clients. */
  subscriptions(): string[];
  clients(): number;
  readonly requests: {
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly status: number;
  }[];
  readonly inbound: { readonly at: number; readonly text: string }[];
  stop(): Promise<void>;
}

interface Client {
  readonly socket: WebSocket;
  readonly topics: Set<string>;
  serial: number;
  last: string;
  readonly held: string[];
}

const FIRST_ID = 5001;
const SNAPSHOT_TRADES = 50;

/** A venue on loopback that speaks Advanced Trade. Beats and deadlines come by `clock`. */
export async function startCoinbaseDouble(options: {
  readonly clock: Clock;
  readonly port?: number;
}): Promise<CoinbaseDouble> {
  const { clock } = options;
  const now = () => clock.now();
  const products: DoubleProduct[] = [
    { id: 'BTC-USD' },
    { id: 'BTC-USDC', alias: 'BTC-USD' },
    { id: 'BTC-USDT' },
    { id: 'ETH-USD' },
    { id: 'DAI-USD', status: 'delisted' },
  ];
  const trades = new Map<string, DoubleTrade[]>();
  const bars = new Map<string, readonly DoubleBar[]>();
  const books = new Map<string, { bid: Map<number, number>; offer: Map<number, number> }>();
  const clients = new Set<Client>();
  const refused = new Set<string>();
  const ignored = new Set<string>();
  const requests: CoinbaseDouble['requests'] = [];
  const inbound: CoinbaseDouble['inbound'] = [];
  let [muted, holding, refusing, losing] = [false, false, false, 0];
  let failing: { left: number; status: number; retryAfter?: number | undefined } = { left: 0, status: 500 };
  let cancelBeat: (() => void) | undefined;

  const listOf = (product: string): DoubleTrade[] => {
    const list = trades.get(product) ?? [];
    trades.set(product, list);
    return list;
  };
  const bookOf = (product: string) => {
    const book = books.get(product) ?? { bid: new Map<number, number>(), offer: new Map<number, number>() };
    books.set(product, book);
    return book;
  };

  function send(client: Client, channel: string, events: readonly object[]): void {
    const frame = { channel, timestamp: stamp(now()), sequence_num: client.serial++, events };
    client.last = JSON.stringify(frame);
    if (losing > 0) losing--;
    else if (holding) client.held.push(client.last);
    else if (!muted) client.socket.send(client.last);
  }

  function stream(topic: string, channel: string, event: object): void {
    for (const client of clients) if (client.topics.has(topic)) send(client, channel, [event]);
  }

  function levels(product: string, bids: Iterable<Level>, asks: Iterable<Level>, type: string): object {
    const row =
      (side: string) =>
      ([price, size]: Level) => ({
        side,
        event_time: stamp(now()),
        price_level: String(price),
        new_quantity: String(size),
      });
    return { type, product_id: product, updates: [...[...bids].map(row('bid')), ...[...asks].map(row('offer'))] };
  }

  function sendSnapshot(client: Client, channel: string, product: string): void {
    if (channel === 'market_trades') {
      const rows = listOf(product).slice(-SNAPSHOT_TRADES).reverse();
      send(client, channel, [{ type: 'snapshot', trades: rows.map((trade) => tradeRow(trade, product)) }]);
    } else if (channel === 'level2') {
      const { bid, offer } = bookOf(product);
      send(client, 'l2_data', [levels(product, bid, offer, 'snapshot')]);
    }
  }

  function onMessage(client: Client, text: string): void {
    inbound.push({ at: now(), text });
    const {
      type,
      channel,
      product_ids: ids = [],
    } = JSON.parse(text) as { type: string; channel: string; product_ids?: string[] };
    const isKnown = (id: string) => products.some((one) => one.id === id) && !refused.has(id);
    const error = (message: string) => muted || client.socket.send(JSON.stringify({ type: 'error', message }));
    if (!['heartbeats', 'market_trades', 'level2'].includes(channel))
      return void error(`channel ${channel} is unknown`);
    if (!ids.every(isKnown)) return void error('invalid product');
    const names = channel === 'heartbeats' ? ['heartbeats'] : ids.map((id) => `${channel}:${id}`);
    for (const [i, name] of names.entries()) {
      if (type === 'unsubscribe') client.topics.delete(name);
      else if (!ignored.has(ids[i])) {
        client.topics.add(name);
        sendSnapshot(client, channel, ids[i]);
      }
    }
    const subscriptions: Record<string, string[]> = {};
    for (const name of client.topics) {
      const [one, product = 'heartbeats'] = name.split(':');
      subscriptions[one] = [...(subscriptions[one] ?? []), product];
    }
    send(client, 'subscriptions', [{ subscriptions }]);
  }

  function beat(): void {
    cancelBeat = clock.after(1000, () => {
      const event = { current_time: stamp(now()), heartbeat_counter: Math.floor(now() / 1000) };
      stream('heartbeats', 'heartbeats', event);
      beat();
    });
  }

  const server = createServer((request, response) => onRequest(request, response));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (refusing || request.url !== '/') return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const client: Client = { socket: ws, topics: new Set(), serial: 0, last: '', held: [] };
      clients.add(client);
      let isAsked = false;
      const cancel = clock.after(5000, () => isAsked || ws.terminate());
      ws.on('message', (data) => {
        isAsked = true;
        onMessage(client, data.toString());
      });
      ws.on('error', () => clients.delete(client));
      ws.on('close', () => {
        cancel();
        clients.delete(client);
      });
    });
  });

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://double');
    const query = Object.fromEntries(url.searchParams);
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    let [status, body]: [number, unknown] = [failing.status, { error: 'as told' }];
    if (failing.left > 0) {
      failing.left--;
      if (failing.retryAfter !== undefined) headers['retry-after'] = String(failing.retryAfter);
    } else [status, body] = answer(url.pathname.replace('/api/v3/brokerage/market/products', ''), query);
    requests.push({ path: url.pathname, query, status });
    response.writeHead(status, headers);
    response.end(JSON.stringify(body));
  }

  function answer(path: string, query: Readonly<Record<string, string>>): [status: number, body: unknown] {
    if (path === '') return [200, productsBody(products, query.cursor, listOf)];
    const [, product, what] = path.split('/');
    if (!products.some(({ id }) => id === product)) return [404, { error: 'NOT_FOUND' }];
    if (what === 'ticker') return [200, tickerBody(listOf(product), product, query)];
    const candles = what === 'candles' ? candlesBody(listOf(product), bars.get(product) ?? [], query) : undefined;
    return candles ? [200, candles] : [400, { error: 'INVALID_ARGUMENT' }];
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  beat();

  const add = (product: string, trade: Omit<DoubleTrade, 'id'>): DoubleTrade => {
    const list = listOf(product);
    const made = { ...trade, id: (list.at(-1)?.id ?? FIRST_ID - 1) + 1 };
    list.push(made);
    return made;
  };
  const update = (product: string, made: readonly DoubleTrade[]) =>
    stream(`market_trades:${product}`, 'market_trades', {
      type: 'update',
      trades: made.map((trade) => tradeRow(trade, product)),
    });

  return {
    wsUrl: `ws://127.0.0.1:${port}`,
    restUrl: `http://127.0.0.1:${port}`,
    products,
    refused,
    ignored,
    trade(product, price, size, { ts = now(), maker = 'SELL', send: isSent = true } = {}) {
      const made = add(product, { ts, price: String(price), size: String(size), maker });
      if (isSent) update(product, [made]);
      return made.id;
    },
    sendBatch(product, ids) {
      update(
        product,
        listOf(product)
          .filter(({ id }) => ids.includes(id))
          .reverse(),
      );
    },
    preload(product, items) {
      for (const item of items) add(product, item);
    },
    setHistory: (product, list) => void bars.set(product, list),
    setBook(product, bids, asks) {
      books.set(product, { bid: new Map(bids), offer: new Map(asks) });
    },
    changeBook(product, bids, asks) {
      const { bid, offer } = bookOf(product);
      for (const [side, list] of [
        [bid, bids],
        [offer, asks],
      ] as const) {
        for (const [price, size] of list) {
          if (size === 0) side.delete(price);
          else side.set(price, size);
        }
      }
      stream(`level2:${product}`, 'l2_data', levels(product, bids, asks, 'update'));
    },
    tradesOf: listOf,
    loseFrame() {
      losing = clients.size;
    },
    hold(on) {
      holding = on;
      for (const { socket, held } of clients) for (const text of held.splice(0)) socket.send(text);
    },
    push(text) {
      for (const { socket } of clients) socket.send(text);
    },
    repeatFrame() {
      for (const { socket, last } of clients) socket.send(last);
    },
    cutAll() {
      for (const { socket } of clients) socket.terminate();
      clients.clear();
    },
    refuseConnections(on) {
      refusing = on;
    },
    mute(on) {
      muted = on;
    },
    failRest(n, status, retryAfter) {
      failing = { left: n, status, retryAfter };
    },
    subscriptions: () => [...new Set([...clients].flatMap(({ topics }) => [...topics]))].sort(),
    clients: () => clients.size,
    requests,
    inbound,
    async stop() {
      cancelBeat?.();
      for (const { socket } of clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
