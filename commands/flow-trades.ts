import { joinColumns, type TradeColumns, tradeColumns } from '../engine/quant/trade-columns.ts';
import type { ArchivePort } from './ports.ts';

/** So many of the newest are read at most: 16 MB of columns, and a second or two of reading. */
export const MOST_TRADES = 500_000;

/** What is kept of an instrument's trades with `from <= ts < to` (ms), the newest 500,000 at most. @throws TransportError */
export async function keptTrades(
  archive: Pick<ArchivePort, 'trades'>,
  instrument: string,
  from: number,
  to: number,
): Promise<TradeColumns> {
  const parts: TradeColumns[] = [];
  for await (const portion of archive.trades(instrument, from, to, MOST_TRADES)) parts.push(tradeColumns(portion));
  return joinColumns(parts);
}

/** When the first trade that is kept from a time (ms) on happened; undefined where none is. @throws TransportError */
export async function firstKept(
  archive: Pick<ArchivePort, 'trades'>,
  instrument: string,
  from: number,
): Promise<number | undefined> {
  for await (const [first] of archive.trades(instrument, from, Number.MAX_SAFE_INTEGER)) return first?.ts;
  return undefined;
}
