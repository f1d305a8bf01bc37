import type { SeriesEntry } from '../catalog-entry.ts';
import { BarsSinceKernel, DrawdownKernel, MaxDrawdownKernel, RunUpKernel } from '../kernels/falls.ts';
import {
  AutocorrelationKernel,
  DickeyFullerKernel,
  FitKernel,
  HalfLifeKernel,
  SlopeKernel,
} from '../kernels/regression.ts';
import { EntropyKernel, HurstKernel } from '../kernels/roughness.ts';
import { StreakKernel } from '../kernels/running.ts';
import { length, windowWarmup } from './params.ts';

type Essentials = Pick<SeriesEntry, 'name' | 'params' | 'scale' | 'summary' | 'source' | 'example' | 'create'> &
  Partial<Pick<SeriesEntry, 'levels' | 'range' | 'warmup' | 'defaultInput'>>;

const path = (entry: Essentials): SeriesEntry => ({
  aliases: [],
  fields: [],
  input: 'series',
  warmup: windowWarmup,
  ...entry,
});

const extremes: readonly SeriesEntry[] = [
  path({
    name: 'drawdown',
    params: [length(100)],
    scale: 'fraction',
    summary: 'how far it is below the highest of a window, as a fraction: 10% is 0.1',
    source: '1 - x / highest of the window, the newest included; 0 where that is not above 0',
    example: 'drawdown(100) > 10%',
    create: ([bars]) => new DrawdownKernel(bars),
  }),
  path({
    name: 'maxdrawdown',
    params: [length(100)],
    scale: 'fraction',
    summary: 'deepest fall from a high to a later low of a window, as a fraction: 10% is 0.1',
    source: 'largest 1 - x / highest before it in the window; 0 where that is not above 0',
    example: 'maxdrawdown(100) > 10%',
    create: ([bars]) => new MaxDrawdownKernel(bars),
  }),
  path({
    name: 'runup',
    params: [length(100)],
    scale: 'fraction',
    summary: 'how far it is above the lowest of a window, as a fraction: 10% is 0.1',
    source: 'x / lowest of the window - 1, the newest included; 0 where that is not above 0',
    example: 'runup(100) > 10%',
    create: ([bars]) => new RunUpKernel(bars),
  }),
  path({
    name: 'barssincehigh',
    params: [length(20)],
    scale: 'own',
    defaultInput: 'high',
    summary: 'bars since the highest high of a window: 0 where the open bar has it',
    source: 'age of TA-Lib MAXINDEX; of equal ones the newest, as in Aroon',
    example: 'barssincehigh(50) > 20',
    create: ([bars]) => new BarsSinceKernel(bars, 1),
  }),
  path({
    name: 'barssincelow',
    params: [length(20)],
    scale: 'own',
    defaultInput: 'low',
    summary: 'bars since the lowest low of a window: 0 where the open bar has it',
    source: 'age of TA-Lib MININDEX; of equal ones the newest, as in Aroon',
    example: 'barssincelow(50) > 20',
    create: ([bars]) => new BarsSinceKernel(bars, -1),
  }),
  path({
    name: 'streak',
    params: [],
    levels: [0],
    scale: 'centred',
    summary: 'length of the run of rises (above 0) or falls (below) from bar to bar, the open bar included',
    source: 'Connors and Alvarez 2012; 0 where it stayed; a run longer than the stored history counts from there',
    example: 'streak > 5',
    warmup: () => ({ first: 2, settled: 60, counts: true }),
    create: () => new StreakKernel(),
  }),
];

const regressions: readonly SeriesEntry[] = [
  path({
    name: 'slope',
    params: [length(20, 2)],
    levels: [0],
    scale: 'centred',
    summary: 'slope of the straight line of best fit, in units of its input per bar',
    source: 'least squares over the number of the bar; TA-Lib LINEARREG_SLOPE',
    example: 'slope(20) crosses above 0',
    create: ([bars]) => new SlopeKernel(bars),
  }),
  path({
    name: 'r2',
    params: [length(20, 3)],
    scale: 'own',
    range: () => [0, 1],
    summary: 'how straight it goes: share of the variance that the line of best fit explains, 0 to 1',
    source: 'squared correlation with the number of the bar; 0 where nothing moves',
    example: 'r2(20) > 0.8',
    create: ([bars]) => new FitKernel(bars),
  }),
  path({
    name: 'autocorr',
    params: [length(50, 3), length(1, 1, 'lag')],
    levels: [0],
    scale: 'centred',
    range: () => [-1, 1],
    summary: 'correlation of the last length values with those lag bars before them, -1 to 1',
    source: "Pearson's, as pandas' autocorr; 0 where nothing moves",
    example: 'autocorr(change(1), 50, 1) > 0.3',
    warmup: ([bars, lag]) => ({ first: bars + lag, settled: bars + lag }),
    create: ([bars, lag]) => new AutocorrelationKernel(bars, lag),
  }),
  path({
    name: 'halflife',
    params: [length(100, 3)],
    scale: 'own',
    summary: 'bars in which half of the distance from the mean goes; 1 million where it does not go back',
    source:
      'Ornstein-Uhlenbeck, Chan 2013: -ln 2 / slope of the changes of length bars on the values before; at most 1e6',
    example: 'halflife(100) < 20',
    warmup: ([bars]) => ({ first: bars + 1, settled: bars + 1 }),
    create: ([bars]) => new HalfLifeKernel(bars),
  }),
  path({
    name: 'adf',
    params: [length(100, 8)],
    levels: [-2.86],
    scale: 'own',
    summary: 'Dickey-Fuller statistic: below -2.86 a random walk is ruled out at 5%, below -3.43 at 1%',
    source:
      't-value of the value before in a regression of length changes on it and a constant, no lagged changes; Dickey and Fuller 1979, levels MacKinnon 2010',
    example: 'adf(spread(ethusdt, 120), 100) < -2.86',
    warmup: ([bars]) => ({ first: bars + 1, settled: bars + 1 }),
    create: ([bars]) => new DickeyFullerKernel(bars),
  }),
  path({
    name: 'hurst',
    params: [length(100, 32)],
    levels: [0.5],
    scale: 'own',
    summary: 'Hurst exponent: above 0.5 it trends, below it turns back, 0.5 for a random walk',
    source:
      'generalised exponent of order 2 (Di Matteo 2007) over 1, 2, 4, 8 and 16 bars; 0.5 where one of them has no move',
    example: 'hurst(100) < 0.4',
    create: ([bars]) => new HurstKernel(bars),
  }),
  path({
    name: 'entropy',
    params: [length(100, 4)],
    scale: 'own',
    summary: 'disorder of the ups and downs: 0 where they repeat, 1 where every order of three values is as frequent',
    source:
      'permutation entropy of order 3 (Bandt and Pompe 2002), over ln 6; of equal values the earlier is the smaller',
    example: 'entropy(100) < 0.8',
    create: ([bars]) => new EntropyKernel(bars),
  }),
];

/** The way that it has come: highs and lows, straightness, memory. */
export const PATHS: readonly SeriesEntry[] = [...extremes, ...regressions];
