import type { Bar } from '../../market/events.ts';
import type { BarsEntry, Kernel } from '../catalog-entry.ts';
import { averageTrueRange } from '../kernels/bar-terms.ts';
import { composed } from '../kernels/composed.ts';
import { HighestKernel, LagKernel, LowestKernel } from '../kernels/extremes.ts';
import { folded } from '../kernels/folded.ts';
import { PlainMeanKernel } from '../kernels/ordered-window.ts';
import { parabolic, supertrend, volatilityStop } from '../kernels/trailing-stops.ts';
import { factor, length } from './params.ts';
import { median, wilderSettles } from './parts.ts';

const DIRECTION = 'direction is 1 while up, -1 while down';
/** Bars in which a stop that remembers the last turn usually turns. */
const TURNS = 200;

const psar: BarsEntry = {
  name: 'psar',
  aliases: ['sar'],
  params: [factor('step', 0.02, 0.001, 0.5), factor('max', 0.2, 0.001, 1)],
  fields: ['value', 'direction'],
  drawn: ['value'],
  scale: 'price',
  shape: 'dots',
  summary: `parabolic stop and reverse: below the price in a rise, above it in a fall; ${DIRECTION}`,
  source: 'Wilder 1978; TA-Lib SAR, the first direction included',
  example: 'close crosses above psar(0.02, 0.2)[1]',
  input: 'bars',
  warmup: () => ({ first: 2, settled: 2 * TURNS }),
  create: ([step, most]) => parabolic(Math.min(step, most), most),
};

const supertrendEntry: BarsEntry = {
  name: 'supertrend',
  aliases: [],
  params: [length(10), factor('k', 3, 0.1, 20)],
  fields: ['value', 'direction'],
  drawn: ['value'],
  scale: 'price',
  shape: 'sides',
  summary: `supertrend: a stop k average true ranges from the middle of the bar that never retreats; ${DIRECTION}`,
  source: 'Seban; bands around (high + low) / 2, atr as here; begins as down',
  example: 'supertrend.direction crosses above 0',
  input: 'bars',
  warmup: ([bars]) => ({ first: bars, settled: wilderSettles(bars) + TURNS }),
  create: ([bars, k]) => {
    const [range, trend] = [averageTrueRange(bars), supertrend()];
    return composed(2, (bar: Bar, feed, values) => {
      const reach = k * feed(range, bar);
      if (Number.isNaN(reach)) return;
      values[0] = feed(trend, { close: bar.close, middle: median(bar), reach });
      values[1] = trend.values[1];
    });
  },
};

const vstop: BarsEntry = {
  name: 'vstop',
  aliases: ['volatilitystop'],
  params: [length(20), factor('k', 2, 0.1, 20)],
  fields: ['value', 'direction'],
  drawn: ['value'],
  scale: 'price',
  shape: 'sides',
  summary: `volatility stop: k average true ranges from the best close since it turned; ${DIRECTION}`,
  source: "Wilder's volatility system of 1978 as TradingView has it: the stop never retreats; begins as up",
  example: 'vstop.direction crosses below 0',
  input: 'bars',
  warmup: ([bars]) => ({ first: bars, settled: wilderSettles(bars) + TURNS }),
  create: ([bars, k]) => {
    const [range, stop] = [averageTrueRange(bars), volatilityStop()];
    return composed(2, (bar: Bar, feed, values) => {
      const reach = k * feed(range, bar);
      if (Number.isNaN(reach)) return;
      values[0] = feed(stop, { close: bar.close, reach });
      values[1] = stop.values[1];
    });
  },
};

const chandelier: BarsEntry = {
  name: 'chandelier',
  aliases: ['ce'],
  params: [length(22), factor('k', 3, 0.1, 20)],
  fields: ['long', 'short'],
  scale: 'price',
  summary: 'chandelier exit: k average true ranges below the highest high (long) and above the lowest low (short)',
  source: 'Le Beau; the window and the atr have the same length',
  example: 'close < chandelier(22, 3).long',
  input: 'bars',
  warmup: ([bars]) => ({ first: bars, settled: wilderSettles(bars) }),
  create: ([bars, k]) => {
    const [range, top, bottom] = [averageTrueRange(bars), new HighestKernel(bars), new LowestKernel(bars)];
    return composed(2, (bar: Bar, feed, values) => {
      const reach = k * feed(range, bar);
      values[0] = feed(top, bar.high) - reach;
      values[1] = feed(bottom, bar.low) + reach;
    });
  },
};

const cks: BarsEntry = {
  name: 'cks',
  aliases: ['chandekroll'],
  params: [length(10), factor('k', 1, 0.1, 20), length(9, 1, 'stop')],
  fields: ['long', 'short'],
  scale: 'price',
  summary:
    'Chande Kroll stop: the highest of highs less k average true ranges (short), the lowest of lows plus as many (long)',
  source: 'Chande and Kroll 1994; TradingView: atr of the first length, the extreme over the second',
  example: 'close > cks.long and close > cks.short',
  input: 'bars',
  warmup: ([bars, , stop]) => ({ first: bars + stop - 1, settled: wilderSettles(bars) + stop }),
  create: ([bars, k, stop]) => {
    const [range, top, bottom] = [averageTrueRange(bars), new HighestKernel(bars), new LowestKernel(bars)];
    const [least, most] = [new LowestKernel(stop), new HighestKernel(stop)];
    return composed(2, (bar: Bar, feed, values) => {
      const reach = k * feed(range, bar);
      values[0] = feed(least, feed(bottom, bar.low) + reach);
      values[1] = feed(most, feed(top, bar.high) - reach);
    });
  },
};

/** 1 after a close above the mean of the highs up to the bar before, -1 after one below that of the lows; at first by the middle. */
const side = (): Kernel<{ close: number; high: number; low: number }> =>
  folded(
    1,
    0,
    (before: number, { close, high, low }: { close: number; high: number; low: number }) => {
      if (close > high) return 1;
      if (close < low) return -1;
      if (before !== 0) return before;
      return close >= (high + low) / 2 ? 1 : -1;
    },
    (now, values) => {
      values[0] = now;
    },
  );

function gannHiLo(highBars: number, lowBars: number): Kernel<Bar> {
  const [highs, lows] = [new PlainMeanKernel(highBars), new PlainMeanKernel(lowBars)];
  const [highBefore, lowBefore, trend] = [new LagKernel(1), new LagKernel(1), side()];
  return composed(2, (bar: Bar, feed, values) => {
    const [high, low] = [feed(highs, bar.high), feed(lows, bar.low)];
    const before = { high: feed(highBefore, high), low: feed(lowBefore, low) };
    if (Number.isNaN(before.high) || Number.isNaN(before.low)) return;
    const direction = feed(trend, { close: bar.close, ...before });
    values[0] = direction > 0 ? low : high;
    values[1] = direction;
  });
}

const hilo: BarsEntry = {
  name: 'hilo',
  aliases: ['gannhilo'],
  params: [length(13, 1, 'high'), length(21, 1, 'low')],
  fields: ['value', 'direction'],
  drawn: ['value'],
  scale: 'price',
  shape: 'sides',
  summary: `Gann HiLo activator: the mean of the lows while up, of the highs while down; ${DIRECTION}`,
  source:
    'Krausz 1998: turns when a close passes the mean up to the bar before (trading-signals holds the line between turns)',
  example: 'hilo.direction crosses above 0',
  input: 'bars',
  warmup: ([high, low]) => ({ first: Math.max(high, low) + 1, settled: Math.max(high, low) + TURNS }),
  create: ([high, low]) => gannHiLo(high, low),
};

/** Lines on the other side of the price, which a trend ends when it passes. */
export const TRAILING_STOPS: readonly BarsEntry[] = [psar, supertrendEntry, vstop, chandelier, cks, hilo];
