import type { BookEvent, BookSide, Trade } from '../../engine/market/events.ts';
import type { InstrumentInfo } from '../../engine/market/instrument.ts';
import { SECOND } from '../../engine/market/interval.ts';
import { createRandom, hashText } from './random.ts';

/** Levels of each side. */
const DEPTH = 50;
/** How long the size of a level stays about as it is, in ms; each level changes at a time of its own. */
const KEPT_MS = 8 * SECOND;
const TICKS = 100;

/**
 * The order book around the newest trade, a pure function of seed, trade and time: who bought paid the best ask. Levels stand on
 * a grid of prices, each with a size of its own for some seconds, larger ones farther away.
 */
export function createDepth(
  seed: string,
  info: InstrumentInfo,
  meanLots: number,
): (last: Trade, ts: number) => BookEvent {
  const stream = hashText(`${seed}/depth/${info.symbol}`);
  const random = createRandom();
  const lot = info.lot ?? 1;

  function sizeAt(ticks: number, rank: number, ts: number): number {
    random.seed(stream, ticks);
    const epoch = Math.floor((ts + random.next() * KEPT_MS) / KEPT_MS);
    random.seed(stream ^ epoch, ticks);
    const lots = meanLots * (1 + rank / 6) * Math.exp(0.8 * random.gauss());
    return Math.max(1, Math.round(lots)) * lot;
  }

  /** From the best price away from the other side: the best one, then the points of the grid beyond it. */
  function side(best: number, step: number, sign: 1 | -1, ts: number): BookSide {
    const count = sign > 0 ? DEPTH : Math.max(1, Math.min(DEPTH, Math.floor((best - 1) / step) + 1));
    const prices = new Float64Array(count);
    const sizes = new Float64Array(count);
    const grid = sign > 0 ? Math.floor(best / step) : Math.ceil(best / step);
    for (let i = 0; i < count; i++) {
      const ticks = i === 0 ? best : (grid + sign * i) * step;
      prices[i] = ticks / TICKS;
      sizes[i] = sizeAt(ticks, i, ts);
    }
    return { prices, sizes };
  }

  return (last, ts) => {
    const ticks = Math.round(last.price * TICKS);
    // About a hundredth of a permille between two levels, as on a busy market.
    const step = Math.max(1, Math.round(ticks / 1e5));
    random.seed(stream, Math.floor(ts / SECOND));
    const spread = 1 + Math.floor(random.next() ** 2 * 2 * step);
    const isAsk = last.side !== 'sell' || ticks <= spread;
    const [bid, ask] = isAsk ? [Math.max(1, ticks - spread), Math.max(2, ticks)] : [ticks, ticks + spread];
    return {
      type: 'book',
      instrument: info.instrument,
      ts,
      bids: side(bid, step, -1, ts),
      asks: side(ask, step, 1, ts),
    };
  };
}
