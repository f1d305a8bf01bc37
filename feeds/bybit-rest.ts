import { z } from 'zod';
import { TransportError } from '../engine/errors.ts';
import type { Bar, Trade } from '../engine/market/events.ts';
import { DAY, HOUR, MINUTE } from '../engine/market/interval.ts';
import { amount, inOrder, isFields, positive } from './bybit-parse.ts';
import { historyFrom, pageBackward } from './pages.ts';
import type { Refusal } from './rest.ts';
import { keepGood, listOf } from './rows.ts';
import type { Market, RestTools, VenueRest } from './venue.ts';
import { type Volumes, volumesOf } from './volumes.ts';

/** The venue's bars whose starts are whole multiples of their length since the epoch. */
const NATIVE_INTERVALS: readonly (readonly [number, string])[] = [
  [DAY, 'D'],
  [12 * HOUR, '720'],
  [6 * HOUR, '360'],
  [4 * HOUR, '240'],
  [2 * HOUR, '120'],
  [HOUR, '60'],
  [30 * MINUTE, '30'],
  [15 * MINUTE, '15'],
  [5 * MINUTE, '5'],
  [3 * MINUTE, '3'],
  [MINUTE, '1'],
];
const PAGE = 1000;
const CATEGORIES = ['spot', 'linear'] as const;
/** The newest trades that one answer holds; there is no second page. */
const RECENT = { spot: 60, linear: 1000 };
/** More pages than the venue has markets for. */
const MAX_PAGES = 50;

const text = z.string().min(1).max(40);
const listed = z.looseObject({
  symbol: text,
  status: z.string(),
  baseCoin: text,
  quoteCoin: text,
  contractType: z.string().optional(),
  priceFilter: z.record(z.string(), z.unknown()).optional(),
  lotSizeFilter: z.record(z.string(), z.unknown()).optional(),
});
const listPage = z.looseObject({ list: z.array(z.unknown()), nextPageCursor: z.string().nullish() });
const envelope = z.looseObject({ result: z.looseObject({}) });
const millisText = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const trade = z.looseObject({
  execId: z.string().min(1),
  price: z.string(),
  size: z.string(),
  side: z.enum(['Buy', 'Sell']),
  time: millisText,
  isBlockTrade: z.boolean().optional(),
});

/** The venue's public REST interface. Everything is asked for with the category, `spot` or `linear`, which is also the route's name. */
export function bybitRest({ rest, clock, markets, malformed }: RestTools): VenueRest {
  const keep = <T>(items: readonly unknown[], map: (item: unknown) => T | undefined, what: string): T[] =>
    keepGood(items, map, what, malformed);

  function marketOf(symbol: string): Market & { readonly route: Category } {
    const market = markets.get(symbol);
    if (market && isCategory(market.route)) return { ...market, route: market.route };
    throw new TransportError(`bybit does not list ${symbol}`, { retryable: false, reason: 'refused' });
  }

  /** @throws TransportError also where none of it can be read: an empty list would have everything refused for long */
  async function list(category: Category): Promise<Market[]> {
    const found: Market[] = [];
    let cursor = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const query = { category, status: 'Trading', limit: PAGE, ...(cursor !== '' && { cursor }) };
      const answer = listPage.safeParse(resultOf(await rest.get('/v5/market/instruments-info', query)));
      if (!answer.success) throw unreadable('instruments-info has no list');
      const rows = answer.data.list.filter((row) => category === 'spot' || !isDated(row));
      found.push(...keep(rows, (row) => toMarket(row, category), 'market'));
      const next = answer.data.nextPageCursor ?? '';
      if (next === '' || next === cursor || answer.data.list.length === 0) break;
      cursor = next;
    }
    if (found.length === 0) throw unreadable(`instruments-info has no ${category} market`);
    return found;
  }

  /** Rows with `from <= start < to`, the unfinished one included. */
  async function klines(symbol: string, native: readonly [number, string], from: number, to: number): Promise<Bar[]> {
    const { wire, route } = marketOf(symbol);
    const fixed = { category: route, symbol: wire, interval: native[1], limit: PAGE, start: from };
    const bars = await pageBackward(from, to, async (before) => {
      const query = { ...fixed, ...(Number.isFinite(before) && { end: before - 1 }) };
      const rows = listOf(resultOf(await rest.get('/v5/market/kline', query)).list);
      return { bars: keep(rows, toBar, 'kline').reverse(), full: rows.length >= PAGE };
    });
    return withFlatBars(bars, native[0]);
  }

  async function volumes(): Promise<Volumes> {
    const all = await Promise.all(
      CATEGORIES.map(async (category) => {
        const rows = listOf(resultOf(await rest.get('/v5/market/tickers', { category })).list);
        const read = (row: unknown): readonly [string, number] | undefined => {
          const market = isFields(row) && typeof row.symbol === 'string' && markets.named(row.symbol, category);
          return market ? [market.symbol, amount((row as { turnover24h?: unknown }).turnover24h)] : undefined;
        };
        return [...volumesOf(rows, read, malformed)];
      }),
    );
    return new Map(all.flat());
  }

  return {
    listed: async () => (await Promise.all(CATEGORIES.map(list))).flat(),
    volumes,
    history: (symbol, interval, from, to) =>
      historyFrom(NATIVE_INTERVALS, { interval, from, to, now: clock.now() }, (native, start, end) =>
        klines(symbol, native, start, end),
      ),
    trades: {
      kind: 'recent',
      source: {
        async recent(symbol) {
          const { wire, route, instrument } = marketOf(symbol);
          const query = { category: route, symbol: wire, limit: RECENT[route] };
          const rows = listOf(resultOf(await rest.get('/v5/market/recent-trade', query)).list);
          const own = rows.filter((row) => !(isFields(row) && row.isBlockTrade === true));
          return inOrder(keep(own, (row) => toTrade(row, instrument), 'trade').reverse());
        },
        minuteBars: (symbol, from) => klines(symbol, [MINUTE, '1'], from, Number.POSITIVE_INFINITY),
      },
    },
  };
}

/** What an answer of status 200 complains about. */
export function refusalOf(body: unknown): Refusal | undefined {
  if (!isFields(body) || typeof body.retCode !== 'number') {
    return { message: 'something that cannot be read', reason: 'unreachable' };
  }
  const { retCode, retMsg } = body;
  if (retCode === 0) return undefined;
  const message = `${retCode} ${typeof retMsg === 'string' ? retMsg : ''}`.trim();
  // 10006: too often for this path, told by the second; 10018: too often for this address.
  if (retCode === 10_006) return { message, reason: 'rate-limited', retryAfterMs: 5_000 };
  if (retCode === 10_018) return { message, reason: 'rate-limited', retryAfterMs: 600_000 };
  // 10000: a timeout at the venue; 10016: its own error.
  return { message, reason: retCode === 10_000 || retCode === 10_016 ? 'unreachable' : 'refused' };
}

type Category = (typeof CATEGORIES)[number];

function isCategory(route: string | undefined): route is Category {
  return route === 'spot' || route === 'linear';
}

function resultOf(body: unknown): Readonly<Record<string, unknown>> {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) throw unreadable('an answer without a result');
  return parsed.data.result;
}

function unreadable(message: string): TransportError {
  return new TransportError(message, { retryable: true, reason: 'unreachable' });
}

/** Futures that end on a day are no market of ours. */
function isDated(row: unknown): boolean {
  return isFields(row) && typeof row.contractType === 'string' && row.contractType !== 'LinearPerpetual';
}

function toMarket(row: unknown, route: Category): Market | undefined {
  const parsed = listed.safeParse(row);
  if (!parsed.success) return undefined;
  const { symbol: wire, status, baseCoin, quoteCoin, priceFilter, lotSizeFilter } = parsed.data;
  const [base, quote] = [baseCoin.toLowerCase(), quoteCoin.toLowerCase()];
  const isSpot = route === 'spot';
  const symbol = isSpot ? `${base}${quote}` : `${base}${quote}.p`;
  return {
    instrument: `bybit:${symbol}`,
    wire,
    route,
    venue: 'bybit',
    symbol,
    base,
    quote,
    kind: isSpot ? 'spot' : 'perpetual',
    tick: stepOf(priceFilter?.tickSize),
    lot: stepOf(isSpot ? lotSizeFilter?.basePrecision : lotSizeFilter?.qtyStep),
    active: status === 'Trading',
  };
}

function stepOf(value: unknown): number | undefined {
  const step = positive(value);
  return step > 0 ? step : undefined;
}

/** `[start, open, high, low, close, volume, turnover]`, all as text. The venue does not count trades: with a volume, at least one. */
function toBar(row: unknown): Bar | undefined {
  if (!Array.isArray(row)) return undefined;
  const [start, open, high, low, close, volume] = (row as unknown[]).slice(0, 6).map(amount);
  const isGood = start > 0 && open > 0 && close > 0 && volume >= 0;
  if (!isGood || !(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close))) return undefined;
  return { start, open, high, low, close, volume, trades: volume > 0 ? 1 : 0 };
}

/** What the venue left out between two bars was a time without trades. */
function withFlatBars(bars: readonly Bar[], length: number): Bar[] {
  const whole: Bar[] = [];
  for (const bar of bars) {
    const last = whole.at(-1);
    for (let start = (last?.start ?? bar.start) + length; start < bar.start; start += length) {
      const { close } = last ?? bar;
      whole.push({ start, open: close, high: close, low: close, close, volume: 0, trades: 0 });
    }
    whole.push(bar);
  }
  return whole;
}

function toTrade(row: unknown, instrument: string): Trade | undefined {
  const parsed = trade.safeParse(row);
  if (!parsed.success) return undefined;
  const { execId: id, side, time: ts } = parsed.data;
  const [price, size] = [positive(parsed.data.price), positive(parsed.data.size)];
  if (!(price > 0 && size > 0 && ts > 0)) return undefined;
  return { type: 'trade', instrument, ts, price, size, side: side === 'Buy' ? 'buy' : 'sell', id };
}
