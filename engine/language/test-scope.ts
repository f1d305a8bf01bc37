import { daysFromCivil } from './calendar.ts';
import type { Scope } from './scope.ts';

const SYMBOLS = ['btcusdt', 'ethusdt', 'solusdt', 'ethbtc', 'dogeusdt', '1inchusdt', 'notusdt'];
const VENUES = ['binance', 'kraken', 'binance-usdm', 'ccxt:kraken'];

/** 2026-01-15T12:00:00Z. */
export const TEST_NOW = 1_768_478_400_000;

function resolve(text: string): string | undefined {
  const colon = text.lastIndexOf(':');
  const venue = colon < 0 ? 'binance' : text.slice(0, colon);
  const symbol = text.slice(colon + 1).replace(/[/_-]/g, '');
  if (!VENUES.includes(venue)) return undefined;
  if (symbol === 'btcusdt.p') return `${venue}:btcusdt.p`;
  if (SYMBOLS.includes(symbol)) return `${venue}:${symbol}`;
  return SYMBOLS.includes(`${symbol}usdt`) ? `${venue}:${symbol}usdt` : undefined;
}

/** A chat for tests: binance's few symbols quoted in usdt, 5m bars, one hour east of Greenwich. */
export function testScope(over: Partial<Scope> = {}): Scope {
  return {
    resolve,
    suggest: (text) =>
      SYMBOLS.filter((symbol) => symbol.slice(0, 1) === text.slice(0, 1) && symbol.length === text.length),
    instrument: undefined,
    interval: 300_000,
    now: TEST_NOW,
    wallTime: (year, month, day, hour, minute) =>
      daysFromCivil(year, month, day) * 86_400_000 + ((hour - 1) * 60 + minute) * 60_000,
    ...over,
  };
}
