import type { PairEntry } from '../catalog-entry.ts';
import { CointegrationKernel, cointegrationWarmup } from '../kernels/cointegration-kernel.ts';
import { CorrelationKernel, HedgeKernel, PairSlopeKernel, SpreadKernel } from '../kernels/pair-window.ts';
import { length, windowWarmup } from './params.ts';
import { exactly } from './parts.ts';

/** What two series have to do with each other: the first is explained by the second. Windows of pairs of the same bar. */
export const PAIRS: readonly PairEntry[] = [
  {
    name: 'corr',
    aliases: ['correl', 'correlation'],
    params: [length(60, 3)],
    fields: [],
    levels: [-1, 0, 1],
    scale: 'own',
    range: () => [-1, 1],
    summary: 'correlation of two series, -1 to 1; of prices that of their growth from bar to bar',
    source: 'Pearson; TA-Lib CORREL; 0 where either does not move',
    example: 'corr(ethusdt, 60) < 0.3',
    input: 'pair',
    ofGrowth: true,
    warmup: windowWarmup,
    create: ([bars]) => new CorrelationKernel(bars),
  },
  {
    name: 'beta',
    aliases: [],
    params: [length(60, 3)],
    fields: [],
    levels: [1],
    scale: 'own',
    summary: 'beta: how much the first moves with a move of the second; of prices that of their growth from bar to bar',
    source: 'slope of least squares; TA-Lib BETA with the inputs the other way round; 0 where the second does not move',
    example: 'beta(ethusdt, 60) > 1.5',
    input: 'pair',
    ofGrowth: true,
    warmup: windowWarmup,
    create: ([bars]) => new PairSlopeKernel(bars),
  },
  {
    name: 'ols',
    aliases: ['regression', 'hedge'],
    params: [length(120, 3)],
    fields: ['hedge', 'intercept', 'spread', 'z', 'r2'],
    drawn: ['spread'],
    scale: 'own',
    summary:
      'line through two series: hedge ratio, intercept, spread = y - hedge*x - intercept now, its z-score in the window, fit',
    source:
      'ordinary least squares of y on x; z over the population deviation of the residuals, 0 where there are none',
    example: 'ols(ethusdt, 120).z > 2',
    input: 'pair',
    ofGrowth: false,
    warmup: windowWarmup,
    create: ([bars]) => new HedgeKernel(bars),
  },
  {
    name: 'spread',
    aliases: [],
    params: [length(120, 3)],
    fields: [],
    levels: [0],
    scale: 'own',
    summary: 'spread of two series: what the first is above the line through both, the same as ols.spread',
    source: 'residual of ordinary least squares of y on x',
    example: 'spread(ethusdt, 120) crosses above 0',
    input: 'pair',
    ofGrowth: false,
    warmup: windowWarmup,
    create: ([bars]) => new SpreadKernel(bars),
  },
  {
    name: 'coint',
    aliases: ['cointegration', 'engle_granger'],
    // A test of so many bars takes milliseconds.
    params: [{ ...length(150, 30), max: 1000 }],
    fields: ['p', 'statistic'],
    drawn: ['p'],
    levels: [0.05],
    scale: 'own',
    summary:
      'whether the spread of two series comes back, by closed bars: the p-value is small where it does, 1 where there is no spread; tested anew every tenth of the window',
    source:
      'Dickey-Fuller test, lags by AIC, of what ordinary least squares of y on x leaves (Engle and Granger 1987); p-values of MacKinnon 2010 for two series',
    example: 'coint(ethusdt, 200) < 0.05',
    input: 'pair',
    ofGrowth: false,
    warmup: ([bars]) => exactly(cointegrationWarmup(bars)),
    create: ([bars], interval, seed) => new CointegrationKernel(bars, interval, seed),
  },
];
