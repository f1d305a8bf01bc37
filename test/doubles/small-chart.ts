import type { ChartRequest } from '../../charts/request.ts';

const MINUTE = 60_000;
export const SMALL_START = Date.UTC(2026, 2, 11, 8, 0);

/** Twelve bars, so that the first slot is the first bar; rising and falling in turn. */
export function smallRequest(over: Partial<ChartRequest> = {}): ChartRequest {
  const bars = Array.from({ length: 12 }, (_, i) => {
    const rises = i % 2 === 0;
    return {
      start: SMALL_START + i * MINUTE,
      open: rises ? 100 : 104,
      high: 106,
      low: 98,
      close: rises ? 104 : 100,
      volume: i + 1,
      trades: 1,
    };
  });
  const base = {
    symbol: 'btcusdt',
    venue: 'sim',
    style: 'candles' as const,
    interval: MINUTE,
    digits: 2,
    timeZone: 'UTC',
  };
  return { ...base, bars, series: [], levels: [], marks: [], ...over };
}
