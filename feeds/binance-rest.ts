import { z } from 'zod';
import { TransportError } from '../engine/errors.ts';
import type { Bar, Trade } from '../engine/market/events.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../engine/market/interval.ts';
import { decimalText, millis, names, parseDepthSnapshot, positiveDecimal, tradeId } from './binance-parse.ts';
import { historyFrom, pageForward } from './pages.ts';
import { keepGood, listOf } from './rows.ts';
import type { TradeSource } from './trade-source.ts';
import type { Market, RestTools, VenueRest } from './venue.ts';

/** The venue's bars whose starts are whole multiples of their length since the epoch. */
const NATIVE_INTERVALS: readonly (readonly [number, string])[] = [
  [DAY, '1d'],
  [12 * HOUR, '12h'],
  [8 * HOUR, '8h'],
  [6 * HOUR, '6h'],
  [4 * HOUR, '4h'],
  [2 * HOUR, '2h'],
  [HOUR, '1h'],
  [30 * MINUTE, '30m'],
  [15 * MINUTE, '15m'],
  [5 * MINUTE, '5m'],
  [3 * MINUTE, '3m'],
  [MINUTE, '1m'],
  [SECOND, '1s'],
];
const PAGE = 1000;
/** What costs a weight of 50. */
const BOOK_LEVELS = 1000;

const filter = z.looseObject({
  filterType: z.string(),
  tickSize: positiveDecimal.optional().catch(undefined),
  stepSize: positiveDecimal.optional().catch(undefined),
});
const symbolInfo = z.looseObject({
  symbol: z.string(),
  status: z.string(),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  filters: z.array(filter),
});
const exchangeInfo = z.looseObject({ symbols: z.array(z.unknown()) });
const kline = z.tuple(
  [
    millis,
    positiveDecimal,
    positiveDecimal,
    positiveDecimal,
    positiveDecimal,
    decimalText,
    millis,
    z.string(),
    z.int(),
  ],
  z.unknown(),
);
const restTrade = z.looseObject({
  id: tradeId,
  price: positiveDecimal,
  qty: positiveDecimal,
  time: millis,
  isBuyerMaker: z.boolean(),
});
const numbered = z.looseObject({ id: tradeId });
const aggTrade = z.looseObject({ f: tradeId });

/** The venue's public REST interface. */
export function binanceRest({ rest, clock, malformed }: RestTools): VenueRest {
  const keep = <T>(items: readonly unknown[], map: (item: unknown) => T | undefined, what: string): T[] =>
    keepGood(items, map, what, malformed);

  /** Rows with `from <= start < to`, the unfinished one included. */
  function klines(symbol: string, native: readonly [number, string], from: number, to: number): Promise<Bar[]> {
    const fixed = { symbol: symbol.toUpperCase(), interval: native[1], limit: PAGE };
    return pageForward(from, to, native[0], async (startTime) => {
      const query = { ...fixed, startTime, ...(Number.isFinite(to) && { endTime: to - 1 }) };
      const rows = listOf(await rest.get('/api/v3/klines', query, 2));
      return { bars: keep(rows, toBar, 'kline'), full: rows.length >= PAGE };
    });
  }

  const source: TradeSource = {
    minuteBars: (symbol, from) => klines(symbol, [MINUTE, '1m'], from, Number.POSITIVE_INFINITY),
    async tradesFrom(symbol, fromId) {
      const query = { symbol: symbol.toUpperCase(), fromId, limit: PAGE };
      const page = listOf(await rest.get('/api/v3/historicalTrades', query, 25));
      let nextId = fromId;
      for (const row of page) {
        const id = numbered.safeParse(row);
        if (id.success) nextId = Math.max(nextId, id.data.id + 1);
      }
      const { instrument } = names.of(symbol);
      return { trades: keep(page, (row) => toTrade(row, instrument), 'trade'), nextId, full: page.length >= PAGE };
    },
    async newestId(symbol) {
      const page = listOf(await rest.get('/api/v3/trades', { symbol: symbol.toUpperCase(), limit: 1 }, 25));
      return keep(page, (row) => numbered.safeParse(row).data?.id, 'trade').at(-1);
    },
    async firstIdSince(symbol, ts) {
      const query = { symbol: symbol.toUpperCase(), startTime: ts, limit: 1 };
      const page = listOf(await rest.get('/api/v3/aggTrades', query, 4));
      return keep(page, (row) => aggTrade.safeParse(row).data?.f, 'aggTrade').at(0);
    },
  };

  return {
    async listed() {
      // Without these two the answer is several times as long.
      const query = { symbolStatus: 'TRADING', showPermissionSets: 'false' };
      const parsed = exchangeInfo.safeParse(await rest.get('/api/v3/exchangeInfo', query, 20));
      if (!parsed.success) throw unreadable('exchangeInfo has no symbols');
      return keep(parsed.data.symbols, toMarket, 'symbol');
    },
    history: (symbol, interval, from, to) =>
      historyFrom(NATIVE_INTERVALS, { interval, from, to, now: clock.now() }, (native, start, end) =>
        klines(symbol, native, start, end),
      ),
    trades: { kind: 'numbered', source },
    async book(symbol) {
      const body = await rest.get('/api/v3/depth', { symbol: symbol.toUpperCase(), limit: BOOK_LEVELS }, 50);
      const snapshot = parseDepthSnapshot(body, symbol, clock.now());
      if (!snapshot) throw unreadable('depth has no book');
      return snapshot;
    },
  };
}

function unreadable(message: string): TransportError {
  return new TransportError(message, { retryable: true, reason: 'unreachable' });
}

function toBar(row: unknown): Bar | undefined {
  const parsed = kline.safeParse(row);
  if (!parsed.success) return undefined;
  const [start, open, high, low, close, volume, , , trades, takers] = parsed.data;
  const bought = decimalText.safeParse(takers).data;
  return {
    start,
    open,
    high,
    low,
    close,
    volume,
    trades,
    bought: bought === undefined || bought > volume ? undefined : bought,
  };
}

function toTrade(row: unknown, instrument: string): Trade | undefined {
  const parsed = restTrade.safeParse(row);
  if (!parsed.success) return undefined;
  const { id, price, qty, time, isBuyerMaker } = parsed.data;
  const side = isBuyerMaker ? 'sell' : 'buy';
  return { type: 'trade', instrument, ts: time, price, size: qty, side, id: String(id) };
}

function toMarket(value: unknown): Market | undefined {
  const parsed = symbolInfo.safeParse(value);
  if (!parsed.success) return undefined;
  const { symbol, status, baseAsset, quoteAsset, filters } = parsed.data;
  const lower = symbol.toLowerCase();
  return {
    instrument: `binance:${lower}`,
    wire: symbol,
    venue: 'binance',
    symbol: lower,
    base: baseAsset.toLowerCase(),
    quote: quoteAsset.toLowerCase(),
    kind: 'spot',
    tick: filters.find((one) => one.filterType === 'PRICE_FILTER')?.tickSize,
    lot: filters.find((one) => one.filterType === 'LOT_SIZE')?.stepSize,
    active: status === 'TRADING',
  };
}
