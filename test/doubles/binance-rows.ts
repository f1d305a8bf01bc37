import type { DoubleTrade } from './binance.ts';

/** The venue writes eight decimals. */
export function wire(value: number | string): string {
  return typeof value === 'string' ? value : value.toFixed(8);
}

export function restTrade(trade: DoubleTrade) {
  const { id, price, size: qty, ts: time, buyerMaker: isBuyerMaker } = trade;
  const quoteQty = (Number(price) * Number(qty)).toFixed(8);
  return { id, price, qty, quoteQty, time, isBuyerMaker, isBestMatch: true };
}

/** Every trade as an aggregate of its own. */
export function aggTrade({ id, price: p, size: q, ts: T, buyerMaker: m }: DoubleTrade) {
  return { a: id + 500_000, p, q, f: id, l: id, T, m, M: true };
}

/** A row of `ticker/24hr`, with what matters here. */
export function dayRow(symbol: string, trades: readonly DoubleTrade[], now: number) {
  const day = trades.filter(({ ts }) => ts > now - 86_400_000);
  const quoteVolume = day.reduce((sum, { price, size }) => sum + Number(price) * Number(size), 0);
  return { symbol, lastPrice: day.at(-1)?.price ?? '0', quoteVolume: quoteVolume.toFixed(8), count: day.length };
}

export function symbolInfo(symbol: string) {
  const quote = ['USDT', 'USDC', 'BTC', 'ETH', 'EUR'].find((one) => symbol.endsWith(one)) ?? 'USDT';
  return {
    symbol,
    status: 'TRADING',
    baseAsset: symbol.slice(0, -quote.length),
    quoteAsset: quote,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: '0.01000000', maxPrice: '1000000.00000000', tickSize: '0.01000000' },
      { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
    ],
  };
}
