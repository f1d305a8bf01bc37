import type { SeriesEntry } from '../catalog-entry.ts';
import { DeviationKernel, ZScoreKernel } from '../kernels/moments.ts';
import { length, windowWarmup } from './params.ts';

/** Statistics of a window. */
export const STATISTICS: readonly SeriesEntry[] = [
  {
    name: 'z',
    aliases: ['zscore'],
    params: [length(20, 2)],
    fields: [],
    levels: [-2, 0, 2],
    scale: 'centred',
    // Of n values one is furthest out where all others are the same.
    range: ([bars]) => [-Math.sqrt(bars - 1), Math.sqrt(bars - 1)],
    summary: 'z-score: distance from the mean of the window in standard deviations',
    source: '(x - mean) / population standard deviation, the newest value included; 0 where nothing moves',
    example: 'z(20) > 2',
    input: 'series',
    warmup: windowWarmup,
    create: ([bars]) => new ZScoreKernel(bars),
  },
  {
    name: 'std',
    aliases: ['stdev', 'sigma'],
    params: [length(20, 2)],
    fields: [],
    scale: 'own',
    summary: 'standard deviation of the window, in units of its input',
    source: 'population standard deviation; TA-Lib STDDEV',
    example: 'std(20) > 500',
    input: 'series',
    warmup: windowWarmup,
    create: ([bars]) => new DeviationKernel(bars),
  },
];
