import type { Bar } from '../../market/events.ts';
import type { CatalogEntry, Kernel } from '../catalog-entry.ts';
import { averageTrueRange, exponentialOf } from '../kernels/bar-terms.ts';
import { BandPlaceKernel, BandWidthKernel } from '../kernels/central-moments.ts';
import { joined, mapped } from '../kernels/compose.ts';
import { HighestKernel, LowestKernel } from '../kernels/extremes.ts';
import { PlainMeanKernel } from '../kernels/ordered-window.ts';
import { factor, length, windowWarmup } from './params.ts';

const FIELDS = ['middle', 'upper', 'lower'];
const DRAWN = ['upper', 'middle', 'lower'];

function keltner([bars, k, atr]: readonly number[]): Kernel<Bar> {
  const middle = exponentialOf(bars, (bar) => bar.close);
  const range = averageTrueRange(atr);
  return joined([middle, range], 3, (values) => {
    const reach = k * range.values[0];
    values[0] = middle.values[0];
    values[1] = middle.values[0] + reach;
    values[2] = middle.values[0] - reach;
  });
}

function donchian([bars]: readonly number[]): Kernel<Bar> {
  const upper = mapped(new HighestKernel(bars), (bar: Bar) => bar.high);
  const lower = mapped(new LowestKernel(bars), (bar: Bar) => bar.low);
  return joined([upper, lower], 3, (values) => {
    values[0] = (upper.values[0] + lower.values[0]) / 2;
    values[1] = upper.values[0];
    values[2] = lower.values[0];
  });
}

function accelerationBands([bars, k]: readonly number[]): Kernel<Bar> {
  const swing = ({ high, low }: Bar): number => (high + low === 0 ? 0 : (k * (high - low)) / (high + low));
  const middle = mapped(new PlainMeanKernel(bars), (bar: Bar) => bar.close);
  const upper = mapped(new PlainMeanKernel(bars), (bar: Bar) => bar.high * (1 + swing(bar)));
  const lower = mapped(new PlainMeanKernel(bars), (bar: Bar) => bar.low * (1 - swing(bar)));
  return joined([middle, upper, lower], 3, (values) => {
    values[0] = middle.values[0];
    values[1] = upper.values[0];
    values[2] = lower.values[0];
  });
}

/** Bands around the price, and where it stands in Bollinger's. */
export const BANDS: readonly CatalogEntry[] = [
  {
    name: 'bbw',
    aliases: ['bbwidth', 'bandwidth'],
    params: [length(20, 2), factor('k', 2, 0.1, 10)],
    fields: [],
    scale: 'fraction',
    summary: 'width of the Bollinger bands as a share of their middle: 5% is 0.05',
    source: 'Bollinger 2001, (upper - lower) / middle, population standard deviation; 0 where the middle is 0',
    example: 'bbw(20, 2) < 2%',
    input: 'series',
    warmup: windowWarmup,
    create: ([bars, k]) => new BandWidthKernel(bars, k),
  },
  {
    name: 'percentb',
    aliases: ['bbp'],
    params: [length(20, 2), factor('k', 2, 0.1, 10)],
    fields: [],
    levels: [0, 1],
    scale: 'own',
    summary: 'place within the Bollinger bands: 0 at the lower, 1 at the upper, beyond them outside',
    source: 'Bollinger 2001, population standard deviation; 0.5 where nothing moves',
    example: 'percentb(20, 2) > 1',
    input: 'series',
    warmup: windowWarmup,
    create: ([bars, k]) => new BandPlaceKernel(bars, k),
  },
  {
    name: 'keltner',
    aliases: ['kc'],
    params: [length(20), factor('k', 2, 0.1, 20), length(10, 1, 'atr')],
    fields: FIELDS,
    drawn: DRAWN,
    scale: 'price',
    summary: 'Keltner channel: ema of the close and k average true ranges around it',
    source: "Raschke's form of Keltner's channel; the ema is seeded with the first close, the range with Wilder's mean",
    example: 'close > keltner(20, 2).upper',
    input: 'bars',
    warmup: ([bars, , atr]) => ({ first: Math.max(bars, atr), settled: Math.max(12 * (bars + 1), 24 * atr) }),
    create: keltner,
  },
  {
    name: 'donchian',
    aliases: ['dc'],
    params: [length(20)],
    fields: FIELDS,
    drawn: DRAWN,
    scale: 'price',
    summary: 'Donchian channel: highest high, lowest low and the middle of a window, the open bar included',
    source: 'Donchian; TA-Lib MAX of the highs and MIN of the lows',
    example: 'close > donchian(20).upper[1]',
    input: 'bars',
    warmup: windowWarmup,
    create: donchian,
  },
  {
    name: 'abands',
    aliases: ['accbands'],
    params: [length(20), factor('k', 4, 0.1, 20)],
    fields: FIELDS,
    drawn: DRAWN,
    scale: 'price',
    summary: 'acceleration bands: means of the close, and of high and low moved apart with the size of the bar',
    source: 'Headley 2002; TA-Lib ACCBANDS, whose k is 4',
    example: 'close > abands(20).upper',
    input: 'bars',
    warmup: windowWarmup,
    create: accelerationBands,
  },
];
