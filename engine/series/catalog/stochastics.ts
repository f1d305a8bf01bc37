import type { Bar } from '../../market/events.ts';
import type { BarsEntry, CatalogEntry, Kernel } from '../catalog-entry.ts';
import { composed, type Feed } from '../kernels/composed.ts';
import { HighestKernel, LowestKernel } from '../kernels/extremes.ts';
import { PlainMeanKernel } from '../kernels/ordered-window.ts';
import { length } from './params.ts';
import { exactly, rsiKernel, wilderSettles } from './parts.ts';

/** Place of the newest close in the range of the highs and lows of a window, 0 to 100; 50 where there is no range. */
function placeInRange(bars: number): (bar: Bar, feed: Feed) => number {
  const top = new HighestKernel(bars);
  const bottom = new LowestKernel(bars);
  return (bar, feed) => {
    const low = feed(bottom, bar.low);
    const range = feed(top, bar.high) - low;
    return range === 0 ? 50 : (100 * (bar.close - low)) / range;
  };
}

function stochastic(bars: number, slowing: number, signal: number): Kernel<Bar> {
  const place = placeInRange(bars);
  const slow = new PlainMeanKernel(slowing);
  const line = new PlainMeanKernel(signal);
  return composed(3, (bar: Bar, feed, values) => {
    const k = feed(slow, place(bar, feed));
    const d = feed(line, k);
    if (Number.isNaN(d)) return;
    values[0] = k;
    values[1] = d;
    values[2] = 3 * k - 2 * d;
  });
}

const stoch: BarsEntry = {
  name: 'stoch',
  aliases: ['stochastic', 'kdj'],
  params: [length(14), length(3, 1, 'slowing'), length(3, 1, 'signal')],
  fields: ['k', 'd', 'j'],
  drawn: ['k', 'd'],
  levels: [20, 80],
  scale: 'percent',
  summary: 'slow stochastic: place of the close in its range, smoothed; d is its signal line, j is 3k - 2d',
  source: "Lane; TA-Lib STOCH with simple averages (it has 0 where there is no range, here 50); 3k - 2d is KDJ's",
  example: 'stoch.k crosses above stoch.d',
  input: 'bars',
  warmup: ([bars, slowing, signal]) => exactly(bars + slowing + signal - 2),
  create: ([bars, slowing, signal]) => stochastic(bars, slowing, signal),
};

const stochf: BarsEntry = {
  name: 'stochf',
  aliases: ['faststoch'],
  params: [length(14), length(3, 1, 'signal')],
  fields: ['k', 'd'],
  levels: [20, 80],
  scale: 'percent',
  summary: 'fast stochastic: place of the close in its range, 0 to 100, and its signal line',
  source: 'Lane; TA-Lib STOCHF with a simple average (it has 0 where there is no range, here 50)',
  example: 'stochf(14).k < 20',
  input: 'bars',
  warmup: ([bars, signal]) => exactly(bars + signal - 1),
  create: ([bars, signal]) => {
    const place = placeInRange(bars);
    const line = new PlainMeanKernel(signal);
    return composed(2, (bar: Bar, feed, values) => {
      const k = place(bar, feed);
      const d = feed(line, k);
      if (Number.isNaN(d)) return;
      values[0] = k;
      values[1] = d;
    });
  },
};

const willr: BarsEntry = {
  name: 'willr',
  aliases: ['williamsr', 'wpr'],
  params: [length(14)],
  fields: [],
  levels: [-80, -20],
  scale: 'own',
  range: () => [-100, 0],
  summary: "Williams' %R: how far the close lies below the high of its range, -100 to 0",
  source: 'Williams 1973; TA-Lib WILLR (it has 0 where there is no range, here -50)',
  example: 'willr(14) < -80',
  input: 'bars',
  warmup: ([bars]) => exactly(bars),
  create: ([bars]) => {
    const place = placeInRange(bars);
    return composed(1, (bar: Bar, feed, values) => {
      values[0] = place(bar, feed) - 100;
    });
  },
};

/** An rsi between whose highest and lowest is less stands still: the rest is rounding, whose range says nothing. */
const STANDSTILL = 1e-9;

const stochrsi: CatalogEntry = {
  name: 'stochrsi',
  aliases: ['srsi'],
  params: [length(14, 2), length(14, 2, 'range'), length(3, 1, 'slowing'), length(3, 1, 'signal')],
  fields: ['k', 'd'],
  levels: [20, 80],
  scale: 'percent',
  summary: 'stochastic of the rsi: its place in its own range, 0 to 100, smoothed, and the signal line',
  source:
    'Chande and Kroll 1994; TA-Lib STOCHRSI(14, 5, 3) is stochrsi(14, 5, 1, 3); 50 where the rsi has no range (TA-Lib: 0)',
  example: 'stochrsi.k < 20',
  input: 'series',
  warmup: ([bars, range, slowing, signal]) => {
    const first = bars + range + slowing + signal - 2;
    return { first, settled: first + wilderSettles(bars) };
  },
  create: ([bars, range, slowing, signal]) => {
    const rsi = rsiKernel(bars);
    const top = new HighestKernel(range);
    const bottom = new LowestKernel(range);
    const slow = new PlainMeanKernel(slowing);
    const line = new PlainMeanKernel(signal);
    return composed(2, (x: number, feed, values) => {
      const strength = feed(rsi, x);
      const low = feed(bottom, strength);
      const reach = feed(top, strength) - low;
      const k = feed(slow, reach < STANDSTILL ? 50 : (100 * (strength - low)) / reach);
      const d = feed(line, k);
      if (Number.isNaN(d)) return;
      values[0] = k;
      values[1] = d;
    });
  },
};

/** Where in its range the price or something made of it lies. */
export const STOCHASTICS: readonly CatalogEntry[] = [stoch, stochf, stochrsi, willr];
