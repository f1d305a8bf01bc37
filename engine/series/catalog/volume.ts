import type { Bar } from '../../market/events.ts';
import type { CatalogEntry, Kernel } from '../catalog-entry.ts';
import { moneyFlow, sumOf, typicalPrice } from '../kernels/bar-terms.ts';
import { joined, mapped, ratio, stepped } from '../kernels/compose.ts';
import { GrowthKernel, PlainMeanKernel, SumKernel } from '../kernels/ordered-window.ts';
import { SessionVwapKernel } from '../kernels/running.ts';
import { length, windowWarmup } from './params.ts';

const volumeOf = (bar: Bar): number => bar.volume;
const afterFirst = ([bars]: readonly number[]) => ({ first: bars + 1, settled: bars + 1 });

/** Mean of a price weighted with the volume; the plain mean where nothing was traded. */
function weighted(bars: number, price: (bar: Bar) => number): Kernel<Bar> {
  const money = sumOf(bars, (bar) => price(bar) * bar.volume);
  const volume = sumOf(bars, volumeOf);
  const plain = mapped(new PlainMeanKernel(bars), price);
  return joined([money, volume, plain], 1, (values) => {
    values[0] = volume.values[0] > 0 ? money.values[0] / volume.values[0] : plain.values[0];
  });
}

function moneyFlowIndex([bars]: readonly number[]): Kernel<Bar> {
  const flow = (sign: 1 | -1) => (bar: Bar, before: Bar | undefined) => {
    if (before === undefined) return Number.NaN;
    return sign * (typicalPrice(bar) - typicalPrice(before)) > 0 ? typicalPrice(bar) * bar.volume : 0;
  };
  const up = stepped(new SumKernel(bars), flow(1));
  const down = stepped(new SumKernel(bars), flow(-1));
  return joined([up, down], 1, (values) => {
    const all = up.values[0] + down.values[0];
    values[0] = all > 0 ? (100 * up.values[0]) / all : 50;
  });
}

/** Volume against the mean of that of the bars before it. */
function relativeVolume([bars]: readonly number[]): Kernel<Bar> {
  const before = stepped(new PlainMeanKernel(bars), (_bar: Bar, previous) => previous?.volume ?? Number.NaN);
  return joined([before], 1, (values, bar) => {
    values[0] = before.values[0] > 0 ? bar.volume / before.values[0] : 0;
  });
}

/** Volume in windows, and the prices that it lies at. */
export const VOLUME: readonly CatalogEntry[] = [
  {
    name: 'vwap',
    aliases: [],
    params: [],
    fields: [],
    scale: 'price',
    summary: 'volume weighted average price since 00:00 UTC of the day that the bar starts in',
    source:
      'sum of typical price (h+l+c)/3 times volume over sum of volume; the typical price where nothing was traded yet',
    example: 'close crosses above vwap',
    input: 'bars',
    warmup: () => ({ first: 1, settled: 1440, counts: true }),
    create: () => new SessionVwapKernel(),
  },
  {
    name: 'rvwap',
    aliases: ['rollingvwap'],
    params: [length(20)],
    fields: [],
    scale: 'price',
    summary: 'volume weighted average price of a window',
    source: 'sum of typical price (h+l+c)/3 times volume over sum of volume; the plain mean where nothing was traded',
    example: 'close > rvwap(100)',
    input: 'bars',
    warmup: windowWarmup,
    create: ([bars]) => weighted(bars, typicalPrice),
  },
  {
    name: 'vwma',
    aliases: [],
    params: [length(20)],
    fields: [],
    scale: 'price',
    summary: 'mean of the close weighted with the volume',
    source: 'sum of close times volume over sum of volume; the plain mean where nothing was traded',
    example: 'vwma(20) > sma(20)',
    input: 'bars',
    warmup: windowWarmup,
    create: ([bars]) => weighted(bars, (bar) => bar.close),
  },
  {
    name: 'mfi',
    aliases: [],
    params: [length(14)],
    fields: [],
    levels: [20, 80],
    scale: 'percent',
    summary: 'money flow index: share of the money traded in bars whose typical price rose, 0 to 100',
    source: 'Quong and Soudack 1989; TA-Lib MFI; 50 where none flowed (TA-Lib: 0 where less than 1 did)',
    example: 'mfi(14) < 20',
    input: 'bars',
    warmup: afterFirst,
    create: moneyFlowIndex,
  },
  {
    name: 'cmf',
    aliases: [],
    params: [length(20)],
    fields: [],
    levels: [0],
    scale: 'centred',
    range: () => [-1, 1],
    summary: "Chaikin's money flow: volume weighted place of the close in its bar, -1 to 1",
    source: 'Chaikin: sum of money flow volume over sum of volume; 0 where nothing was traded',
    example: 'cmf(20) > 0.1',
    input: 'bars',
    warmup: windowWarmup,
    create: ([bars]) => ratio(sumOf(bars, moneyFlow), sumOf(bars, volumeOf), 0),
  },
  {
    name: 'vroc',
    aliases: [],
    params: [length(14)],
    fields: [],
    levels: [0],
    scale: 'fraction',
    isChange: true,
    summary: 'growth of the volume over a number of bars, as a fraction: 50% is 0.5',
    source: 'volume / volume[n] - 1; 0 where nothing was traded n bars before',
    example: 'vroc(14) > 200%',
    input: 'bars',
    warmup: afterFirst,
    create: ([bars]) => mapped(new GrowthKernel(bars), volumeOf),
  },
  {
    name: 'rvol',
    aliases: ['relativevolume'],
    params: [length(20)],
    fields: [],
    levels: [1],
    scale: 'own',
    summary: 'volume of the bar, over the mean of that of the bars before it',
    source: 'volume / mean of the last n volumes before it; 0 where those are 0',
    example: 'rvol(20) > 3',
    input: 'bars',
    warmup: afterFirst,
    create: relativeVolume,
  },
];
