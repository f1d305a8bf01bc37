import { DEMA, SuperSmoother } from 'trading-signals';
import type { Kernel, SeriesEntry } from '../catalog-entry.ts';
import { composed } from '../kernels/composed.ts';
import { LagKernel } from '../kernels/extremes.ts';
import { LibraryKernel } from '../kernels/library-kernel.ts';
import { ExponentialKernel } from '../kernels/smoothing.ts';
import { linearlyWeighted, WeightedKernel } from '../kernels/weighted-window.ts';
import { WilderAverage } from '../kernels/wilder-average.ts';
import { factor, length, windowWarmup } from './params.ts';
import { emaSettles, exactly, wilderSettles } from './parts.ts';

/** An average of one output that lies where its input does. */
type Average = Pick<
  SeriesEntry,
  'name' | 'aliases' | 'params' | 'summary' | 'source' | 'example' | 'warmup' | 'create'
>;
const average = (entry: Average): SeriesEntry => ({ ...entry, fields: [], scale: 'price', input: 'series' });

/** A kernel of weights, oldest first, whatever their sum. */
function weighted(weights: readonly number[]): Kernel<number> {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return new WeightedKernel(weights.map((weight) => weight / sum));
}

const SPENCER = [-3, -6, -5, 3, 21, 46, 67, 74, 67, 46, 21, 3, -5, -6, -3];

/** Averages of a window with weights: exact as soon as it is full. */
const WINDOWS: readonly SeriesEntry[] = [
  average({
    name: 'wma',
    aliases: ['lwma'],
    params: [length(20)],
    summary: 'linearly weighted moving average: the newest input counts most',
    source: 'weights 1 to length; TA-Lib WMA',
    example: 'close > wma(20)',
    warmup: windowWarmup,
    create: ([bars]) => linearlyWeighted(bars),
  }),
  average({
    name: 'trima',
    aliases: ['tma'],
    params: [length(20)],
    summary: 'triangular moving average: the middle of the window counts most',
    source: 'weights that rise to the middle and fall; TA-Lib TRIMA',
    example: 'close > trima(20)',
    warmup: windowWarmup,
    create: ([bars]) => weighted(Array.from({ length: bars }, (_, i) => Math.min(i + 1, bars - i))),
  }),
  average({
    name: 'alma',
    aliases: [],
    params: [length(9), factor('offset', 0.85, 0, 1), factor('sigma', 6, 0.5, 20)],
    summary: 'Arnaud Legoux moving average: weights in the shape of a bell, near the newest with offset 1',
    source: 'Legoux 2009; the peak at offset*(length-1) is not rounded to a bar',
    example: 'close crosses above alma(9)',
    warmup: windowWarmup,
    create: ([bars, offset, sigma]) =>
      weighted(
        Array.from({ length: bars }, (_, i) => Math.exp(-((i - offset * (bars - 1)) ** 2) / (2 * (bars / sigma) ** 2))),
      ),
  }),
  average({
    name: 'hma',
    aliases: ['hull'],
    params: [length(20, 2)],
    summary: 'Hull moving average: a weighted average with most of its lag taken out',
    source: 'Hull 2005: wma(2*wma(x, n/2) - wma(x, n), sqrt(n)), n/2 and the root rounded down',
    example: 'close crosses above hma(20)',
    warmup: ([bars]) => exactly(bars + Math.floor(Math.sqrt(bars)) - 1),
    create: ([bars]) => {
      const [half, full] = [linearlyWeighted(Math.floor(bars / 2)), linearlyWeighted(bars)];
      const smooth = linearlyWeighted(Math.floor(Math.sqrt(bars)));
      return composed(1, (x: number, feed, values) => {
        values[0] = feed(smooth, 2 * feed(half, x) - feed(full, x));
      });
    },
  }),
  average({
    name: 'sma15',
    aliases: ['spencer'],
    params: [],
    summary: "Spencer's 15-point moving average of the last 15 inputs, centred on the eighth",
    source: 'Spencer 1904; weights -3 -6 -5 3 21 46 67 74 67 46 21 3 -5 -6 -3 over 320',
    example: 'close > sma15',
    warmup: () => exactly(SPENCER.length),
    create: () => weighted(SPENCER),
  }),
];

/** T3 of Tillson: six averages in a row, the last four weighted by the volume factor. */
function t3(bars: number, v: number): Kernel<number> {
  const stages = Array.from({ length: 5 }, () => new ExponentialKernel(bars, 1));
  const last = new ExponentialKernel(bars, 6 * bars - 5);
  return composed(1, (x: number, feed, values) => {
    let line = x;
    for (const stage of stages) line = feed(stage, line);
    const sixth = feed(last, line);
    const [, , third, fourth, fifth] = stages.map((stage) => stage.values[0]);
    if (Number.isNaN(sixth)) return;
    values[0] = (1 + v) ** 3 * third - 3 * v * (1 + v) ** 2 * fourth + 3 * v ** 2 * (1 + v) * fifth - v ** 3 * sixth;
  });
}

function tema(bars: number): Kernel<number> {
  const [one, two, three] = [1, 1, 3 * bars - 2].map((first) => new ExponentialKernel(bars, first));
  return composed(1, (x: number, feed, values) => {
    const single = feed(one, x);
    const double = feed(two, single);
    values[0] = 3 * single - 3 * double + feed(three, double);
  });
}

function zlema(bars: number): Kernel<number> {
  const lag = Math.floor((bars - 1) / 2);
  const [before, smooth] = [new LagKernel(lag), new ExponentialKernel(bars, bars - lag)];
  return composed(1, (x: number, feed, values) => {
    values[0] = feed(smooth, 2 * x - feed(before, x));
  });
}

const SEEDED = 'EMAs seeded with their first input; TA-Lib seeds with means, the two meet';

/** Averages that remember, the more faintly the longer ago. */
const SMOOTHINGS: readonly SeriesEntry[] = [
  average({
    name: 'rma',
    aliases: ['smma', 'wilder'],
    params: [length(14)],
    summary: "Wilder's smoothing: a length-th of the way to each input",
    source: 'Wilder 1978: seeded with the mean of the first inputs',
    example: 'close > rma(14)',
    warmup: ([bars]) => ({ first: bars, settled: wilderSettles(bars) }),
    create: ([bars]) => new LibraryKernel(new WilderAverage(bars), bars),
  }),
  average({
    name: 'dema',
    aliases: [],
    params: [length(20)],
    summary: 'double exponential moving average: with less lag than an ema',
    source: `Mulloy 1994; TA-Lib DEMA. ${SEEDED}`,
    example: 'dema(20) crosses above dema(50)',
    warmup: ([bars]) => ({ first: 2 * bars - 1, settled: 2 * emaSettles(bars) }),
    create: ([bars]) => new LibraryKernel(new DEMA(bars), 2 * bars - 1),
  }),
  average({
    name: 'tema',
    aliases: [],
    params: [length(20)],
    summary: 'triple exponential moving average: with less lag still',
    source: `Mulloy 1994; TA-Lib TEMA. ${SEEDED}`,
    example: 'tema(20) crosses above tema(50)',
    warmup: ([bars]) => ({ first: 3 * bars - 2, settled: 3 * emaSettles(bars) }),
    create: ([bars]) => tema(bars),
  }),
  average({
    name: 't3',
    aliases: [],
    params: [length(5), factor('volume', 0.7, 0, 1)],
    summary: "Tillson's T3: six exponential averages in a row; volume factor 0 is smooth, 1 is quick",
    source: `Tillson 1998; TA-Lib T3. ${SEEDED}`,
    example: 'close crosses above t3(5)',
    warmup: ([bars]) => ({ first: 6 * bars - 5, settled: 6 * emaSettles(bars) }),
    create: ([bars, volume]) => t3(bars, volume),
  }),
  average({
    name: 'zlema',
    aliases: [],
    params: [length(20)],
    summary: 'zero-lag ema: an ema of what the input is plus what it gained over half the length',
    source: 'Ehlers and Way 2010: ema of 2x - x[(n-1)/2], seeded with the first of these',
    example: 'close crosses above zlema(20)',
    warmup: ([bars]) => ({ first: bars, settled: bars + emaSettles(bars) }),
    create: ([bars]) => zlema(bars),
  }),
  average({
    name: 'supersmoother',
    aliases: ['ssf'],
    params: [length(10, 2)],
    summary: "Ehlers' super smoother: takes out what swings faster than the length",
    source: 'Ehlers 2013, two poles; trading-signals SuperSmoother: begins with its first two inputs',
    example: 'close crosses above supersmoother(10)',
    warmup: ([bars]) => ({ first: bars, settled: 8 * bars + 10 }),
    create: ([bars]) => new LibraryKernel(new SuperSmoother(bars), bars),
  }),
];

/** Averages that treat all markets alike. */
export const MOVING_AVERAGES: readonly SeriesEntry[] = [...WINDOWS, ...SMOOTHINGS];
