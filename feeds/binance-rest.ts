import { z } from 'zod';
import type { Clock } from '../engine/clock.ts';
import { TransportError } from '../engine/errors.ts';
import type { Bar, Trade } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { barStart, DAY, HOUR, MINUTE, SECOND } from '../engine/market/interval.ts';
import { mergeBars } from './bars.ts';
import { decimalText, intern, millis, positiveDecimal, tradeId } from './binance-parse.ts';
import { fetchJson } from './http.ts';
import type { TradeSource } from './trade-source.ts';

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
const WEIGHT_PER_MINUTE = 6000;
const PARALLEL = 4;

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
const rows = z.array(z.unknown());
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

export interface BinanceRestOptions {
  readonly url: string;
  readonly clock: Clock;
  /** Called for each row that cannot be mapped. */
  readonly malformed: (reason: string) => void;
}

export interface BinanceRest extends TradeSource {
  instruments(): Promise<readonly InstrumentInfo[]>;
  /** As `Feed.history`. */
  history(symbol: string, interval: number, from: number, to: number): Promise<readonly Bar[]>;
  /** Gives up what is under way. */
  abort(): void;
}

/** The venue's public REST interface. Keeps within its weights: throws `rate-limited` itself where they are used up. */
export function createBinanceRest(options: BinanceRestOptions): BinanceRest {
  const { clock, malformed } = options;
  let aborter = new AbortController();
  let blockedUntil = 0;
  let weightMinute = 0;
  let usedWeight = 0;
  let running = 0;
  const queue: (() => void)[] = [];

  async function get(path: string, query: Readonly<Record<string, string | number>>, weight: number): Promise<unknown> {
    if (running >= PARALLEL) await new Promise<void>((resolve) => queue.push(resolve));
    running++;
    try {
      admit(weight);
      const url = new URL(`${options.url}/api/v3/${path}`);
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
      const { body, headers } = await fetchJson(url.href, aborter.signal);
      const used = Number(headers.get('x-mbx-used-weight-1m') ?? Number.NaN);
      if (Number.isFinite(used)) usedWeight = Math.max(usedWeight, used);
      return body;
    } catch (error) {
      if (error instanceof TransportError && error.retryAfterMs !== undefined) {
        blockedUntil = Math.max(blockedUntil, clock.now() + error.retryAfterMs);
      }
      throw error;
    } finally {
      running--;
      queue.shift()?.();
    }
  }

  /** The last tenth of a minute's weight is left to others behind the same address. */
  function admit(weight: number): void {
    const now = clock.now();
    const minute = barStart(now, MINUTE);
    if (minute !== weightMinute) {
      weightMinute = minute;
      usedWeight = 0;
    }
    const until = usedWeight + weight > WEIGHT_PER_MINUTE * 0.9 ? minute + MINUTE : blockedUntil;
    if (until > now) {
      throw new TransportError('the venue wants a pause', {
        retryable: true,
        reason: 'rate-limited',
        retryAfterMs: until - now,
      });
    }
    usedWeight += weight;
  }

  function list(body: unknown): readonly unknown[] {
    const parsed = rows.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new TransportError('the venue answered with something else than a list', {
      retryable: true,
      reason: 'unreachable',
    });
  }

  function keepGood<T>(items: readonly unknown[], map: (item: unknown) => T | undefined, what: string): T[] {
    const good: T[] = [];
    for (const item of items) {
      const mapped = map(item);
      if (mapped === undefined) malformed(`a bad ${what} in an answer`);
      else good.push(mapped);
    }
    return good;
  }

  /** Rows with `from <= start < to`, the unfinished one included. */
  async function klines(symbol: string, interval: readonly [number, string], from: number, to: number): Promise<Bar[]> {
    const bars: Bar[] = [];
    let startTime = from;
    while (startTime < to) {
      const query = { symbol: symbol.toUpperCase(), interval: interval[1], startTime, limit: PAGE };
      const page = list(await get('klines', Number.isFinite(to) ? { ...query, endTime: to - 1 } : query, 2));
      for (const bar of keepGood(page, toBar, 'kline')) if (bar.start >= startTime && bar.start < to) bars.push(bar);
      const last = bars.at(-1);
      if (page.length < PAGE || last === undefined || last.start < startTime) break;
      startTime = last.start + interval[0];
    }
    return bars;
  }

  return {
    async instruments() {
      // Without these two the answer is several times as long.
      const body = await get('exchangeInfo', { symbolStatus: 'TRADING', showPermissionSets: 'false' }, 20);
      const parsed = exchangeInfo.safeParse(body);
      if (!parsed.success) {
        throw new TransportError('exchangeInfo has no symbols', { retryable: true, reason: 'unreachable' });
      }
      return keepGood(parsed.data.symbols, toInstrument, 'symbol');
    },
    async history(symbol, interval, from, to) {
      const native = NATIVE_INTERVALS.find(([length]) => interval % length === 0);
      if (!native) return [];
      const first = Math.ceil(from / interval) * interval;
      const end = Math.min(barStart(to + interval - 1, interval), barStart(clock.now(), interval));
      const bars = await klines(symbol, native, first, end);
      return native[0] === interval ? bars : mergeBars(bars, interval);
    },
    minuteBars: (symbol, from) => klines(symbol, [MINUTE, '1m'], from, Number.POSITIVE_INFINITY),
    async tradesFrom(symbol, fromId) {
      const query = { symbol: symbol.toUpperCase(), fromId, limit: PAGE };
      const page = list(await get('historicalTrades', query, 25));
      let nextId = fromId;
      for (const row of page) {
        const id = numbered.safeParse(row);
        if (id.success) nextId = Math.max(nextId, id.data.id + 1);
      }
      const instrument = intern(symbol);
      return { trades: keepGood(page, (row) => toTrade(row, instrument), 'trade'), nextId, full: page.length >= PAGE };
    },
    async newestId(symbol) {
      const page = list(await get('trades', { symbol: symbol.toUpperCase(), limit: 1 }, 25));
      return keepGood(page, (row) => numbered.safeParse(row).data?.id, 'trade').at(-1);
    },
    async firstIdSince(symbol, ts) {
      const query = { symbol: symbol.toUpperCase(), startTime: ts, limit: 1 };
      const page = list(await get('aggTrades', query, 4));
      return keepGood(page, (row) => aggTrade.safeParse(row).data?.f, 'aggTrade').at(0);
    },
    abort() {
      aborter.abort();
      aborter = new AbortController();
    },
  };
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

function toInstrument(value: unknown): InstrumentInfo | undefined {
  const parsed = symbolInfo.safeParse(value);
  if (!parsed.success) return undefined;
  const { symbol, status, baseAsset, quoteAsset, filters } = parsed.data;
  const lower = symbol.toLowerCase();
  return {
    instrument: `binance:${lower}`,
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
