import type { SeriesEntry } from '../catalog-entry.ts';
import { MeanKernel } from '../kernels/moments.ts';
import { ExponentialKernel } from '../kernels/smoothing.ts';
import { length, windowWarmup } from './params.ts';
import { emaSettles } from './parts.ts';

const average = (name: string, aliases: string[], summary: string): SeriesEntry => ({
  name,
  aliases,
  params: [length(20)],
  fields: [],
  scale: 'price',
  summary,
  source: 'arithmetic mean; TA-Lib SMA',
  example: `close > ${name}(50)`,
  input: 'series',
  warmup: windowWarmup,
  create: ([bars]) => new MeanKernel(bars),
});

/** Averages. They lie on the price where their input does. */
export const AVERAGES: readonly SeriesEntry[] = [
  average('sma', ['ma'], 'simple moving average'),
  {
    name: 'ema',
    aliases: [],
    params: [length(20)],
    fields: [],
    scale: 'price',
    summary: 'exponential moving average, weight 2/(length+1)',
    source:
      'as trading-signals has it: seeded with the first input; TA-Lib seeds with an SMA, the two meet after about 5 lengths',
    example: 'ema(20) crosses above ema(50)',
    input: 'series',
    warmup: ([bars]) => ({ first: bars, settled: emaSettles(bars) }),
    create: ([bars]) => new ExponentialKernel(bars),
  },
  average('mean', ['avg', 'average'], 'arithmetic mean of a window, the same as sma'),
];
