import { z } from 'zod';
import { TransportError } from '../engine/errors.ts';
import type { Bar } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { DAY, HOUR, MINUTE } from '../engine/market/interval.ts';
import type { VenueName } from './addresses.ts';
import { decimalText, millis, positiveDecimal } from './binance-parse.ts';
import { isFields } from './binance-wire.ts';
import { decimalIn } from './number-text.ts';
import { pageForward } from './pages.ts';
import { keepGood, listOf } from './rows.ts';
import type { Market, RestTools } from './venue.ts';
import { type Volumes, volumesOf } from './volumes.ts';

/** Bars of a minute and longer whose starts are whole multiples of their length since the epoch; spot and futures have them. */
export const LONG_INTERVALS: readonly (readonly [number, string])[] = [
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
];

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
const filter = z.looseObject({
  filterType: z.string(),
  tickSize: positiveDecimal.optional().catch(undefined),
  stepSize: positiveDecimal.optional().catch(undefined),
});
const symbolInfo = z.looseObject({
  symbol: z.string().min(1),
  status: z.string(),
  baseAsset: z.string().min(1),
  quoteAsset: z.string().min(1),
  filters: z.array(filter),
});
const exchangeInfo = z.looseObject({ symbols: z.array(z.unknown()) });

export interface KlineRules {
  readonly path: string;
  /** Rows that one answer has at most. */
  readonly most: number;
  /** What a request for so many rows costs. */
  weightOf(rows: number): number;
}

/** Asks for rows with `from <= start < to` (ms), the unfinished one included; `to` may be infinite. @throws TransportError */
export function createKlines({ rest, clock, malformed }: RestTools, { path, most, weightOf }: KlineRules) {
  return (symbol: string, [length, interval]: readonly [number, string], from: number, to: number): Promise<Bar[]> =>
    pageForward(from, to, length, async (startTime) => {
      const end = Math.min(to, clock.now() + length);
      const limit = Math.min(most, Math.max(1, Math.ceil((end - startTime) / length)));
      const query = { symbol: symbol.toUpperCase(), interval, limit, startTime };
      const bounded = { ...query, ...(Number.isFinite(to) && { endTime: to - 1 }) };
      const rows = listOf(await rest.get(path, bounded, weightOf(limit)));
      return { bars: keepGood(rows, toBar, 'kline', malformed), full: rows.length >= limit };
    });
}

function toBar(row: unknown): Bar | undefined {
  const parsed = kline.safeParse(row);
  if (!parsed.success) return undefined;
  const [start, open, high, low, close, volume, , , trades, takers] = parsed.data;
  const told = decimalText.safeParse(takers).data;
  const bought = told === undefined || told > volume ? undefined : told;
  return { start, open, high, low, close, volume, trades, bought };
}

/** What `exchangeInfo` lists. @throws TransportError where it lists nothing */
export function symbolsOf(body: unknown): readonly unknown[] {
  const parsed = exchangeInfo.safeParse(body);
  if (!parsed.success) throw unreadable('exchangeInfo has no symbols');
  return parsed.data.symbols;
}

/** A row of `exchangeInfo`; undefined where it cannot be mapped. */
export function toMarket(value: unknown, venue: VenueName, kind: InstrumentInfo['kind']): Market | undefined {
  const parsed = symbolInfo.safeParse(value);
  if (!parsed.success) return undefined;
  const { symbol: wire, status, baseAsset, quoteAsset, filters } = parsed.data;
  const symbol = wire.toLowerCase();
  return {
    instrument: `${venue}:${symbol}`,
    wire,
    venue,
    symbol,
    base: baseAsset.toLowerCase(),
    quote: quoteAsset.toLowerCase(),
    kind,
    tick: filters.find((one) => one.filterType === 'PRICE_FILTER')?.tickSize,
    lot: filters.find((one) => one.filterType === 'LOT_SIZE')?.stepSize,
    active: status === 'TRADING',
  };
}

/** The answer of `ticker/24hr` for all markets. @throws TransportError */
export function quoteVolumes(body: unknown, malformed: RestTools['malformed']): Volumes {
  return volumesOf(
    listOf(body),
    (row) =>
      isFields(row) && typeof row.symbol === 'string'
        ? [row.symbol.toLowerCase(), decimalIn(row.quoteVolume)]
        : undefined,
    malformed,
  );
}

export function unreadable(message: string): TransportError {
  return new TransportError(message, { retryable: true, reason: 'unreachable' });
}
