import { z } from 'zod';
import type { Trade } from '../engine/market/events.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { millis, positiveDecimal, tradeId } from './binance-parse.ts';
import { createKlines, LONG_INTERVALS, quoteVolumes, symbolsOf, toMarket, unreadable } from './binance-rows.ts';
import { parseDepthSnapshot, parseOpenInterest } from './binance-usdm-parse.ts';
import { names } from './binance-usdm-trades.ts';
import { isFields } from './binance-wire.ts';
import { historyFrom } from './pages.ts';
import { keepGood, listOf } from './rows.ts';
import type { TradeSource } from './trade-source.ts';
import type { RestTools, VenueRest } from './venue.ts';

const PAGE = 1000;
const TRADES_WEIGHT = 20;
/** What costs a weight of 20. */
const BOOK_LEVELS = 1000;
const BOOK_WEIGHT = 20;
/** No stream tells the open interest. A minute of 300 symbols is an eighth of what the venue allows. */
const POLL_MS = MINUTE;

const numbered = z.looseObject({ a: tradeId });
const aggTrade = z.looseObject({
  a: tradeId,
  p: positiveDecimal,
  q: positiveDecimal,
  T: millis,
  m: z.boolean(),
});

/** The venue's public REST interface. */
export function binanceUsdmRest(tools: RestTools): VenueRest {
  const { rest, clock, malformed } = tools;
  const klines = createKlines(tools, { path: '/fapi/v1/klines', most: 1500, weightOf: klinesWeight });

  async function aggTrades(symbol: string, query: Readonly<Record<string, number>>): Promise<readonly unknown[]> {
    const named = { symbol: symbol.toUpperCase(), ...query };
    return listOf(await rest.get('/fapi/v1/aggTrades', named, TRADES_WEIGHT));
  }

  const idsOf = (rows: readonly unknown[]): number[] =>
    keepGood(rows, (row) => numbered.safeParse(row).data?.a, 'trade', malformed);

  const source: TradeSource = {
    minuteBars: (symbol, from) => klines(symbol, [MINUTE, '1m'], from, Number.POSITIVE_INFINITY),
    async tradesFrom(symbol, fromId) {
      const rows = await aggTrades(symbol, { fromId, limit: PAGE });
      const { instrument } = names.of(symbol);
      const trades = keepGood(rows, (row) => toTrade(row, instrument), 'trade', malformed);
      const nextId = rows.reduce<number>((next, row) => {
        const id = numbered.safeParse(row).data?.a ?? -1;
        return Math.max(next, id + 1);
      }, fromId);
      return { trades, nextId, full: rows.length >= PAGE };
    },
    newestId: async (symbol) => idsOf(await aggTrades(symbol, { limit: 1 })).at(-1),
    async firstIdSince(symbol, ts) {
      // The venue answers for spans of less than an hour.
      for (let startTime = ts; startTime <= clock.now() + MINUTE; startTime += HOUR) {
        const [id] = idsOf(await aggTrades(symbol, { startTime, endTime: startTime + HOUR - 1, limit: 1 }));
        if (id !== undefined) return id;
      }
      return undefined;
    },
  };

  return {
    async listed() {
      const symbols = symbolsOf(await rest.get('/fapi/v1/exchangeInfo', {}, 1));
      return keepGood(symbols.filter(isOurs), (row) => toMarket(row, 'binance-usdm', 'perpetual'), 'symbol', malformed);
    },
    volumes: async () => quoteVolumes(await rest.get('/fapi/v1/ticker/24hr', {}, 40), malformed),
    history: (symbol, interval, from, to) =>
      historyFrom(LONG_INTERVALS, { interval, from, to, now: clock.now() }, (native, start, end) =>
        klines(symbol, native, start, end),
      ),
    trades: { kind: 'numbered', source },
    async book(symbol) {
      const query = { symbol: symbol.toUpperCase(), limit: BOOK_LEVELS };
      const snapshot = parseDepthSnapshot(await rest.get('/fapi/v1/depth', query, BOOK_WEIGHT), symbol, clock.now());
      if (!snapshot) throw unreadable('depth has no book');
      return snapshot;
    },
    poll: {
      everyMs: POLL_MS,
      async facts(symbol) {
        const body = await rest.get('/fapi/v1/openInterest', { symbol: symbol.toUpperCase() }, 1);
        const fact = parseOpenInterest(body, symbol, clock.now());
        if (!fact) malformed('a bad openInterest in an answer');
        return fact ? [fact] : [];
      },
    },
  };
}

function klinesWeight(rows: number): number {
  if (rows < 100) return 1;
  if (rows < 500) return 2;
  return rows <= 1000 ? 5 : 10;
}

/** Contracts that end on a day, or do not trade (yet, or any more), are left out. */
function isOurs(row: unknown): boolean {
  return !isFields(row) || (row.contractType === 'PERPETUAL' && row.status === 'TRADING');
}

function toTrade(row: unknown, instrument: string): Trade | undefined {
  const parsed = aggTrade.safeParse(row);
  if (!parsed.success) return undefined;
  const { a, p: price, q: size, T: ts, m } = parsed.data;
  return { type: 'trade', instrument, ts, price, size, side: m ? 'sell' : 'buy', id: String(a) };
}
