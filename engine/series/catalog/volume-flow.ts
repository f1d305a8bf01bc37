import { EMA, MarketFacilitationIndex } from 'trading-signals';
import type { Bar } from '../../market/events.ts';
import type { CatalogEntry, Kernel } from '../catalog-entry.ts';
import { AveragesApartKernel } from '../kernels/averages-apart.ts';
import { moneyFlow } from '../kernels/bar-terms.ts';
import { chained, joined, mapped, stepped } from '../kernels/compose.ts';
import { LibraryKernel } from '../kernels/library-kernel.ts';
import { PlainMeanKernel } from '../kernels/ordered-window.ts';
import { RunningKernel, VolumeForceKernel } from '../kernels/running.ts';
import { factor, length } from './params.ts';

/** Inputs until the seed of an exponential average has decayed to less than 1e-10. */
const settledAfter = (bars: number): number => 12 * (bars + 1);

function chaikinOscillator([fast, slow]: readonly number[]): Kernel<Bar> {
  const line = new RunningKernel(0, (total, bar) => total + moneyFlow(bar));
  const apart = chained(line, new AveragesApartKernel(fast, slow, 1, false));
  return joined([apart], 1, (values) => {
    values[0] = apart.values[0];
  });
}

function klinger([fast, slow, signal]: readonly number[]): Kernel<Bar> {
  return chained(new VolumeForceKernel(), new AveragesApartKernel(fast, slow, signal, false));
}

function easeOfMovement([bars, divisor]: readonly number[]): Kernel<Bar> {
  return stepped(new PlainMeanKernel(bars), (bar: Bar, before) => {
    if (before === undefined) return Number.NaN;
    const moved = (bar.high + bar.low - before.high - before.low) / 2;
    return bar.volume > 0 ? (moved * (bar.high - bar.low) * divisor) / bar.volume : 0;
  });
}

function forceIndex([bars]: readonly number[]): Kernel<Bar> {
  return stepped(new LibraryKernel(new EMA(bars), bars), (bar: Bar, before) =>
    before === undefined ? Number.NaN : (bar.close - before.close) * bar.volume,
  );
}

/** What the volume does to the price: oscillators around zero. */
export const VOLUME_FLOW: readonly CatalogEntry[] = [
  {
    name: 'adosc',
    aliases: ['chaikinosc'],
    params: [length(3, 1, 'fast'), length(10, 2, 'slow')],
    fields: [],
    levels: [0],
    scale: 'centred',
    summary: 'Chaikin oscillator: fast less slow ema of the accumulation/distribution line',
    source: 'Chaikin; TA-Lib ADOSC: emas seeded with the first value of the line',
    example: 'adosc(3, 10) crosses above 0',
    input: 'bars',
    warmup: ([fast, slow]) => ({ first: Math.max(fast, slow), settled: settledAfter(Math.max(fast, slow)) }),
    create: chaikinOscillator,
  },
  {
    name: 'kvo',
    aliases: ['klinger'],
    params: [length(34, 1, 'fast'), length(55, 2, 'slow'), length(13, 1, 'signal')],
    fields: ['kvo', 'signal', 'histogram'],
    drawn: ['kvo', 'signal'],
    levels: [0],
    scale: 'centred',
    summary: 'Klinger volume oscillator: fast less slow ema of the volume force, its signal line and their distance',
    source: 'Klinger 1997, force = 100 * volume * |2 dm/cm - 1| * trend; emas seeded with their first inputs',
    example: 'kvo crosses above kvo.signal',
    input: 'bars',
    warmup: ([fast, slow, signal]) => ({
      first: Math.max(fast, slow) + 1,
      settled: settledAfter(Math.max(fast, slow)) + settledAfter(signal) + 1,
    }),
    create: klinger,
  },
  {
    name: 'pvo',
    aliases: [],
    params: [length(12, 1, 'fast'), length(26, 2, 'slow'), length(9, 1, 'signal')],
    fields: ['pvo', 'signal', 'histogram'],
    levels: [0],
    scale: 'centred',
    summary: 'fast less slow ema of the volume in percent of the slow one, its signal line and their distance',
    source: 'as ppo, of the volume; emas seeded with their first inputs; 0 where nothing was traded',
    example: 'pvo > 20',
    input: 'bars',
    warmup: ([fast, slow, signal]) => ({
      first: Math.max(fast, slow),
      settled: settledAfter(Math.max(fast, slow)) + settledAfter(signal),
    }),
    create: ([fast, slow, signal]) =>
      mapped(new AveragesApartKernel(fast, slow, signal, true), (bar: Bar) => bar.volume),
  },
  {
    name: 'emv',
    aliases: ['eom'],
    params: [length(14), factor('divisor', 100_000_000, 1, 1e12)],
    fields: [],
    levels: [0],
    scale: 'centred',
    summary: 'ease of movement: mean of how far the middle of the bar moves for its volume',
    source: 'Arms: move of the middle times (high - low) times divisor / volume, mean of n; 0 for a bar without volume',
    example: 'emv(14) crosses above 0',
    input: 'bars',
    warmup: ([bars]) => ({ first: bars + 1, settled: bars + 1 }),
    create: easeOfMovement,
  },
  {
    name: 'force',
    aliases: ['forceindex'],
    params: [length(13)],
    fields: [],
    levels: [0],
    scale: 'centred',
    summary: 'force index: ema of the change of the close times the volume',
    source: 'Elder 1993; the ema is seeded with the first change',
    example: 'force(13) crosses above 0',
    input: 'bars',
    warmup: ([bars]) => ({ first: bars + 1, settled: settledAfter(bars) + 1 }),
    create: forceIndex,
  },
  {
    name: 'bwmfi',
    aliases: ['marketfi'],
    params: [],
    fields: [],
    scale: 'own',
    summary: 'market facilitation index: high - low for a unit of volume',
    source: 'Williams 1995; trading-signals MarketFacilitationIndex; 0 for a bar without volume',
    example: 'bwmfi > bwmfi[1] and volume > volume[1]',
    input: 'bars',
    warmup: () => ({ first: 1, settled: 1 }),
    create: () => new LibraryKernel(new MarketFacilitationIndex(), 1),
  },
];
