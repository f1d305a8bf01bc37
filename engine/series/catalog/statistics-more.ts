import type { Kernel, SeriesEntry } from '../catalog-entry.ts';
import { KurtosisKernel, SharpeKernel, SkewKernel, VarianceKernel } from '../kernels/central-moments.ts';
import { chained } from '../kernels/compose.ts';
import {
  MeanDeviationKernel,
  QuantileKernel,
  QuartileRangeKernel,
  RankKernel,
  RobustZKernel,
} from '../kernels/order-statistics.ts';
import { GrowthKernel, LogReturnKernel, SumKernel } from '../kernels/ordered-window.ts';
import { factor, length, MAX_BARS, windowWarmup } from './params.ts';

/** What differs from one statistic of a window of `params[0]` bars to the other. */
type Statistic = Pick<SeriesEntry, 'name' | 'params' | 'scale' | 'summary' | 'source' | 'example'> &
  Partial<Pick<SeriesEntry, 'aliases' | 'levels'>> & { create(params: readonly number[]): Kernel<number> };

const ofWindow = (statistic: Statistic): SeriesEntry => ({
  aliases: [],
  fields: [],
  input: 'series',
  warmup: windowWarmup,
  ...statistic,
});

const orders: readonly SeriesEntry[] = [
  ofWindow({
    name: 'median',
    params: [length(20)],
    scale: 'price',
    summary: 'middle value of a window; the mean of the two middle ones where the length is even',
    source: 'sample median',
    example: 'close > median(50)',
    create: ([bars]) => new QuantileKernel(bars, 0.5),
  }),
  ofWindow({
    name: 'quantile',
    params: [length(100), factor('q', 0.95, 0, 1)],
    scale: 'price',
    summary: 'the value that a share q of the window lies below',
    source: 'linear between two values: type 7 of Hyndman and Fan 1996, as NumPy and Excel',
    example: 'close > quantile(100, 0.95)',
    create: ([bars, q]) => new QuantileKernel(bars, q),
  }),
  ofWindow({
    name: 'rank',
    aliases: ['percentrank'],
    params: [length(100, 2)],
    levels: [10, 90],
    scale: 'percent',
    summary: 'percentile rank: percentage of the other values of the window below the newest, 0 to 100',
    source: 'share of the length - 1 earlier values that are smaller; equal ones count half, so 50 where nothing moves',
    example: 'rank(volume, 100) > 95',
    create: ([bars]) => new RankKernel(bars),
  }),
  ofWindow({
    name: 'iqr',
    params: [length(20, 2)],
    scale: 'own',
    summary: 'interquartile range: distance of the quartiles of a window, in units of its input',
    source:
      'quantile(0.75) - quantile(0.25), linear between two values as NumPy; trading-signals takes medians of halves',
    example: 'iqr(20) > 500',
    create: ([bars]) => new QuartileRangeKernel(bars),
  }),
  ofWindow({
    name: 'mad',
    params: [length(20, 2)],
    scale: 'own',
    summary: 'mean absolute deviation: mean distance from the mean of a window, in units of its input',
    source: 'mean of |x - mean|; TA-Lib AVGDEV',
    example: 'mad(20) > 500',
    create: ([bars]) => new MeanDeviationKernel(bars),
  }),
  ofWindow({
    name: 'zmad',
    aliases: ['robustz'],
    params: [length(50, 3)],
    levels: [-3.5, 0, 3.5],
    scale: 'centred',
    summary: 'robust z-score: distance from the median in median distances, which outliers do not move',
    source: 'Iglewicz and Hoaglin 1993: 0.6745 (x - median) / median of |x - median|; 0 where that is 0',
    example: 'zmad(50) > 3.5',
    create: ([bars]) => new RobustZKernel(bars),
  }),
];

const moments: readonly SeriesEntry[] = [
  ofWindow({
    name: 'sum',
    params: [length(20)],
    scale: 'own',
    summary: 'sum of a window, in units of its input',
    source: 'TA-Lib SUM',
    example: 'sum(volume, 20) > 1000',
    create: ([bars]) => new SumKernel(bars),
  }),
  ofWindow({
    name: 'variance',
    params: [length(20, 2)],
    scale: 'own',
    summary: 'variance of a window, in squared units of its input',
    source: 'population variance; TA-Lib VAR',
    example: 'variance(20) > 2*variance(100)',
    create: ([bars]) => new VarianceKernel(bars),
  }),
  ofWindow({
    name: 'skew',
    params: [length(50, 3)],
    levels: [0],
    scale: 'centred',
    summary: 'skewness of a window: above 0 where it reaches farther up than down',
    source: 'population skewness m3 / m2^1.5; 0 where nothing moves',
    example: 'skew(50) > 1',
    create: ([bars]) => new SkewKernel(bars),
  }),
  ofWindow({
    name: 'kurtosis',
    aliases: ['kurt'],
    params: [length(50, 4)],
    levels: [0],
    scale: 'centred',
    summary: 'excess kurtosis of a window: above 0 where outliers are more than with a normal distribution',
    source: 'population excess kurtosis m4 / m2^2 - 3; 0 where nothing moves',
    example: 'kurtosis(50) > 3',
    create: ([bars]) => new KurtosisKernel(bars),
  }),
  {
    name: 'logreturn',
    aliases: ['logret'],
    params: [{ name: 'span', kind: 'span', default: 1, min: 1, max: MAX_BARS - 1 }],
    fields: [],
    scale: 'fraction',
    isChange: true,
    summary: 'logarithm of the growth over a number of bars or a length of time: near 0.05 for 5%',
    source: 'ln(x / x[n]); 0 where that is not above 0',
    example: 'logreturn(1h) > 5%',
    input: 'series',
    warmup: ([bars]) => ({ first: bars + 1, settled: bars + 1 }),
    create: ([bars]) => new LogReturnKernel(bars),
  },
  {
    ...ofWindow({
      name: 'sharpe',
      params: [length(50, 2)],
      levels: [0],
      scale: 'centred',
      summary: 'Sharpe ratio of the growth from bar to bar, per bar (not annualised), no interest taken off',
      source: 'Sharpe 1994: mean / sample standard deviation (n - 1) of x / x[1] - 1; 0 where nothing moves',
      example: 'sharpe(50) > 0.2',
      create: ([bars]) => chained(new GrowthKernel(1), new SharpeKernel(bars)),
    }),
    warmup: ([bars]) => ({ first: bars + 1, settled: bars + 1 }),
  },
];

/** Further statistics of a window: of its order, and of its distribution. */
export const STATISTICS_MORE: readonly SeriesEntry[] = [...orders, ...moments];
