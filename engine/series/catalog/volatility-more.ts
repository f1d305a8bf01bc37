import { TR } from 'trading-signals';
import type { Bar } from '../../market/events.ts';
import type { CatalogEntry, Kernel } from '../catalog-entry.ts';
import { averageTrueRange, exponentialOf, trueRange } from '../kernels/bar-terms.ts';
import { chained, joined, stepped } from '../kernels/compose.ts';
import { HighestKernel, LowestKernel } from '../kernels/extremes.ts';
import { UlcerKernel } from '../kernels/falls.ts';
import { LibraryKernel } from '../kernels/library-kernel.ts';
import { GrowthKernel, SumKernel } from '../kernels/ordered-window.ts';
import { length, windowWarmup } from './params.ts';

function normalisedRange([bars]: readonly number[]): Kernel<Bar> {
  const range = averageTrueRange(bars);
  return joined([range], 1, (values, bar) => {
    values[0] = bar.close > 0 ? range.values[0] / bar.close : 0;
  });
}

function choppiness([bars]: readonly number[]): Kernel<Bar> {
  const path = stepped(new SumKernel(bars), (bar: Bar, before) =>
    before === undefined ? Number.NaN : trueRange(bar, before),
  );
  const highest = stepped(new HighestKernel(bars), (bar: Bar, before) =>
    before === undefined ? Number.NaN : Math.max(bar.high, before.close),
  );
  const lowest = stepped(new LowestKernel(bars), (bar: Bar, before) =>
    before === undefined ? Number.NaN : Math.min(bar.low, before.close),
  );
  return joined([path, highest, lowest], 1, (values) => {
    const range = highest.values[0] - lowest.values[0];
    values[0] = range > 0 ? (100 * Math.log10(path.values[0] / range)) / Math.log10(bars) : 100;
  });
}

/** How far it swings, in further ways. */
export const VOLATILITY_MORE: readonly CatalogEntry[] = [
  {
    name: 'tr',
    aliases: ['truerange'],
    params: [],
    fields: [],
    scale: 'own',
    summary: 'true range: range of the bar and the close before it, in units of the price',
    source: "Wilder 1978; TA-Lib TRANGE; the first bar's range is high - low",
    example: 'tr > 2*atr(14)[1]',
    input: 'bars',
    warmup: () => ({ first: 1, settled: 2 }),
    create: () => new LibraryKernel(new TR(), 1),
  },
  {
    name: 'natr',
    aliases: [],
    params: [length(14)],
    fields: [],
    scale: 'fraction',
    summary: 'average true range as a share of the close: 2% is 0.02',
    source:
      "TA-Lib NATR / 100, with Wilder's smoothing; the first bar's range is high - low; 0 where the close is not above 0",
    example: 'natr(14) > 2%',
    input: 'bars',
    warmup: ([bars]) => ({ first: bars, settled: 24 * bars }),
    create: normalisedRange,
  },
  {
    name: 'chop',
    aliases: ['choppiness'],
    params: [length(14, 2)],
    fields: [],
    levels: [38.2, 61.8],
    scale: 'percent',
    summary: 'choppiness: 100 where the price goes nowhere, near 0 where it goes straight',
    source:
      'Dreiss: log of the sum of true ranges over the true range of the window, to the base of its length; 100 where nothing moves',
    example: 'chop(14) < 38.2',
    input: 'bars',
    warmup: ([bars]) => ({ first: bars + 1, settled: bars + 1 }),
    create: choppiness,
  },
  {
    name: 'cvi',
    aliases: ['chaikinvolatility'],
    params: [length(10), length(10, 1, 'lag')],
    fields: [],
    levels: [0],
    scale: 'fraction',
    isChange: true,
    summary: "Chaikin's volatility: growth of the ema of high - low over lag bars, as a fraction",
    source: 'Chaikin; the ema is seeded with the first range; 0 where nothing moved lag bars before',
    example: 'cvi(10) > 50%',
    input: 'bars',
    warmup: ([bars, lag]) => ({ first: bars + lag, settled: 12 * (bars + 1) + lag }),
    create: ([bars, lag]) =>
      chained(
        exponentialOf(bars, (bar) => bar.high - bar.low),
        new GrowthKernel(lag),
      ),
  },
  {
    name: 'ulcer',
    aliases: ['ulcerindex'],
    params: [length(14)],
    fields: [],
    scale: 'fraction',
    summary: 'ulcer index: root mean square of the falls below the high so far of the window, as a fraction',
    source: 'Martin and McCann 1989, a hundredth of their percent; the high is that since the window began',
    example: 'ulcer(14) > 5%',
    input: 'series',
    warmup: windowWarmup,
    create: ([bars]) => new UlcerKernel(bars),
  },
];
