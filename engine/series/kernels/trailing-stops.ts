import type { Bar } from '../../market/events.ts';
import type { Kernel } from '../catalog-entry.ts';
import { folded } from './folded.ts';

interface Parabola {
  readonly seen: number;
  readonly isLong: boolean;
  /** What is shown at this bar, and what the next begins with. */
  readonly value: number;
  readonly stop: number;
  readonly extreme: number;
  readonly acceleration: number;
  readonly high: number;
  readonly low: number;
}

const UNBORN: Parabola = { seen: 0, isLong: true, value: 0, stop: 0, extreme: 0, acceleration: 0, high: 0, low: 0 };

/** The bar on one's own side: a short position is a long one with the axis turned over. */
const turned = (bar: { high: number; low: number }, isLong: boolean) =>
  isLong ? { high: bar.high, low: bar.low } : { high: -bar.low, low: -bar.high };

/** One bar of Wilder's parabolic stop, as in TA-Lib's SAR: its value, and which way one stands after it (1 or -1). */
export function parabolic(step: number, most: number): Kernel<Bar> {
  const begin = (before: Parabola, bar: Bar): Parabola => {
    const [rise, fall] = [bar.high - before.high, before.low - bar.low];
    const isLong = !(fall > 0 && rise < fall);
    const stop = isLong ? before.low : before.high;
    const start = { ...before, isLong, stop, extreme: isLong ? bar.high : bar.low, acceleration: step };
    return follow({ ...start, high: bar.high, low: bar.low }, bar);
  };

  const follow = (before: Parabola, bar: Bar): Parabola => {
    const sign = before.isLong ? 1 : -1;
    const [now, past] = [turned(bar, before.isLong), turned(before, before.isLong)];
    const [stop, extreme] = [sign * before.stop, sign * before.extreme];
    if (now.low <= stop) {
      const value = Math.max(extreme, past.high, now.high);
      const next = Math.max(value + step * (now.low - value), past.high, now.high);
      return state(bar, !before.isLong, sign * value, sign * next, sign * now.low, step);
    }
    const isFarther = now.high > extreme;
    const acceleration = isFarther ? Math.min(most, before.acceleration + step) : before.acceleration;
    const top = Math.max(extreme, now.high);
    const next = Math.min(stop + acceleration * (top - stop), past.low, now.low);
    return state(bar, before.isLong, sign * stop, sign * next, sign * top, acceleration);
  };

  const next = (before: Parabola, bar: Bar): Parabola => {
    if (before.seen === 0) return { ...UNBORN, seen: 1, high: bar.high, low: bar.low };
    return before.seen === 1 ? begin(before, bar) : follow(before, bar);
  };
  return folded(2, UNBORN, next, writeParabola, 2);
}

const state = (
  { high, low }: Bar,
  isLong: boolean,
  value: number,
  stop: number,
  extreme: number,
  acceleration: number,
): Parabola => ({ seen: 2, isLong, value, stop, extreme, acceleration, high, low });

function writeParabola(parabola: Parabola, values: Float64Array): void {
  values[0] = parabola.value;
  values[1] = parabola.isLong ? 1 : -1;
}

/** A price, the middle that bands are drawn around, and how far from it. */
export interface Reach {
  readonly close: number;
  readonly middle: number;
  readonly reach: number;
}

interface Bands {
  readonly close: number;
  readonly upper: number;
  readonly lower: number;
  readonly isUp: boolean;
}

/** Supertrend: the lower band while up, the upper one while down, each of which only draws nearer until it is crossed; and 1 or -1. */
export const supertrend = (): Kernel<Reach> =>
  folded(
    2,
    { close: Number.NaN, upper: Number.POSITIVE_INFINITY, lower: Number.NEGATIVE_INFINITY, isUp: false },
    (before: Bands, { close, middle, reach }: Reach): Bands => {
      const upper = before.close > before.upper ? middle + reach : Math.min(before.upper, middle + reach);
      const lower = before.close < before.lower ? middle - reach : Math.max(before.lower, middle - reach);
      return { close, upper, lower, isUp: before.isUp ? close >= lower : close > upper };
    },
    (bands, values) => {
      values[0] = bands.isUp ? bands.lower : bands.upper;
      values[1] = bands.isUp ? 1 : -1;
    },
  );

interface Stop {
  readonly stop: number;
  readonly best: number;
  readonly isUp: boolean;
}

/** A stop `reach` from the best close since it turned; it never retreats, and changes sides when a close passes it. And 1 or -1. */
export const volatilityStop = (): Kernel<{ close: number; reach: number }> =>
  folded(
    2,
    { stop: Number.NaN, best: Number.NaN, isUp: true },
    (before: Stop, { close, reach }: { close: number; reach: number }): Stop => {
      if (Number.isNaN(before.stop)) return { stop: close - reach, best: close, isUp: true };
      const sign = before.isUp ? 1 : -1;
      const best = sign * Math.max(sign * before.best, sign * close);
      const stop = sign * Math.max(sign * before.stop, sign * best - reach);
      if (sign * (close - stop) >= 0) return { stop, best, isUp: before.isUp };
      return { stop: close + sign * reach, best: close, isUp: !before.isUp };
    },
    (stop, values) => {
      values[0] = stop.stop;
      values[1] = stop.isUp ? 1 : -1;
    },
  );

interface Leg {
  readonly pivot: number;
  readonly extreme: number;
  readonly isUp: boolean;
}

/**
 * The zig-zag: the last confirmed turn, the extreme of the leg that runs, and its direction (1 or -1). A turn is confirmed when the
 * price comes back from it by `percent`. It begins as a rise from the first low.
 */
export const zigzag = (percent: number): Kernel<Bar> =>
  folded(
    3,
    { pivot: Number.NaN, extreme: Number.NaN, isUp: true },
    (before: Leg, { high, low }: Bar): Leg => {
      const { pivot, extreme, isUp } = before;
      if (Number.isNaN(pivot)) return { pivot: low, extreme: high, isUp: true };
      if (isUp ? high > extreme : low < extreme) return { pivot, extreme: isUp ? high : low, isUp };
      const isBack = isUp ? low <= extreme * (1 - percent / 100) : high >= extreme * (1 + percent / 100);
      return isBack ? { pivot: extreme, extreme: isUp ? low : high, isUp: !isUp } : before;
    },
    (leg, values) => {
      values[0] = leg.pivot;
      values[1] = leg.extreme;
      values[2] = leg.isUp ? 1 : -1;
    },
  );
