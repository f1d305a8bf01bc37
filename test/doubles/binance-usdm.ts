import type { Bar } from '../../engine/market/events.ts';
import type { DoubleTrade, TradeOptions } from './binance.ts';
import { createDoubleBook, type DoubleBook, type DoubleLevel } from './binance-depth.ts';
import { klineRows } from './binance-klines.ts';
import { dayRow, wire } from './binance-rows.ts';
import { type BinanceServer, startBinanceServer } from './binance-server.ts';
import { usdmFrame, usdmSymbol, usdmTrades, usdmWeight } from './binance-usdm-rows.ts';

export interface MarkPrice {
  readonly mark: string;
  readonly index: string;
  readonly funding: string;
  readonly next: number;
}

export interface UsdmDouble extends BinanceServer {
  /** What exchangeInfo lists; may be changed. */
  readonly listed: ReturnType<typeof usdmSymbol>[];
  /** Makes a trade of so many fills: kept for REST, streamed to whoever subscribed. Returns its id. */
  trade(
    symbol: string,
    price: number | string,
    size: number | string,
    options?: TradeOptions & { readonly fills?: number },
  ): number;
  preload(symbol: string, trades: readonly Omit<DoubleTrade, 'id'>[]): void;
  setHistory(symbol: string, bars: readonly Bar[]): void;
  setBook(symbol: string, bids: readonly DoubleLevel[], asks: readonly DoubleLevel[]): void;
  /** Changes it and streams the change, unless told not to. Returns the frame. */
  changeBook(symbol: string, bids: readonly DoubleLevel[], asks: readonly DoubleLevel[], send?: boolean): string;
  tellMark(symbol: string, price: MarkPrice): void;
  /** A forced order that filled so much. */
  liquidate(symbol: string, filled: string, options?: { readonly state?: string; readonly ts?: number }): void;
  /** By symbol, as on the wire. */
  readonly openInterest: Map<string, string>;
  tradesOf(symbol: string): readonly DoubleTrade[];
  /** Most weight that was spent in one minute. */
  mostWeight(): number;
}

const START_ID = 1001;
const WEIGHT_A_MINUTE = 2400;
const MARKET = '/market/stream';
const PUBLIC = '/public/stream';

/** A venue on loopback that speaks Binance USD-M: two sockets, each silent about the other's streams, and REST. */
export async function startUsdmDouble(options: { readonly now: () => number }): Promise<UsdmDouble> {
  const { now } = options;
  const listed = ['BTCUSDT', 'ETHUSDT', '1000PEPEUSDT'].map((symbol) => usdmSymbol(symbol));
  listed.push(usdmSymbol('BTCUSDT_261225', 'CURRENT_QUARTER'), usdmSymbol('OLDUSDT', 'PERPETUAL', 'SETTLING'));
  const trades = new Map<string, DoubleTrade[]>();
  const histories = new Map<string, { bars: readonly Bar[]; interval: number }>();
  const books = new Map<string, DoubleBook>();
  const openInterest = new Map<string, string>();
  const weights = new Map<number, number>();

  function tradesOf(symbol: string): DoubleTrade[] {
    const list = trades.get(symbol) ?? [];
    trades.set(symbol, list);
    return list;
  }

  function bookOf(symbol: string): DoubleBook {
    const book = books.get(symbol) ?? createDoubleBook(symbol, 'futures');
    books.set(symbol, book);
    return book;
  }

  function add(symbol: string, trade: Omit<DoubleTrade, 'id'>): DoubleTrade {
    const list = tradesOf(symbol);
    const made = { ...trade, id: (list.at(-1)?.id ?? START_ID - 1) + 1 };
    list.push(made);
    return made;
  }

  const minute = () => Math.floor(now() / 60_000);

  function answer(path: string, query: Readonly<Record<string, string>>): [status: number, body: unknown] {
    const what = path.replace('/fapi/v1/', '');
    const weight = (weights.get(minute()) ?? 0) + usdmWeight(what, query);
    weights.set(minute(), weight);
    if (weight > WEIGHT_A_MINUTE) return [429, { code: -1003, msg: 'Too many requests.' }];
    if (what === 'exchangeInfo') return [200, { timezone: 'UTC', serverTime: now(), symbols: listed }];
    if (what === 'ticker/24hr') return [200, listed.map((one) => dayRow(one.symbol, tradesOf(one.symbol), now()))];
    const { symbol = '' } = query;
    if (!listed.some((one) => one.symbol === symbol)) return [400, { code: -1121, msg: 'Invalid symbol.' }];
    const limit = Number(query.limit ?? 500);
    switch (what) {
      case 'klines': {
        const rows = klineRows(query, limit, tradesOf(symbol), histories.get(symbol), now());
        return rows && limit <= 1500 ? [200, rows] : [400, { code: -1120, msg: 'Invalid interval or limit.' }];
      }
      case 'aggTrades':
        return usdmTrades(query, tradesOf(symbol));
      case 'depth':
        return [200, bookOf(symbol).snapshot(limit, now())];
      case 'openInterest':
        return [200, { symbol, openInterest: openInterest.get(symbol) ?? '0', time: now() }];
      default:
        return [404, { code: -1, msg: 'not here' }];
    }
  }

  const server = await startBinanceServer({
    now,
    paths: [MARKET, PUBLIC],
    answer,
    headers: () => ({ 'x-mbx-used-weight-1m': String(weights.get(minute()) ?? 0) }),
  });

  function tell(path: string, name: string, data: object): void {
    server.stream(name, JSON.stringify({ stream: name, data }), path);
  }

  return {
    ...server,
    listed,
    openInterest,
    tradesOf,
    trade(symbol, price, size, { ts = now(), buyerMaker = false, send = true, fills = 1 } = {}) {
      const trade = add(symbol, { ts, price: wire(price), size: wire(size), buyerMaker, fills });
      if (send) server.stream(`${symbol.toLowerCase()}@aggTrade`, usdmFrame(symbol, trade), MARKET);
      return trade.id;
    },
    preload(symbol, items) {
      for (const item of items) add(symbol, item);
    },
    setHistory: (symbol, bars) => histories.set(symbol, { bars, interval: 60_000 }),
    setBook: (symbol, bids, asks) => bookOf(symbol).set(bids, asks),
    changeBook(symbol, bids, asks, send = true) {
      const text = bookOf(symbol).change(bids, asks, now());
      if (send) server.stream(`${symbol.toLowerCase()}@depth@100ms`, text, PUBLIC);
      return text;
    },
    tellMark(symbol, { mark: p, index: i, funding: r, next: T }) {
      const data = { e: 'markPriceUpdate', E: now(), s: symbol, p, ap: p, P: p, i, r, T, st: 1 };
      tell(MARKET, `${symbol.toLowerCase()}@markPrice@1s`, data);
    },
    liquidate(symbol, filled, { state = 'FILLED', ts = now() } = {}) {
      const o = {
        s: symbol,
        S: 'SELL',
        o: 'LIMIT',
        f: 'IOC',
        q: '9',
        p: '9910',
        ap: '9910',
        X: state,
        l: '1',
        z: filled,
        T: ts,
      };
      tell(MARKET, `${symbol.toLowerCase()}@forceOrder`, { e: 'forceOrder', E: now(), o });
    },
    mostWeight: () => Math.max(0, ...weights.values()),
  };
}
