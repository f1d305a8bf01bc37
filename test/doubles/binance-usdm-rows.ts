import type { DoubleTrade } from './binance.ts';

const HOUR = 3_600_000;

/** How the venue writes a trade in a frame and in an answer; `f` and `l` number the fills that it is made of. */
export function usdmTrade({ id: a, price: p, size: q, ts: T, buyerMaker: m, fills = 1 }: DoubleTrade) {
  return { a, p, q, nq: q, f: a * 10, l: a * 10 + fills - 1, T, m };
}

export function usdmFrame(symbol: string, trade: DoubleTrade): string {
  const { a, ...rest } = usdmTrade(trade);
  const data = { e: 'aggTrade', E: trade.ts + 2, a, s: symbol.toUpperCase(), ...rest, st: 1 };
  return JSON.stringify({ stream: `${symbol.toLowerCase()}@aggTrade`, data });
}

/** The answer of `/fapi/v1/aggTrades`. */
export function usdmTrades(
  query: Readonly<Record<string, string>>,
  trades: readonly DoubleTrade[],
): [status: number, body: unknown] {
  const limit = Number(query.limit ?? 500);
  const { fromId, startTime, endTime } = query;
  const span = Number(endTime ?? Number.NaN) - Number(startTime ?? Number.NaN);
  if (limit > 1000) return [400, { code: -1130, msg: "Data sent for parameter 'limit' is not valid." }];
  if (span >= HOUR) return [400, { code: -4064, msg: 'More than 1 hours between startTime and endTime.' }];
  if (fromId === undefined && startTime === undefined) return [200, trades.slice(-limit).map(usdmTrade)];
  const end = Number(endTime ?? Number(startTime) + HOUR - 1);
  const found = trades.filter(({ id, ts }) =>
    fromId === undefined ? ts >= Number(startTime) && ts <= end : id >= Number(fromId),
  );
  return [200, found.slice(0, limit).map(usdmTrade)];
}

export function usdmSymbol(symbol: string, contractType = 'PERPETUAL', status = 'TRADING') {
  const base = symbol.split('_')[0].slice(0, -4);
  return {
    symbol,
    pair: symbol.split('_')[0],
    contractType,
    status,
    baseAsset: base,
    quoteAsset: symbol.split('_')[0].slice(-4),
    marginAsset: 'USDT',
    filters: [
      { minPrice: '0.10', maxPrice: '1000000', filterType: 'PRICE_FILTER', tickSize: '0.10' },
      { stepSize: '0.001', filterType: 'LOT_SIZE', maxQty: '1000', minQty: '0.001' },
      { stepSize: '0.002', filterType: 'MARKET_LOT_SIZE', maxQty: '120', minQty: '0.002' },
    ],
  };
}

/** What a request costs. */
export function usdmWeight(what: string, query: Readonly<Record<string, string>>): number {
  const limit = Number(query.limit ?? 500);
  if (what === 'aggTrades') return 20;
  if (what === 'ticker/24hr') return 40;
  if (what === 'depth') return limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20;
  if (what === 'klines') return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1000 ? 5 : 10;
  return 1;
}
