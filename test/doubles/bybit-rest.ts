import type { BybitMarket, BybitRoute, BybitTrade } from './bybit-market.ts';

type Query = Readonly<Record<string, string>>;

/** The venue's intervals in ms. */
const INTERVALS: Readonly<Record<string, number>> = {
  '1': 60_000,
  '3': 180_000,
  '5': 300_000,
  '15': 900_000,
  '30': 1_800_000,
  '60': 3_600_000,
  '120': 7_200_000,
  '240': 14_400_000,
  '360': 21_600_000,
  '720': 43_200_000,
  D: 86_400_000,
};

interface Cell {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/**
 * Rows of `/v5/market/kline`, newest first: from preset bars and all trades but those of blocks, empty minutes flat, the open one (by
 * `now`) included; undefined for an interval that the venue does not have. Written for its own sake: it shares nothing with what it
 * is used to test.
 */
function klineRows(query: Query, market: BybitMarket, now: number): string[][] | undefined {
  const step = INTERVALS[query.interval ?? ''];
  if (step === undefined) return undefined;
  const cells = new Map<number, Cell>();
  const put = (ts: number, { open, high, low, close, volume }: Cell) => {
    const start = ts - (ts % step);
    const cell = cells.get(start);
    if (!cell) cells.set(start, { open, high, low, close, volume });
    else {
      cell.high = Math.max(cell.high, high);
      cell.low = Math.min(cell.low, low);
      cell.close = close;
      cell.volume += volume;
    }
  };
  for (const bar of market.history) put(bar.start, bar);
  for (const { ts, price, size, isBlock } of market.trades) {
    const at = Number(price);
    if (!isBlock) put(ts, { open: at, high: at, low: at, close: at, volume: Number(size) });
  }
  if (cells.size === 0) return [];
  const first = [...cells.keys()].reduce((a, b) => Math.min(a, b));
  const rows: string[][] = [];
  let close = 0;
  for (let start = first; start <= now - (now % step); start += step) {
    const cell = cells.get(start) ?? { open: close, high: close, low: close, close, volume: 0 };
    close = cell.close;
    if (market.omitted.has(start)) continue;
    rows.push([start, cell.open, cell.high, cell.low, cell.close, cell.volume, 0].map(String));
  }
  const from = Number(query.start ?? 0);
  const to = Number(query.end ?? Number.POSITIVE_INFINITY);
  const within = rows.filter((row) => Number(row[0]) >= from && Number(row[0]) <= to).reverse();
  return within.slice(0, Math.min(Number(query.limit ?? 200), 1000));
}

function restTrade(trade: BybitTrade, symbol: string): object {
  const { id: execId, price, size, side, ts, isBlock: isBlockTrade, seq } = trade;
  return { execId, symbol, price, size, side, time: String(ts), isBlockTrade, isRPITrade: false, seq: String(seq) };
}

export interface BybitListing {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Ends on a day. */
  readonly isDated?: boolean;
}

function listRow({ symbol, base: baseCoin, quote: quoteCoin, isDated }: BybitListing, category: string): object {
  const common = { symbol, status: 'Trading', baseCoin, quoteCoin };
  if (category === 'spot') {
    return { ...common, lotSizeFilter: { basePrecision: '0.000001' }, priceFilter: { tickSize: '0.1' } };
  }
  const contractType = isDated ? 'LinearFutures' : 'LinearPerpetual';
  return { ...common, contractType, priceFilter: { tickSize: '0.50' }, lotSizeFilter: { qtyStep: '0.001' } };
}

function dayRow(symbol: string, { trades }: BybitMarket, now: number): object {
  const day = trades.filter(({ ts }) => ts > now - 86_400_000);
  const turnover = day.reduce((sum, { price, size }) => sum + Number(price) * Number(size), 0);
  return { symbol, lastPrice: day.at(-1)?.price ?? '', turnover24h: turnover.toFixed(4) };
}

export interface BybitRestState {
  readonly listings: Readonly<Record<BybitRoute, readonly BybitListing[]>>;
  /** Most rows on a page of the linear list. */
  readonly listPage: () => number;
  readonly market: (route: BybitRoute, symbol: string) => BybitMarket;
  readonly now: () => number;
}

/** The body of an answer of status 200. */
export function answerBybit(path: string, query: Query, state: BybitRestState): object {
  const refuse = (retCode: number, retMsg: string) => ({ retCode, retMsg, result: {}, time: state.now() });
  const accept = (result: object) => ({ retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: state.now() });
  const { category, symbol = '' } = query;
  if (category !== 'spot' && category !== 'linear') return refuse(10_001, 'params error: Category is invalid');
  const listings = state.listings[category];
  if (path === '/v5/market/instruments-info') {
    const from = Number(query.cursor ?? 0);
    const size = category === 'spot' ? listings.length : Math.min(state.listPage(), Number(query.limit ?? 500));
    const list = listings.slice(from, from + size).map((one) => listRow(one, category));
    const more = from + size < listings.length;
    return accept({
      category,
      list,
      ...(category === 'linear' && { nextPageCursor: more ? String(from + size) : '' }),
    });
  }
  if (path === '/v5/market/tickers') {
    const list = listings.map((one) => dayRow(one.symbol, state.market(category, one.symbol), state.now()));
    return accept({ category, list });
  }
  if (!listings.some((one) => one.symbol === symbol)) return refuse(10_001, 'Not supported symbols');
  const market = state.market(category, symbol);
  if (path === '/v5/market/kline') {
    const list = klineRows(query, market, state.now());
    return list ? accept({ category, symbol, list }) : refuse(10_001, 'Invalid period!');
  }
  if (path === '/v5/market/recent-trade') {
    const most = category === 'spot' ? 60 : 1000;
    const newest = market.trades.slice(-Math.min(Number(query.limit ?? most), most)).reverse();
    return accept({ category, list: newest.map((one) => restTrade(one, symbol)) });
  }
  return refuse(10_001, 'not here');
}
