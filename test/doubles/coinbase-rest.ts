/** A trade as the venue keeps it. */
export interface DoubleTrade {
  readonly id: number;
  readonly ts: number;
  readonly price: string;
  readonly size: string;
  /** Who made the price, as the venue tells it. */
  readonly maker: 'BUY' | 'SELL';
}

/** A bar older than all trades. */
export interface DoubleBar {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const SECONDS: Readonly<Record<string, number>> = {
  ONE_MINUTE: 60,
  FIVE_MINUTE: 300,
  FIFTEEN_MINUTE: 900,
  THIRTY_MINUTE: 1800,
  ONE_HOUR: 3600,
  TWO_HOUR: 7200,
  SIX_HOUR: 21_600,
  ONE_DAY: 86_400,
};
const MAX_CANDLES = 350;
const MAX_TRADES = 1000;

/** What the venue lists. */
export interface DoubleProduct {
  readonly id: string;
  readonly alias?: string;
  readonly status?: string;
}

/** `/products`, in three pages. */
export function productsBody(
  products: readonly DoubleProduct[],
  cursor: string | undefined,
  tradesOf: (id: string) => readonly DoubleTrade[],
): object {
  const from = Number(cursor ?? 0);
  const size = Math.ceil(products.length / 3);
  const rows = products.slice(from, from + size).map(({ id, alias = '', status = 'online' }) => ({
    product_id: id,
    product_type: 'SPOT',
    base_currency_id: id.split('-')[0],
    quote_currency_id: id.split('-')[1],
    price_increment: '0.01',
    quote_increment: '0.01',
    base_increment: '0.00000001',
    approximate_quote_24h_volume: tradesOf(id)
      .reduce((sum, { price, size }) => sum + Number(price) * Number(size), 0)
      .toFixed(2),
    status,
    alias,
    trading_disabled: status !== 'online',
    is_disabled: false,
  }));
  const has_next = from + size < products.length;
  const pagination = {
    prev_cursor: '',
    next_cursor: has_next ? String(from + size) : '',
    has_next,
    has_prev: from > 0,
  };
  return { products: rows, num_products: products.length, pagination };
}

/** `/ticker`: the newest trades of a time, newest first. */
export function tickerBody(
  trades: readonly DoubleTrade[],
  product: string,
  query: Readonly<Record<string, string>>,
): object {
  const start = Number(query.start ?? 0) * 1000;
  const end = Number(query.end ?? Number.POSITIVE_INFINITY) * 1000;
  const limit = Math.min(Number(query.limit), MAX_TRADES);
  const found = trades.filter(({ ts }) => ts >= start && ts <= end).slice(-limit);
  const rows = found
    .reverse()
    .map((trade) => ({ ...tradeRow(trade, product), bid: '', ask: '', exchange: 'coinbase' }));
  return { trades: rows, best_bid: '', best_ask: '' };
}

/** A trade as REST and the stream write it. */
export function tradeRow({ id, price, size, ts, maker }: DoubleTrade, product: string) {
  return { product_id: product, trade_id: String(id), price, size, time: stamp(ts), side: maker };
}

/**
 * `/candles`, newest first, none for a time without trades; undefined for what the venue refuses. Written for its own sake: it shares
 * nothing with what it is used to test.
 */
export function candlesBody(
  trades: readonly DoubleTrade[],
  bars: readonly DoubleBar[],
  query: Readonly<Record<string, string>>,
): object | undefined {
  const step = SECONDS[query.granularity];
  const [start, end] = [Number(query.start), Number(query.end)];
  if (step === undefined || !(end >= start) || (end - start) / step >= MAX_CANDLES) return undefined;
  const ticks = [
    ...bars.flatMap((bar) =>
      [bar.open, bar.high, bar.low, bar.close].map((price, i) => ({
        ts: bar.start + i,
        price,
        size: i === 3 ? bar.volume : 0,
      })),
    ),
    ...trades.map(({ ts, price, size }) => ({ ts, price: Number(price), size: Number(size) })),
  ];
  const cells = new Map<number, { prices: number[]; volume: number }>();
  for (const { ts, price, size } of ticks) {
    const at = Math.floor(ts / 1000 / step) * step;
    if (at < start || at > end) continue;
    const cell = cells.get(at) ?? { prices: [], volume: 0 };
    cells.set(at, cell);
    cell.prices.push(price);
    cell.volume += size;
  }
  const candles = [...cells]
    .sort(([a], [b]) => b - a)
    .map(([at, { prices, volume }]) => ({
      start: String(at),
      low: String(Math.min(...prices)),
      high: String(Math.max(...prices)),
      open: String(prices[0]),
      close: String(prices.at(-1)),
      volume: volume.toFixed(8),
    }));
  return { candles };
}

/** RFC 3339 with as many digits after the second as it takes, as the venue writes it. */
export function stamp(ts: number): string {
  return new Date(ts).toISOString().replace(/\.?0+Z$/, 'Z');
}
