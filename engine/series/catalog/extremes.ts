import type { SeriesEntry } from '../catalog-entry.ts';
import { HighestKernel, LowestKernel } from '../kernels/extremes.ts';
import { length, windowWarmup } from './params.ts';

/** Highest and lowest of a window; the bar that is open belongs to it, so a breakout compares with `[1]`. */
export const EXTREMES: readonly SeriesEntry[] = [
  {
    name: 'highest',
    aliases: ['hh', 'max_of'],
    params: [length(20)],
    fields: [],
    scale: 'price',
    defaultInput: 'high',
    summary: 'highest high of a window, the open bar included',
    source: 'TA-Lib MAX',
    example: 'close > highest(20)[1]',
    input: 'series',
    warmup: windowWarmup,
    create: ([bars]) => new HighestKernel(bars),
  },
  {
    name: 'lowest',
    aliases: ['ll', 'min_of'],
    params: [length(20)],
    fields: [],
    scale: 'price',
    defaultInput: 'low',
    summary: 'lowest low of a window, the open bar included',
    source: 'TA-Lib MIN',
    example: 'close < lowest(20)[1]',
    input: 'series',
    warmup: windowWarmup,
    create: ([bars]) => new LowestKernel(bars),
  },
];
