import { z } from 'zod';
import { TransportError } from '../engine/errors.ts';
import type { Bar, Trade } from '../engine/market/events.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../engine/market/interval.ts';
import { withoutHoles } from './bars.ts';
import { decimalText, positiveDecimal } from './binance-parse.ts';
import { decimalIn } from './number-text.ts';
import { hasSymbol, type OkxMarket, toMarket } from './okx-markets.ts';
import { byId, tradeOf } from './okx-parse.ts';
import { historyFrom, pageBackward } from './pages.ts';
import type { RecentTrades } from './recent-trades.ts';
import type { Refusal } from './rest.ts';
import { keepGood } from './rows.ts';
import type { Market, Markets, RestTools, VenueRest } from './venue.ts';
import { volumesOf } from './volumes.ts';

/** The venue's bars whose starts are whole multiples of their length since the epoch: from 6 hours on it has others, by Hong Kong. */
const NATIVE_INTERVALS: readonly (readonly [number, string])[] = [
  [DAY, '1Dutc'],
  [12 * HOUR, '12Hutc'],
  [6 * HOUR, '6Hutc'],
  [4 * HOUR, '4H'],
  [2 * HOUR, '2H'],
  [HOUR, '1H'],
  [30 * MINUTE, '30m'],
  [15 * MINUTE, '15m'],
  [5 * MINUTE, '5m'],
  [3 * MINUTE, '3m'],
  [MINUTE, '1m'],
  [SECOND, '1s'],
];
const PAGE = 300;
/** `/candles` has the newest 1440 bars, the running one included; what is older comes from `/history-candles`. */
const RECENT_BARS = 1440 - PAGE;
const RECENT_TRADES = 500;
const OLD_TRADES = 100;
/** A hole of more trades is filled with bars. */
const MAX_TRADES = 10_000;

const answer = z.looseObject({ code: z.string(), msg: z.string().optional() });
const list = z.looseObject({ data: z.array(z.unknown()) });
const candle = z.tuple(
  [
    z.string().regex(/^[1-9]\d{0,14}$/),
    positiveDecimal,
    positiveDecimal,
    positiveDecimal,
    positiveDecimal,
    decimalText,
    decimalText,
    z.string(),
    z.enum(['0', '1']),
  ],
  z.unknown(),
);
const numbered = z.looseObject({ tradeId: z.string(), ts: z.string() });
const ticker = z.looseObject({ instId: z.string() });

/** What is wrong with an answer of status 200. */
export function refusalOf(body: unknown): Refusal | undefined {
  const parsed = answer.safeParse(body);
  if (!parsed.success) return { message: 'something without a code', reason: 'unreachable' };
  const { code, msg = '' } = parsed.data;
  if (code === '0') return undefined;
  const message = `${code} ${msg}`.trim();
  // Limits count over 2 s.
  if (code === '50011' || code === '50061') return { message, reason: 'rate-limited', retryAfterMs: 2_000 };
  // Codes of 500xx are of the service; those of 51xxx of what was asked.
  return { message, reason: code.startsWith('500') ? 'unreachable' : 'refused' };
}

/** The venue's public REST interface. */
export function okxRest({ rest, clock, markets, malformed }: RestTools): VenueRest {
  const keep = <T>(items: readonly unknown[], map: (item: unknown) => T | undefined, what: string): T[] =>
    keepGood(items, map, what, malformed);

  async function rowsOf(path: string, query: Readonly<Record<string, string | number>>): Promise<readonly unknown[]> {
    const parsed = list.safeParse(await rest.get(`/api/v5/${path}`, query));
    if (parsed.success) return parsed.data.data;
    throw new TransportError(`${path} has no data`, { retryable: true, reason: 'unreachable' });
  }

  function marketOf(symbol: string): OkxMarket {
    const market = markets.get(symbol);
    if (market) return market;
    throw new TransportError(`okx does not list ${symbol}`, { retryable: false, reason: 'refused' });
  }

  /** Bars with `from <= start < to`, oldest first, without holes; the unfinished one only where it is `running`. */
  async function candles(
    symbol: string,
    [length, bar]: readonly [number, string],
    from: number,
    to: number,
    running: boolean,
  ): Promise<Bar[]> {
    const market = marketOf(symbol);
    const bars = await pageBackward(from, to, async (before) => {
      const isRecent = before >= clock.now() - RECENT_BARS * length;
      const query = { instId: market.wire, bar, limit: PAGE, ...(Number.isFinite(before) && { after: before }) };
      const rows = await rowsOf(isRecent ? 'market/candles' : 'market/history-candles', query);
      const page = keep(rows, (row) => toBar(row, market, running), 'candle').filter((one) => one !== 'unfinished');
      return { bars: page.sort((a, b) => a.start - b.start), full: rows.length > 0 };
    });
    return withoutHoles(bars, length);
  }

  async function recent(symbol: string, since: number): Promise<readonly Trade[]> {
    const market = marketOf(symbol);
    const map = (row: unknown): Trade | undefined => {
      const trade = tradeOf(row, market);
      return typeof trade === 'string' ? undefined : trade;
    };
    let rows = await rowsOf('market/trades', { instId: market.wire, limit: RECENT_TRADES });
    const trades = keep(rows, map, 'trade');
    let cursor: string | undefined;
    while (trades.length < MAX_TRADES) {
      const oldest = numbered.safeParse(rows.at(-1)).data;
      if (!oldest || oldest.tradeId === cursor || Number(oldest.ts) < since) break;
      cursor = oldest.tradeId;
      rows = await rowsOf('market/history-trades', { instId: market.wire, type: 1, after: cursor, limit: OLD_TRADES });
      trades.push(...keep(rows, map, 'trade'));
    }
    return trades.sort(byId);
  }

  const source: RecentTrades = {
    ascending: true,
    recent,
    minuteBars: (symbol, from) => candles(symbol, [MINUTE, '1m'], from, Number.POSITIVE_INFINITY, true),
  };

  return {
    async listed() {
      const rows = await Promise.all(['SPOT', 'SWAP'].map((instType) => rowsOf('public/instruments', { instType })));
      return keep<Market>(rows.flat().filter(hasSymbol), toMarket, 'instrument');
    },
    async volumes() {
      const rows = await Promise.all(['SPOT', 'SWAP'].map((instType) => rowsOf('market/tickers', { instType })));
      return volumesOf(rows.flat(), (row) => volumeOf(row, markets), malformed);
    },
    history: (symbol, interval, from, to) =>
      historyFrom(NATIVE_INTERVALS, { interval, from, to, now: clock.now() }, (native, start, end) =>
        candles(symbol, native, start, end, false),
      ),
    trades: { kind: 'recent', source },
  };
}

/** `volCcy24h` counts the quote on spot, the base on swaps, whose worth the last price tells. */
function volumeOf(row: unknown, markets: Markets): readonly [symbol: string, volume: number] | undefined {
  const parsed = ticker.safeParse(row).data;
  const market = parsed && markets.named(parsed.instId);
  if (!market) return undefined;
  const counted = decimalIn(parsed.volCcy24h);
  return [market.symbol, market.kind === 'spot' || counted === 0 ? counted : counted * decimalIn(parsed.last)];
}

/** The venue counts no trades: a bar with volume has one at least. */
function toBar(row: unknown, { kind }: OkxMarket, running: boolean): Bar | 'unfinished' | undefined {
  const parsed = candle.safeParse(row);
  if (!parsed.success) return undefined;
  const [start, open, high, low, close, vol, volCcy, , confirm] = parsed.data;
  if (confirm === '0' && !running) return 'unfinished';
  // `vol` counts contracts on swaps, `volCcy` the base; on spot `vol` is the base.
  const volume = kind === 'spot' ? vol : volCcy;
  return { start: Number(start), open, high, low, close, volume, trades: volume > 0 ? 1 : 0 };
}
