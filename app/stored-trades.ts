import type { TradeStore } from '../db/trades.ts';
import type { Trade } from '../engine/market/events.ts';
import type { TradeWriter } from './trade-writer.ts';

/** Stored trades of a range (ms), those included that were just going to be stored. */
export async function* storedTrades(
  {
    trades,
    tradeStore,
  }: { readonly trades: Pick<TradeWriter, 'flush'>; readonly tradeStore: Pick<TradeStore, 'read'> },
  instrument: string,
  range: { readonly from: number | undefined; readonly to: number | undefined; readonly limit: number | undefined },
): AsyncGenerator<readonly Trade[]> {
  await trades.flush();
  yield* tradeStore.read(instrument, range.from ?? 0, range.to ?? Number.MAX_SAFE_INTEGER, range.limit);
}
