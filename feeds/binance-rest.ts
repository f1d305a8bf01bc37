import { z } from 'zod';
import type { Trade } from '../engine/market/events.ts';
import { MINUTE, SECOND } from '../engine/market/interval.ts';
import { millis, names, parseDepthSnapshot, positiveDecimal, tradeId } from './binance-parse.ts';
import { createKlines, LONG_INTERVALS, quoteVolumes, symbolsOf, toMarket, unreadable } from './binance-rows.ts';
import { historyFrom } from './pages.ts';
import { keepGood, listOf } from './rows.ts';
import type { TradeSource } from './trade-source.ts';
import type { RestTools, VenueRest } from './venue.ts';

/** What costs a weight of 50. */
const BOOK_LEVELS = 1000;
const PAGE = 1000;

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
export function binanceRest(tools: RestTools): VenueRest {
  const { rest, clock, malformed } = tools;
  const keep = <T>(items: readonly unknown[], map: (item: unknown) => T | undefined, what: string): T[] =>
    keepGood(items, map, what, malformed);

  const klines = createKlines(tools, { path: '/api/v3/klines', most: PAGE, weightOf: () => 2 });

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
      const symbols = symbolsOf(await rest.get('/api/v3/exchangeInfo', query, 20));
      return keep(symbols, (row) => toMarket(row, 'binance', 'spot'), 'symbol');
    },
    // The short form costs as much, and is a third as long.
    volumes: async () => quoteVolumes(await rest.get('/api/v3/ticker/24hr', { type: 'MINI' }, 80), malformed),
    history: (symbol, interval, from, to) =>
      historyFrom([...LONG_INTERVALS, [SECOND, '1s']], { interval, from, to, now: clock.now() }, (native, start, end) =>
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

function toTrade(row: unknown, instrument: string): Trade | undefined {
  const parsed = restTrade.safeParse(row);
  if (!parsed.success) return undefined;
  const { id, price, qty, time, isBuyerMaker } = parsed.data;
  const side = isBuyerMaker ? 'sell' : 'buy';
  return { type: 'trade', instrument, ts: time, price, size: qty, side, id: String(id) };
}
