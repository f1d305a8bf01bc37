import { z } from 'zod';
import { TransportError } from '../engine/errors.ts';
import type { Bar, Trade } from '../engine/market/events.ts';
import { DAY, HOUR, MINUTE } from '../engine/market/interval.ts';
import { createCoinbaseBars } from './coinbase-bars.ts';
import { toTrade } from './coinbase-parse.ts';
import { createTradeWindows, type TradeRows } from './coinbase-trades.ts';
import { amount, isId, isRecord, symbolOf } from './coinbase-values.ts';
import { historyFrom } from './pages.ts';
import { keepGood } from './rows.ts';
import type { Market, RestTools, VenueRest } from './venue.ts';

/** The venue's bars whose starts are whole multiples of their length since the epoch. */
const NATIVE_INTERVALS: readonly (readonly [number, string])[] = [
  [DAY, 'ONE_DAY'],
  [6 * HOUR, 'SIX_HOUR'],
  [2 * HOUR, 'TWO_HOUR'],
  [HOUR, 'ONE_HOUR'],
  [30 * MINUTE, 'THIRTY_MINUTE'],
  [15 * MINUTE, 'FIFTEEN_MINUTE'],
  [5 * MINUTE, 'FIVE_MINUTE'],
  [MINUTE, 'ONE_MINUTE'],
];
const BASE = '/api/v3/brokerage/market/products';
/** Most trades in one answer. */
const TRADES = 1000;
/** More pages than the venue has markets for. */
const MAX_PAGES = 50;

const productPage = z.looseObject({
  products: z.array(z.unknown()),
  pagination: z.looseObject({ has_next: z.boolean().nullish(), next_cursor: z.string().nullish() }).nullish(),
});
const product = z.looseObject({
  product_id: z.string().min(3).max(40),
  base_currency_id: z.string().min(1),
  quote_currency_id: z.string().min(1),
  status: z.string(),
  alias: z.string().nullish(),
  trading_disabled: z.boolean().nullish(),
  is_disabled: z.boolean().nullish(),
});
const candlePage = z.looseObject({ candles: z.array(z.unknown()) });
const tradePage = z.looseObject({ trades: z.array(z.unknown()) });

/** The venue's public REST interface. */
export function coinbaseRest({ rest, clock, markets, malformed }: RestTools): VenueRest {
  const keep = <T>(items: readonly unknown[], map: (item: unknown) => T | undefined, what: string): T[] =>
    keepGood(items, map, what, malformed);

  function marketOf(symbol: string): Market {
    const market = markets.get(symbol);
    if (market) return market;
    throw new TransportError(`coinbase does not list ${symbol}`, { retryable: false, reason: 'refused' });
  }

  async function listed(): Promise<Market[]> {
    const found: Market[] = [];
    let cursor = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const query = { product_type: 'SPOT', ...(cursor !== '' && { cursor }) };
      const answer = productPage.safeParse(await rest.get(BASE, query));
      if (!answer.success) throw unreadable('products has no list');
      const { products, pagination } = answer.data;
      found.push(...keep(products.filter(isSpot), toMarket, 'product'));
      const next = pagination?.next_cursor ?? '';
      if (pagination?.has_next !== true || next === '' || next === cursor) break;
      cursor = next;
    }
    return found;
  }

  const bars = createCoinbaseBars({
    now: clock.now,
    async candles(symbol, granularity, start, end) {
      const path = `${BASE}/${encodeURIComponent(marketOf(symbol).wire)}/candles`;
      const answer = candlePage.safeParse(await rest.get(path, { start, end, granularity }));
      if (!answer.success) throw unreadable('candles has no list');
      return keep(answer.data.candles, toBar, 'candle').sort((a, b) => a.start - b.start);
    },
  });

  async function trades(symbol: string, query: Readonly<Record<string, number>>): Promise<TradeRows> {
    const { wire, instrument } = marketOf(symbol);
    const path = `${BASE}/${encodeURIComponent(wire)}/ticker`;
    const answer = tradePage.safeParse(await rest.get(path, query));
    if (!answer.success) throw unreadable('ticker has no trades');
    const rows = answer.data.trades;
    const read = (row: unknown): Trade | undefined => {
      const trade = isRecord(row) ? toTrade(row) : undefined;
      return trade && { ...trade, instrument };
    };
    const ids = rows.flatMap((row) => (isRecord(row) && isId(row.trade_id) ? [Number(row.trade_id)] : []));
    return {
      trades: keep(rows, read, 'trade').sort((a, b) => Number(a.id) - Number(b.id)),
      count: rows.length,
      newestId: ids.length > 0 ? Math.max(...ids) : Number.NaN,
    };
  }

  const windows = createTradeWindows({
    now: clock.now,
    limit: TRADES,
    malformed,
    fetch: (symbol, start, end) => trades(symbol, { limit: TRADES, start, end }),
  });

  return {
    listed,
    history: (symbol, interval, from, to) =>
      historyFrom(NATIVE_INTERVALS, { interval, from, to, now: clock.now() }, (native, start, end) =>
        bars.between(symbol, native, start, end),
      ),
    trades: {
      kind: 'numbered',
      source: {
        tradesFrom: windows.tradesFrom,
        firstIdSince: windows.firstIdSince,
        minuteBars: bars.minutesFrom,
        async newestId(symbol) {
          const { newestId } = await trades(symbol, { limit: 1 });
          return Number.isNaN(newestId) ? undefined : newestId;
        },
      },
    },
  };
}

function unreadable(message: string): TransportError {
  return new TransportError(message, { retryable: true, reason: 'unreachable' });
}

/** Futures that come along are no market of ours. */
function isSpot(row: unknown): boolean {
  return !isRecord(row) || row.product_type === undefined || row.product_type === 'SPOT';
}

function toMarket(row: unknown): Market | undefined {
  const parsed = product.safeParse(row);
  if (!parsed.success) return undefined;
  const { product_id: id, base_currency_id, quote_currency_id, status, alias } = parsed.data;
  const symbol = symbolOf(id);
  const volume = amount(parsed.data.approximate_quote_24h_volume);
  return {
    instrument: `coinbase:${symbol}`,
    // BTC-USDC is another name of BTC-USD, under which its data comes.
    wire: alias && id === `${alias}C` ? alias : id,
    venue: 'coinbase',
    symbol,
    base: base_currency_id.toLowerCase(),
    quote: quote_currency_id.toLowerCase(),
    kind: 'spot',
    tick: stepOf(parsed.data.price_increment) ?? stepOf(parsed.data.quote_increment),
    lot: stepOf(parsed.data.base_increment),
    ...(volume >= 0 && { volume }),
    active: status === 'online' && parsed.data.trading_disabled !== true && parsed.data.is_disabled !== true,
  };
}

function stepOf(value: unknown): number | undefined {
  const step = amount(value);
  return step > 0 ? step : undefined;
}

/** The venue does not count trades: a bar with a volume has one at least. */
function toBar(row: unknown): Bar | undefined {
  if (!isRecord(row)) return undefined;
  const start = amount(row.start) * 1000;
  const [open, high, low, close] = [amount(row.open), amount(row.high), amount(row.low), amount(row.close)];
  const volume = amount(row.volume);
  const isGood = start > 0 && start % MINUTE === 0 && open > 0 && close > 0 && volume >= 0;
  if (!isGood || !(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close))) return undefined;
  return { start, open, high, low, close, volume, trades: volume > 0 ? 1 : 0 };
}
