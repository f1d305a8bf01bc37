import type { Bar } from '../../engine/market/events.ts';

/** What candles are made of: a fill, its size in contracts (`vol`) and in the base (`volCcy`). */
export interface Fill {
  readonly ts: number;
  readonly price: number;
  readonly contracts: number;
  readonly base: number;
}

/** The venue's bars in ms. */
const BARS: Readonly<Record<string, number>> = {
  '1s': 1_000,
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1H': 3_600_000,
  '2H': 7_200_000,
  '4H': 14_400_000,
  '6Hutc': 21_600_000,
  '12Hutc': 43_200_000,
  '1Dutc': 86_400_000,
};

interface Cell {
  open: number;
  high: number;
  low: number;
  close: number;
  contracts: number;
  base: number;
}

export interface CandleQuery {
  readonly bar?: string;
  readonly after?: string;
  readonly before?: string;
  readonly limit?: string;
}

export interface CandleSource {
  readonly fills: readonly Fill[];
  /** Bars older than all fills, of one minute; volume in the base. */
  readonly history: readonly Bar[];
  readonly now: number;
  /** Intervals without a fill have no row. */
  readonly omitEmpty: boolean;
  /** `/candles`: the running bar too, and 1440 at most. Else only what is closed. */
  readonly recent: boolean;
}

/** Rows of `/market/candles` and `/market/history-candles`, newest first; undefined for a bar that the venue does not have. */
export function candleRows(query: CandleQuery, source: CandleSource): string[][] | undefined {
  const step = BARS[query.bar ?? '1m'];
  if (step === undefined) return undefined;
  const { fills, history, now, omitEmpty, recent } = source;
  const cells = new Map<number, Cell>();
  const put = (ts: number, part: Cell) => {
    const start = Math.floor(ts / step) * step;
    const cell = cells.get(start);
    if (!cell) {
      cells.set(start, { ...part });
      return;
    }
    cell.high = Math.max(cell.high, part.high);
    cell.low = Math.min(cell.low, part.low);
    cell.close = part.close;
    cell.contracts += part.contracts;
    cell.base += part.base;
  };
  for (const { start, open, high, low, close, volume } of history) {
    put(start, { open, high, low, close, contracts: volume, base: volume });
  }
  for (const { ts, price, contracts, base } of fills) {
    put(ts, { open: price, high: price, low: price, close: price, contracts, base });
  }
  if (cells.size === 0) return [];
  const running = Math.floor(now / step) * step;
  const rows: string[][] = [];
  let close = 0;
  for (let start = [...cells.keys()].reduce((a, b) => Math.min(a, b)); start <= running; start += step) {
    const cell = cells.get(start) ?? { open: close, high: close, low: close, close, contracts: 0, base: 0 };
    close = cell.close;
    if (omitEmpty && !cells.has(start)) continue;
    const { open, high, low, contracts, base } = cell;
    const prices = [open, high, low, close].map(String);
    const quote = (base * close).toFixed(8);
    const confirm = start < running ? '1' : '0';
    rows.push([String(start), ...prices, contracts.toFixed(8), base.toFixed(12), quote, confirm]);
  }
  const kept = recent ? rows.slice(-1440) : rows.filter((row) => row[8] === '1');
  const limit = Math.min(Number(query.limit ?? 100), 300);
  const within = kept.filter((row) => Number(row[0]) < Number(query.after ?? Number.POSITIVE_INFINITY));
  return within
    .filter((row) => Number(row[0]) > Number(query.before ?? -1))
    .reverse()
    .slice(0, limit);
}
