import type { CatalogEntry } from '../catalog-entry.ts';
import { AtrKernel } from '../kernels/atr.ts';
import { BandsKernel } from '../kernels/moments.ts';
import { factor, length, windowWarmup } from './params.ts';
import { wilderSettles } from './parts.ts';

/** How far it swings. */
export const VOLATILITY: readonly CatalogEntry[] = [
  {
    name: 'bb',
    aliases: ['bbands', 'bollinger'],
    params: [length(20, 2), factor('k', 2, 0.1, 10)],
    fields: ['middle', 'upper', 'lower', 'width', 'percent'],
    drawn: ['upper', 'middle', 'lower'],
    scale: 'price',
    summary: 'Bollinger bands: mean and k standard deviations around it; width and place within as fractions',
    source: 'Bollinger 2001, population standard deviation; TA-Lib BBANDS',
    example: 'close > bb(20, 2).upper',
    input: 'series',
    warmup: windowWarmup,
    create: ([bars, k]) => new BandsKernel(bars, k),
  },
  {
    name: 'atr',
    aliases: [],
    params: [length(14)],
    fields: [],
    scale: 'own',
    summary: 'average true range, in units of the price',
    source: "Wilder 1978, with Wilder's smoothing; the first bar's range is high - low",
    example: 'high - low > 2*atr(14)',
    input: 'bars',
    warmup: ([bars]) => ({ first: bars, settled: wilderSettles(bars) }),
    create: ([bars]) => new AtrKernel(bars),
  },
];
