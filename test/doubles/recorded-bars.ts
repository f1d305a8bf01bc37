import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Bar } from '../../engine/market/events.ts';

/** Two recordings of five-minute bars over the same twenty days. */
export const RECORDED = ['ETHBTC', 'LTCBTC'] as const;
export const RECORDED_STEP = 300_000;

const fileOf = (symbol: string): URL => new URL(`../../../shared/history/binance.${symbol}.5m.csv.gz`, import.meta.url);

/** Whether the recordings lie beside the checkout. */
export const hasRecordings: boolean = RECORDED.every((symbol) => existsSync(fileOf(symbol)));

/** Oldest first. */
export function recordedBars(symbol: (typeof RECORDED)[number]): readonly Bar[] {
  const [, ...lines] = gunzipSync(readFileSync(fileOf(symbol)))
    .toString()
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [start, open, high, low, close, volume] = line.split(',').map(Number);
    return { start, open, high, low, close, volume, trades: 1 };
  });
}
