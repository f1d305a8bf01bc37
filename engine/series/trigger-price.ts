import { type BarColumns, toColumns } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import { type BarSource, evaluate } from './evaluate.ts';
import type { VaryingPlan } from './plan.ts';
import { createProbe } from './probe.ts';

/** How far from the last price is looked, as fractions of it. */
const STEPS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.08, 0.12, 0.2, 0.35];

/** Between the present price and the one that was found so many others are tried: a series may come and go. */
const TRIES = 16;
/** What rounding may make of a value, as a share of it. */
const ROUNDING = 1e-9;

type BarsOf = (interval: number) => readonly Bar[];

/** A level, and on which side of it a series counts where it is exactly there: with `above` for `< level` and `>= level`. */
export interface Level {
  readonly value: number;
  readonly belongs: 'above' | 'below';
}

/**
 * The last price near the present one at which a series would pass `level`, if everything else stayed as it is: there it is on
 * the other side, and just before it is not. Of several the nearest, unless the series comes and goes within a fiftieth of the way.
 *
 * @param plan a series of one instrument; others have no such price
 * @param bars of each interval that the plan reads: the closed ones, the open one last
 * @returns undefined where the series does not depend on the price so, or the level is out of reach (beyond ±35 %)
 */
export function triggerPrice(plan: VaryingPlan, level: Level, price: number, bars: BarsOf): number | undefined {
  if (plan.instruments.length !== 1) return undefined;
  const at = valueAt(plan, columnsOf(bars));
  const isAbove = (value: number): boolean => (level.belongs === 'above' ? value >= level.value : value > level.value);
  const here = at(price);
  if (Number.isNaN(here)) return undefined;
  const start = isAbove(here);
  const passes = (last: number): boolean => {
    const value = at(last);
    return !Number.isNaN(value) && isAbove(value) !== start;
  };
  const far = firstStep(passes, price);
  return far === undefined ? undefined : bisect(passes, ...narrowed(passes, price, far));
}

/**
 * Whether the value of a plan hangs on where its history begins, as that of a running total does: then nothing can be said of it from
 * some of the history. `bars` are more than the plan wants.
 */
export function dependsOnStart(plan: VaryingPlan, bars: BarsOf): boolean {
  const value = lastValue(plan, columnsOf(bars));
  const later = lastValue(
    plan,
    columnsOf((interval) => bars(interval).slice(1)),
  );
  return !(Math.abs(value - later) <= ROUNDING * Math.max(Math.abs(value), Math.abs(later)));
}

function columnsOf(bars: BarsOf): (interval: number) => BarColumns {
  const known = new Map<number, BarColumns>();
  return (interval) => {
    const columns = known.get(interval) ?? toColumns(bars(interval));
    known.set(interval, columns);
    return columns;
  };
}

/** The newest value as a function of the last price. What cannot be asked so is computed anew each time. */
function valueAt(plan: VaryingPlan, columns: (interval: number) => BarColumns): (last: number) => number {
  const probe = createProbe(plan, (_instrument, interval) => columns(interval));
  return probe ?? ((last) => lastValue(plan, (interval) => withLastPrice(columns(interval), last)));
}

function lastValue(plan: VaryingPlan, columns: (interval: number) => BarColumns): number {
  const source: BarSource = (_instrument, interval) => columns(interval);
  const { values } = evaluate(plan, source);
  return values.length === 0 ? Number.NaN : values[values.length - 1];
}

function firstStep(passes: (last: number) => boolean, price: number): number | undefined {
  for (const step of STEPS) {
    for (const far of [price * (1 + step), price * (1 - step)]) if (passes(far)) return far;
  }
  return undefined;
}

/** A shorter way on which the level is passed. */
function narrowed(passes: (last: number) => boolean, price: number, far: number): [near: number, far: number] {
  let near = price;
  for (let i = 1; i < TRIES; i++) {
    const next = price + ((far - price) * i) / TRIES;
    if (passes(next)) return [near, next];
    near = next;
  }
  return [near, far];
}

/** Where the level is passed between `near` and `far`, to a relative 1e-8. */
function bisect(passes: (last: number) => boolean, near: number, far: number): number {
  let low = near;
  let high = far;
  for (let i = 0; i < 40 && Math.abs(high - low) > 1e-8 * near; i++) {
    const middle = (low + high) / 2;
    if (passes(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The bars as they would be if the last price were `price`; the first trade of a bar is all that it is made of. */
function withLastPrice(bars: BarColumns, price: number): BarColumns {
  const last = bars.length - 1;
  if (last < 0) return bars;
  const isFirst = bars.trades[last] === 0;
  const open = bars.open.slice();
  const high = bars.high.slice();
  const low = bars.low.slice();
  const close = bars.close.slice();
  if (isFirst) open[last] = price;
  high[last] = isFirst ? price : Math.max(high[last], price);
  low[last] = isFirst ? price : Math.min(low[last], price);
  close[last] = price;
  return { ...bars, open, high, low, close };
}
