import type { Bar } from '../../market/events.ts';
import type { Kernel } from '../catalog-entry.ts';
import { composed, quotient } from './composed.ts';
import { LagKernel } from './extremes.ts';
import { SumKernel } from './ordered-window.ts';
import { WilderKernel } from './smoothing.ts';

/** The bar and its true range against the bar before, of which `high`, `low` and `close` are. */
type Move = (bar: Bar, range: number, before: { high: number; low: number; close: number }) => void;

/** Hands over each bar with the one before it; the first bar, which has none, is left out. */
function withBefore(): { read(bar: Bar, feed: <I>(part: Kernel<I>, input: I) => number, move: Move): void } {
  const [highs, lows, closes] = [new LagKernel(1), new LagKernel(1), new LagKernel(1)];
  return {
    read(bar, feed, move) {
      const before = { high: feed(highs, bar.high), low: feed(lows, bar.low), close: feed(closes, bar.close) };
      if (Number.isNaN(before.close)) return;
      move(bar, Math.max(bar.high, before.close) - Math.min(bar.low, before.close), before);
    },
  };
}

/**
 * Wilder's directional movement: dx, +di and -di, 0 to 100, from the bar after the first on. A bar moves the way it went farther; 0
 * where nothing moves.
 */
export function directionalMovement(length: number): Kernel<Bar> {
  const bars = withBefore();
  const [ranges, rises, falls] = [new WilderKernel(length), new WilderKernel(length), new WilderKernel(length)];
  return composed(3, (newest: Bar, feed, values) => {
    bars.read(newest, feed, (bar, range, before) => {
      const [rise, fall] = [bar.high - before.high, before.low - bar.low];
      const all = feed(ranges, range);
      const plus = quotient(100 * feed(rises, rise > fall && rise > 0 ? rise : 0), all, 0);
      const minus = quotient(100 * feed(falls, fall > rise && fall > 0 ? fall : 0), all, 0);
      if (Number.isNaN(all)) return;
      values[0] = quotient(100 * Math.abs(plus - minus), plus + minus, 0);
      values[1] = plus;
      values[2] = minus;
    });
  });
}

/** The vortex: how far the highs are from the lows before them, and the lows from the highs before them, in true ranges. */
export function vortex(length: number): Kernel<Bar> {
  const bars = withBefore();
  const [ranges, rises, falls] = [new SumKernel(length), new SumKernel(length), new SumKernel(length)];
  return composed(2, (newest: Bar, feed, values) => {
    bars.read(newest, feed, (bar, range, before) => {
      const all = feed(ranges, range);
      values[0] = quotient(feed(rises, Math.abs(bar.high - before.low)), all, 0);
      values[1] = quotient(feed(falls, Math.abs(bar.low - before.high)), all, 0);
    });
  });
}
