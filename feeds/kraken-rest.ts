import { z } from 'zod';
import { TransportError } from '../engine/errors.ts';
import type { Bar, Trade } from '../engine/market/events.ts';
import { DAY, HOUR, MINUTE } from '../engine/market/interval.ts';
import { isRecord } from './kraken-answers.ts';
import { createTradeBars, following, sinceOf, type TradeRows } from './kraken-history.ts';
import { historyFrom } from './pages.ts';
import type { Refusal } from './rest.ts';
import { keepGood } from './rows.ts';
import type { TradeSource } from './trade-source.ts';
import type { Market, RestTools, VenueRest } from './venue.ts';
import { volumesOf } from './volumes.ts';

/** The venue's bars that begin at whole multiples of their length since the epoch, and their names in minutes. */
const NATIVE_INTERVALS: readonly (readonly [number, number])[] = [
  [DAY, 1440],
  [4 * HOUR, 240],
  [HOUR, 60],
  [30 * MINUTE, 30],
  [15 * MINUTE, 15],
  [5 * MINUTE, 5],
  [MINUTE, 1],
];
/** Only the newest so many bars of a length are told, whatever is asked for. */
const OHLC_BARS = 720;
/** Longer bars reach back a month or more. Building older ones of trades would take hours. */
const LONGEST_BUILT = 30 * MINUTE;
const TRADES_PAGE = 1000;
/** Names that the venue's older interfaces have for what version 2 calls otherwise. */
const V2_NAMES: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };

const DECIMAL = /^\d+(\.\d*)?$/;
const decimalText = z.string().regex(DECIMAL).transform(Number).refine(Number.isFinite);
const positiveDecimal = decimalText.refine((value) => value > 0);
const digits = z.int().min(0).max(20);
const pair = z.looseObject({
  altname: z.string().min(1),
  wsname: z.string().regex(/^[^\s/]+\/[^\s/]+$/),
  pair_decimals: digits,
  lot_decimals: digits,
  tick_size: positiveDecimal.optional().catch(undefined),
  status: z.string(),
});
const ohlcRow = z.tuple(
  [
    z.int().positive(),
    positiveDecimal,
    positiveDecimal,
    positiveDecimal,
    positiveDecimal,
    z.string(),
    decimalText,
    z.int(),
  ],
  z.unknown(),
);
const ticker = z.looseObject({ v: z.tuple([z.string(), decimalText]), p: z.tuple([z.string(), decimalText]) });
const tradeId = z.int().nonnegative();
const tradeRow = z.tuple(
  [positiveDecimal, positiveDecimal, z.number().positive(), z.enum(['b', 's']), z.string(), z.string(), tradeId],
  z.unknown(),
);
const answer = z.looseObject({ result: z.record(z.string(), z.unknown()) });
const answeredTrades = z.looseObject({ last: z.string().regex(/^\d{1,20}$/) });

/** The venue's public REST interface. */
export function krakenRest({ rest, clock, markets, malformed }: RestTools): VenueRest {
  /** Symbols by the names under which REST answers. */
  const keys = new Map<string, string>();
  const keep = <I, T>(items: readonly I[], map: (item: I) => T | undefined, what: string): T[] =>
    keepGood(items, map, what, malformed);

  async function ask(what: string, query: Readonly<Record<string, string | number>>): Promise<Record<string, unknown>> {
    const parsed = answer.safeParse(await rest.get(`/0/public/${what}`, query));
    if (!parsed.success) throw unreadable(`${what} has no result`);
    return parsed.data.result;
  }

  /** Rows stand under the pair's name, which is yet another one than that asked for. */
  async function rowsOf(what: string, symbol: string, query: Readonly<Record<string, string | number>>) {
    const name = markets.get(symbol)?.restName;
    if (name === undefined) {
      throw new TransportError(`the venue does not list ${symbol}`, { retryable: false, reason: 'refused' });
    }
    const result = await ask(what, { pair: name, ...query });
    const rows = Object.entries(result).find(([key, value]) => key !== 'last' && Array.isArray(value))?.[1];
    if (!Array.isArray(rows)) throw unreadable(`${what} has no rows`);
    return { rows: rows as readonly unknown[], result };
  }

  async function trades(symbol: string, since: string | undefined): Promise<TradeRows> {
    const { rows, result } = await rowsOf('Trades', symbol, since === undefined ? {} : { since });
    const instrument = markets.get(symbol)?.instrument ?? `kraken:${symbol}`;
    const parsed = answeredTrades.safeParse(result);
    if (!parsed.success) throw unreadable('Trades has no last');
    let newestId = -1;
    for (const row of rows) {
      const id = tradeId.safeParse(Array.isArray(row) ? row[6] : undefined);
      if (id.success) newestId = Math.max(newestId, id.data);
    }
    return {
      trades: keep(rows, (row) => toTrade(row, instrument), 'trade').sort((a, b) => Number(a.id) - Number(b.id)),
      newestId,
      last: parsed.data.last,
      full: rows.length >= TRADES_PAGE,
    };
  }

  const built = createTradeBars(trades);

  /** Bars with `from <= start < to`, the open one included; `from` is the start of one. */
  async function bars(symbol: string, native: readonly [number, number], from: number, to: number): Promise<Bar[]> {
    const [length, interval] = native;
    // Two bars less, because our clock is not the venue's.
    const reach = clock.now() - (OHLC_BARS - 2) * length;
    const { rows } = to > reach ? await rowsOf('OHLC', symbol, { interval }) : { rows: [] };
    const told = keep(rows, toBar, 'bar').filter((bar) => bar.start < to);
    const first = told.at(0)?.start ?? to;
    // A market with fewer bars than are told is younger than what is asked for.
    const isAll = told.length > 0 && rows.length < OHLC_BARS;
    const older =
      from < first && !isAll && length <= LONGEST_BUILT && Number.isFinite(first)
        ? await built(symbol, length, from, first)
        : [];
    // Those that are told are without holes: the venue writes flat ones too.
    return [...older, ...told.filter((bar) => bar.start >= from)];
  }

  /** By the base and the mean price of the last 24 h, each the second of its pair. */
  function volumeOf([key, value]: readonly [key: string, value: unknown]): readonly [string, number] | undefined {
    const symbol = keys.get(key);
    if (symbol === undefined) return undefined;
    const { data } = ticker.safeParse(value);
    return [symbol, data ? data.v[1] * data.p[1] : Number.NaN];
  }

  const source: TradeSource = {
    minuteBars: (symbol, from) => bars(symbol, [MINUTE, 1], from, Number.POSITIVE_INFINITY),
    async tradesFrom(symbol, fromId, since) {
      let cursor = sinceOf(since);
      for (let seen = -1; ; ) {
        const page = await trades(symbol, cursor);
        const nextId = Math.max(fromId, page.newestId + 1);
        const next = following(page, cursor, seen);
        if (nextId > fromId || next === undefined) {
          const wanted = page.trades.filter((trade) => Number(trade.id) >= fromId);
          return { trades: wanted, nextId, full: next !== undefined };
        }
        // More trades in one millisecond than an answer holds: those that are wanted come further on.
        cursor = next;
        seen = page.newestId;
      }
    },
    async newestId(symbol) {
      const { newestId } = await trades(symbol, undefined);
      return newestId < 0 ? undefined : newestId;
    },
    async firstIdSince(symbol, ts) {
      const page = await trades(symbol, sinceOf(ts));
      const first = page.trades.find((trade) => trade.ts >= ts);
      return first && Number(first.id);
    },
  };

  return {
    async listed() {
      const pairs = Object.entries(await ask('AssetPairs', {}));
      const listed = keep(pairs, ([key, value]) => toMarket(key, value), 'pair');
      for (const { market, key } of listed) keys.set(key, market.symbol);
      return listed.map(({ market }) => market);
    },
    async volumes() {
      return volumesOf(Object.entries(await ask('Ticker', {})), volumeOf, malformed);
    },
    history: (symbol, interval, from, to) =>
      historyFrom(NATIVE_INTERVALS, { interval, from, to, now: clock.now() }, (native, start, end) =>
        start < end ? bars(symbol, native, start, end) : Promise.resolve([]),
      ),
    trades: { kind: 'numbered', source },
  };
}

/** What is wrong with an answer: the venue says it in the body, with status 200. */
export function refusalOf(body: unknown): Refusal | undefined {
  const errors = isRecord(body) && Array.isArray(body.error) ? (body.error as unknown[]) : [];
  // What begins with W is a warning.
  const message = errors.filter((one) => !(typeof one === 'string' && one.startsWith('W'))).join(', ');
  if (message === '') return undefined;
  if (/rate limit|too many requests|lockout|throttled/i.test(message)) return { message, reason: 'rate-limited' };
  return { message, reason: /^(EService|EGeneral:Internal)/.test(message) ? 'unreachable' : 'refused' };
}

function unreadable(message: string): TransportError {
  return new TransportError(message, { retryable: true, reason: 'unreachable' });
}

function toBar(row: unknown): Bar | undefined {
  const parsed = ohlcRow.safeParse(row);
  if (!parsed.success) return undefined;
  const [seconds, open, high, low, close, , volume, trades] = parsed.data;
  return { start: seconds * 1000, open, high, low, close, volume, trades };
}

function toTrade(row: unknown, instrument: string): Trade | undefined {
  const parsed = tradeRow.safeParse(row);
  if (!parsed.success) return undefined;
  const [price, size, seconds, taker, , , id] = parsed.data;
  // Seconds in a double are good to a quarter of a microsecond: a whole millisecond may come a little below itself.
  const ts = Math.floor(seconds * 1000 + 0.0005);
  return { type: 'trade', instrument, ts, price, size, side: taker === 'b' ? 'buy' : 'sell', id: String(id) };
}

interface Pair {
  readonly market: Market;
  /** The name under which REST answers. */
  readonly key: string;
}

function toMarket(key: string, value: unknown): Pair | undefined {
  const parsed = pair.safeParse(value);
  if (!parsed.success) return undefined;
  const { altname, wsname, pair_decimals: price, lot_decimals: size, tick_size: tick, status } = parsed.data;
  const [base, quote] = wsname.split('/').map((name) => V2_NAMES[name] ?? name);
  const symbol = `${base}${quote}`.toLowerCase();
  const market: Market = {
    instrument: `kraken:${symbol}`,
    wire: `${base}/${quote}`,
    restName: altname,
    venue: 'kraken',
    symbol,
    base: base.toLowerCase(),
    quote: quote.toLowerCase(),
    kind: 'spot',
    tick: tick ?? Number(`1e-${price}`),
    lot: Number(`1e-${size}`),
    digits: { price, size },
    active: status === 'online',
  };
  return { market, key };
}
