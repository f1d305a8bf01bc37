import { DAY, MINUTE } from '../engine/market/interval.ts';
import type { MarketPort } from './ports.ts';

const STEP = 5 * MINUTE;

/** What a day made of a price. */
export interface Day {
  /** Growth over the 24 hours before `ts`, to five minutes, as a fraction. */
  readonly change: number;
  /** What the change is measured from, and of when it is, in ms. */
  readonly base: number;
  readonly since: number;
  readonly low: number;
  readonly high: number;
  /** In units of the base. */
  readonly volume: number;
}

/**
 * The 24 hours before `ts` (ms) at whose end the price was `price`; undefined where the bars do not reach so far.
 * @throws TransportError while the venue cannot be asked
 */
export async function dayBefore(
  market: Pick<MarketPort, 'bars'>,
  instrument: string,
  { ts, price }: { readonly ts: number; readonly price: number },
  now: number,
): Promise<Day | undefined> {
  const late = Math.max(0, Math.ceil((now - ts) / STEP));
  const { closed, open } = await market.bars(instrument, STEP, DAY / STEP + 2 + late);
  const before = closed.findLast((bar) => bar.start + STEP <= ts - DAY);
  if (before === undefined) return undefined;
  const bars = [...closed, ...(open === undefined ? [] : [open])].filter(
    (bar) => bar.start > before.start && bar.start <= ts,
  );
  return {
    change: price / before.close - 1,
    base: before.close,
    since: before.start + STEP,
    low: bars.reduce((low, bar) => Math.min(low, bar.low), price),
    high: bars.reduce((high, bar) => Math.max(high, bar.high), price),
    volume: bars.reduce((sum, bar) => sum + bar.volume, 0),
  };
}
