import { type BarColumns, toColumns } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import { type BarSource, evaluate } from './evaluate.ts';
import type { VaryingPlan } from './plan.ts';

/** How far from the last price is looked, as fractions of it. */
const STEPS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.08, 0.12, 0.2, 0.35];

/**
 * The last price nearest to the present one at which a series would be at `level`, if everything else stayed as it is.
 *
 * @param plan a series of one instrument; others have no such price
 * @param bars of each interval that the plan reads: the closed ones, the open one last
 * @returns undefined where the series does not depend on the price so, or the level is out of reach (beyond ±35 %)
 */
export function triggerPrice(
  plan: VaryingPlan,
  level: number,
  price: number,
  bars: (interval: number) => readonly Bar[],
): number | undefined {
  if (plan.instruments.length !== 1) return undefined;
  const columns = new Map<number, BarColumns>();
  const at = (last: number): number => {
    const source: BarSource = (_instrument, interval) => {
      let known = columns.get(interval);
      if (known === undefined) {
        known = toColumns(bars(interval));
        columns.set(interval, known);
      }
      return withLastPrice(known, last);
    };
    const { values } = evaluate(plan, source);
    return values.length === 0 ? Number.NaN : values[values.length - 1] - level;
  };
  const here = at(price);
  if (Number.isNaN(here)) return undefined;
  for (const step of STEPS) {
    for (const far of [price * (1 + step), price * (1 - step)]) {
      if (at(far) * here <= 0) return bisect(at, price, far, here);
    }
  }
  return undefined;
}

/** Where `f` changes its sign between `near` and `far`, to a relative 1e-7. */
function bisect(f: (x: number) => number, near: number, far: number, atNear: number): number {
  let low = near;
  let high = far;
  for (let i = 0; i < 40 && Math.abs(high - low) > 1e-7 * near; i++) {
    const middle = (low + high) / 2;
    if (f(middle) * atNear > 0) low = middle;
    else high = middle;
  }
  return high;
}

/** The bars as they would be if the last price were `price`. */
function withLastPrice(bars: BarColumns, price: number): BarColumns {
  const last = bars.length - 1;
  if (last < 0) return bars;
  const high = bars.high.slice();
  const low = bars.low.slice();
  const close = bars.close.slice();
  high[last] = Math.max(high[last], price);
  low[last] = Math.min(low[last], price);
  close[last] = price;
  return { ...bars, high, low, close };
}
