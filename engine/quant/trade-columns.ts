import { boughtBy } from '../market/bought.ts';
import type { Trade } from '../market/events.ts';

/** Trades as columns, oldest first. */
export interface TradeColumns {
  /** In ms. */
  readonly ts: Float64Array;
  readonly price: Float64Array;
  /** In base units. */
  readonly size: Float64Array;
  /** What of the size its taker bought: all or nothing; NaN where the side is not known. */
  readonly bought: Float64Array;
}

/** @param trades oldest first; those of no size count for nothing and are left out */
export function tradeColumns(trades: readonly Trade[]): TradeColumns {
  const kept = trades.filter(({ size, price }) => size > 0 && Number.isFinite(size) && Number.isFinite(price));
  return {
    ts: Float64Array.from(kept, ({ ts }) => ts),
    price: Float64Array.from(kept, ({ price }) => price),
    size: Float64Array.from(kept, ({ size }) => size),
    bought: Float64Array.from(kept, boughtBy),
  };
}

/** Portions behind each other, in their order. */
export function joinColumns(parts: readonly TradeColumns[]): TradeColumns {
  const join = (name: keyof TradeColumns) => {
    const whole = new Float64Array(parts.reduce((sum, part) => sum + part[name].length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part[name], at);
      at += part[name].length;
    }
    return whole;
  };
  return { ts: join('ts'), price: join('price'), size: join('size'), bought: join('bought') };
}
