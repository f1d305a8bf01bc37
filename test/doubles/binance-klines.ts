import type { Bar } from '../../engine/market/events.ts';
import type { DoubleTrade } from './binance.ts';

/** The venue's intervals in ms. */
const INTERVALS: Readonly<Record<string, number>> = {
  '1s': 1000,
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
};

interface Cell {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  /** By takers; what a preset bar does not tell counts as sold. */
  bought: number;
  count: number;
}

/**
 * Rows of `GET /api/v3/klines`: from preset bars and all trades, empty intervals flat, the open one (by `now`) included; undefined for
 * an interval that the venue does not have. Written for its own sake: it shares nothing with what it is used to test.
 */
export function klineRows(
  query: Readonly<Record<string, string>>,
  limit: number,
  trades: readonly DoubleTrade[],
  history: { readonly bars: readonly Bar[]; readonly interval: number } | undefined,
  now: number,
): unknown[][] | undefined {
  const step = INTERVALS[query.interval ?? ''];
  if (step === undefined) return undefined;
  const cells = new Map<number, Cell>();
  const put = (ts: number, part: Cell) => {
    const { high, low, close, volume, bought, count } = part;
    const start = ts - (ts % step);
    const cell = cells.get(start);
    if (!cell) {
      cells.set(start, { ...part });
      return;
    }
    cell.high = Math.max(cell.high, high);
    cell.low = Math.min(cell.low, low);
    cell.close = close;
    cell.volume += volume;
    cell.bought += bought;
    cell.count += count;
  };
  for (const { start, open, high, low, close, volume, trades: count, bought = 0 } of history?.bars ?? []) {
    put(start, { open, high, low, close, volume, bought, count });
  }
  for (const { ts, price, size, buyerMaker, fills = 1 } of trades) {
    const at = Number(price);
    const volume = Number(size);
    put(ts, { open: at, high: at, low: at, close: at, volume, bought: buyerMaker ? 0 : volume, count: fills });
  }
  if (cells.size === 0) return [];
  const starts = [...cells.keys()];
  const first = starts.reduce((a, b) => Math.min(a, b));
  const newest = starts.reduce((a, b) => Math.max(a, b));
  const running = now - (now % step);
  // A clock that is far from the data's time is taken for none.
  const last = running > newest && running - newest < 5000 * step ? running : newest;
  const rows: unknown[][] = [];
  let close = 0;
  for (let start = first; start <= last; start += step) {
    const cell = cells.get(start);
    if (cell) close = cell.close;
    const flat: Cell = { open: close, high: close, low: close, close, volume: 0, bought: 0, count: 0 };
    const { open, high, low, volume, bought, count } = cell ?? flat;
    const prices = [open, high, low, close].map((price) => price.toFixed(8));
    rows.push([
      start,
      ...prices,
      volume.toFixed(8),
      start + step - 1,
      '0.00000000',
      count,
      bought.toFixed(8),
      '0.0',
      '0',
    ]);
  }
  const from = Number(query.startTime ?? Number.NEGATIVE_INFINITY);
  const to = Number(query.endTime ?? Number.POSITIVE_INFINITY);
  const within = rows.filter((row) => Number(row[0]) >= from && Number(row[0]) <= to);
  return query.startTime === undefined ? within.slice(-limit) : within.slice(0, limit);
}
