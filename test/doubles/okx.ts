import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Bar } from '../../engine/market/events.ts';
import { createOkxDoubleBook, type DoubleLevel, type OkxDoubleBook } from './okx-book.ts';
import { type OkxDoubleRow, type OkxDoubleTrade, okxAnswer, spotRow, swapRow } from './okx-rest.ts';

interface TradeOptions {
  /** ms; default: `now()`. */
  readonly ts?: number;
  readonly side?: 'buy' | 'sell';
  /** Into so many fills of one size each: REST lists them all, the stream tells of them once, by the last id. */
  readonly fills?: number;
  /** False: the venue has it, but it is not streamed. Default true. */
  readonly send?: boolean;
}

export interface OkxDouble {
  readonly wsUrl: string;
  readonly restUrl: string;
  /** What `/public/instruments` lists; may be changed. */
  readonly instruments: OkxDoubleRow[];
  /** Names such as `trades:BTC-USDT` that are refused although they are listed; may be changed. */
  readonly refused: Set<string>;
  /** How it behaves; may be changed. */
  readonly manners: {
    /** Errors of a request come before the confirmations of the rest of it. */
    errorsFirst: boolean;
    /** Candles without a trade are left out. */
    omitEmpty: boolean;
    /** The sockets stay open and say nothing: no frames, no answers, no pongs. */
    mute: boolean;
    /** Frames wait until it is false again. */
    hold: boolean;
    refuseConnections: boolean;
  };
  /** One taker's order at one price; `size` is that of each fill, as on the wire. Returns the frame that tells of it. */
  trade(instId: string, price: number, size: number, options?: TradeOptions): string;
  tradesOf(instId: string): readonly OkxDoubleTrade[];
  /** Candles of one minute older than all trades. */
  setHistory(instId: string, bars: readonly Bar[]): void;
  book(instId: string): OkxDoubleBook;
  changeBook(instId: string, bids: readonly DoubleLevel[], asks: readonly DoubleLevel[]): string;
  /** Sends a frame to whoever subscribed to `name`. */
  tell(name: string, frame: string): void;
  /** Sends a row of a channel: `mark-price:BTC-USDT-SWAP`. */
  row(name: string, row: object): void;
  /** Sends any text to every client. */
  push(frame: string): void;
  /** Sends what waits because of `hold`, and holds no more. */
  release(): void;
  cutAll(): void;
  /** The next `n` REST requests, or those whose path ends with `what`, fail. */
  failRest(n: number, how: { status: number; code?: string; retryAfter?: number; what?: string }): void;
  /** What is subscribed now, over all clients. */
  subscriptions(): string[];
  clients(): number;
  /** REST requests, oldest first. */
  readonly requests: {
    readonly at: number;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly status: number;
  }[];
  /** Everything that clients sent over sockets, oldest first. */
  readonly inbound: { readonly at: number; readonly text: string }[];
  stop(): Promise<void>;
}

interface Client {
  readonly socket: WebSocket;
  readonly names: Set<string>;
}

const CHANNELS = ['trades', 'books', 'funding-rate', 'mark-price', 'open-interest', 'index-tickers'];
const CONN = 'a4d3ae55';

/** A venue on loopback that speaks OKX's v5 protocol: the public socket and REST. */
export async function startOkxDouble(options: { readonly now?: () => number } = {}): Promise<OkxDouble> {
  const now = options.now ?? Date.now;
  const instruments = [
    spotRow('BTC-USDT'),
    spotRow('ETH-USDT'),
    swapRow('BTC-USDT-SWAP', '0.01'),
    swapRow('BTC-USD-SWAP', '100'),
  ];
  const trades = new Map<string, OkxDoubleTrade[]>();
  const histories = new Map<string, readonly Bar[]>();
  const books = new Map<string, OkxDoubleBook>();
  const clients = new Set<Client>();
  const held: { client: Client; text: string }[] = [];
  const refused = new Set<string>();
  const manners = { errorsFirst: false, omitEmpty: false, mute: false, hold: false, refuseConnections: false };
  const requests: OkxDouble['requests'] = [];
  const inbound: OkxDouble['inbound'] = [];
  let failing: Parameters<OkxDouble['failRest']>[1] & { left: number } = { left: 0, status: 500 };

  const tradesOf = (instId: string): OkxDoubleTrade[] => {
    const list = trades.get(instId) ?? [];
    trades.set(instId, list);
    return list;
  };
  const bookOf = (instId: string): OkxDoubleBook => {
    const book = books.get(instId) ?? createOkxDoubleBook(instId);
    books.set(instId, book);
    return book;
  };

  function send(client: Client, text: string): void {
    if (manners.mute) return;
    if (manners.hold) held.push({ client, text });
    else client.socket.send(text);
  }

  function tell(name: string, text: string): void {
    for (const client of clients) if (client.names.has(name)) send(client, text);
  }

  function onMessage(client: Client, text: string): void {
    inbound.push({ at: now(), text });
    if (text === 'ping') {
      send(client, 'pong');
      return;
    }
    const request = JSON.parse(text) as { op: string; args: Record<string, string>[] };
    const answers = request.args.map((arg) => answerTo(client, request.op, arg));
    if (manners.errorsFirst) answers.sort((a, b) => Number(b.isError) - Number(a.isError));
    for (const { texts } of answers) for (const one of texts) send(client, one);
  }

  function answerTo(client: Client, op: string, arg: Record<string, string>): { isError: boolean; texts: string[] } {
    const { channel, instId, instType } = arg;
    const name = `${channel}:${instId ?? instType}`;
    const error = (code: string, msg: string) => ({
      isError: true,
      texts: [JSON.stringify({ event: 'error', msg, code, connId: CONN })],
    });
    if (op !== 'subscribe' && op !== 'unsubscribe') return error('60012', `Illegal request: ${op}`);
    if (!isThere(arg) || refused.has(name)) {
      return error('60018', `Wrong URL or channel:${channel},instId:${instId} doesn't exist.`);
    }
    if (op === 'subscribe') client.names.add(name);
    else client.names.delete(name);
    const texts = [JSON.stringify({ event: op, arg, connId: CONN })];
    if (op === 'subscribe' && channel === 'books') texts.push(bookOf(instId).snapshot(now()));
    // As recorded: the last trade comes first, however old it is.
    const last = op === 'subscribe' && channel === 'trades' ? tradesOf(instId).at(-1) : undefined;
    if (last) texts.push(tradeFrame(instId, last, 1));
    return { isError: false, texts };
  }

  function isThere({ channel, instId, instType }: Record<string, string>): boolean {
    if (channel === 'liquidation-orders') return instType === 'SWAP' && instId === undefined;
    if (!CHANNELS.includes(channel)) return false;
    const ids = instruments.map((row) => row.instId);
    return channel === 'index-tickers' ? ids.includes(`${instId}-SWAP`) : ids.includes(instId);
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://double');
    const query = Object.fromEntries(url.searchParams);
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    const { left, status, code, retryAfter, what } = failing;
    const fails = left > 0 && url.pathname.endsWith(what ?? '');
    if (fails) failing = { ...failing, left: left - 1 };
    if (fails && retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
    requests.push({ at: now(), path: url.pathname, query, status: fails ? status : 200 });
    response.writeHead(fails ? status : 200, headers);
    const state = {
      instruments,
      tradesOf,
      historyOf: (instId: string) => histories.get(instId) ?? [],
      omitEmpty: manners.omitEmpty,
      now: now(),
    };
    const told = fails
      ? { code: code ?? '50000', msg: 'as told', data: [] }
      : okxAnswer(url.pathname.replace('/api/v5/', ''), query, state);
    response.end(JSON.stringify(told));
  }

  const server = createServer(onRequest);
  const sockets = new WebSocketServer({ noServer: true, autoPong: false });
  server.on('upgrade', (request, socket, head) => {
    if (manners.refuseConnections || request.url !== '/ws/v5/public') {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const client = { socket: ws, names: new Set<string>() };
      clients.add(client);
      ws.on('message', (data) => onMessage(client, data.toString()));
      ws.on('ping', (payload: Buffer) => {
        if (!manners.mute && !manners.hold) ws.pong(payload);
      });
      ws.on('error', () => clients.delete(client));
      ws.on('close', () => clients.delete(client));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    wsUrl: `ws://127.0.0.1:${port}/ws/v5`,
    restUrl: `http://127.0.0.1:${port}`,
    instruments,
    refused,
    manners,
    trade(instId, price, size, { ts = now(), side = 'buy', fills = 1, send: isSent = true } = {}) {
      const list = tradesOf(instId);
      const first = (list.at(-1)?.id ?? 7000) + 1;
      for (let i = 0; i < fills; i++) {
        list.push({ id: first + i, ts, price: String(price), size: String(size), side });
      }
      const frame = tradeFrame(instId, list[list.length - 1], fills);
      if (isSent) tell(`trades:${instId}`, frame);
      return frame;
    },
    tradesOf,
    setHistory: (instId, bars) => void histories.set(instId, bars),
    book: bookOf,
    changeBook(instId, bids, asks) {
      const frame = bookOf(instId).change(bids, asks, now());
      tell(`books:${instId}`, frame);
      return frame;
    },
    tell,
    row(name, row) {
      const [channel, what] = name.split(':');
      const arg = channel === 'liquidation-orders' ? { channel, instType: what } : { channel, instId: what };
      tell(name, JSON.stringify({ arg, data: [row] }));
    },
    push(text) {
      for (const client of clients) client.socket.send(text);
    },
    release() {
      manners.hold = false;
      for (const { client, text } of held.splice(0)) if (clients.has(client)) client.socket.send(text);
    },
    cutAll() {
      for (const client of clients) client.socket.terminate();
      clients.clear();
    },
    failRest(n, how) {
      failing = { ...how, left: n };
    },
    subscriptions: () => [...new Set([...clients].flatMap((client) => [...client.names]))].sort(),
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

/** How the stream tells of `fills` of one size at once. */
function tradeFrame(instId: string, last: OkxDoubleTrade, fills: number): string {
  const { id, price: px, size, side, ts } = last;
  const row = { instId, tradeId: String(id), px, sz: String(Number(size) * fills), side, ts: String(ts) };
  const data = [{ ...row, count: String(fills), source: '0', seqId: 81_000_000_000 + id }];
  return JSON.stringify({ arg: { channel: 'trades', instId }, data });
}
