import type { Bar } from '../../engine/market/events.ts';
import { createDoubleBook, type DoubleBook, type DoubleLevel } from './binance-depth.ts';
import { klineRows } from './binance-klines.ts';
import { aggTrade, dayRow, restTrade, symbolInfo, wire } from './binance-rows.ts';
import { type BinanceServer, startBinanceServer } from './binance-server.ts';

/** A trade as the venue keeps it. */
export interface DoubleTrade {
  readonly id: number;
  readonly ts: number;
  /** As on the wire: a decimal in a string. */
  readonly price: string;
  readonly size: string;
  readonly buyerMaker: boolean;
  /** How many the venue counts it for, in its bars: one that is an aggregate. Default 1. */
  readonly fills?: number;
}

export interface TradeOptions {
  /** ms; default: `now()`. */
  readonly ts?: number;
  readonly buyerMaker?: boolean;
  /** False: the venue has it, but it is not streamed. Default true. */
  readonly send?: boolean;
}

export interface BinanceDouble extends BinanceServer {
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
}

export interface BinanceDoubleOptions {
  readonly port?: number;
  /** The venue's time in ms; default: the machine's. */
  readonly now?: () => number;
  readonly symbols?: readonly string[];
}

const START_ID = 1001;

/** A venue on loopback that speaks Binance's spot protocol: combined stream and REST. */
export async function startBinanceDouble(options: BinanceDoubleOptions = {}): Promise<BinanceDouble> {
  const now = options.now ?? Date.now;
  const symbols = [...(options.symbols ?? ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'ETHBTC'])];
  const trades = new Map<string, DoubleTrade[]>();
  const histories = new Map<string, { bars: readonly Bar[]; interval: number }>();
  const books = new Map<string, DoubleBook>();
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

  function frame(symbol: string, trade: DoubleTrade): string {
    const { id: t, price: p, size: q, ts: T, buyerMaker: m } = trade;
    const data = { e: 'trade', E: T + 1, s: symbol.toUpperCase(), t, p, q, T, m, M: true };
    return JSON.stringify({ stream: `${symbol.toLowerCase()}@trade`, data });
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
      case 'ticker/24hr':
        return [200, symbols.map((one) => dayRow(one, listOf(one), now()))];
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

  const server = await startBinanceServer({
    port: options.port,
    now,
    paths: ['/stream'],
    answer: (path, query) => answerRest(path.replace('/api/v3/', ''), query),
  });

  return {
    ...server,
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
      if (send) server.stream(`${symbol.toLowerCase()}@trade`, frame(symbol, trade));
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
      if (send) server.stream(`${symbol.toLowerCase()}@depth@100ms`, text);
      return text;
    },
    tradesOf: listOf,
    frame,
  };
}
