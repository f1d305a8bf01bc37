import { boughtOf } from '../../market/bought.ts';
import type { Bar } from '../../market/events.ts';
import { MINUTE, SECOND } from '../../market/interval.ts';
import type { BarsEntry, Kernel } from '../catalog-entry.ts';
import { sumOf } from '../kernels/bar-terms.ts';
import { mapped } from '../kernels/compose.ts';
import { PlainMeanKernel, SumKernel } from '../kernels/ordered-window.ts';
import { length, windowWarmup } from './params.ts';

/** Volume bought less volume sold by takers; NaN where their sides are not known. */
const deltaOf = (bar: Bar): number => 2 * boughtOf(bar) - bar.volume;

/** As many buys as sells where nothing was traded; no value while the window has a bar whose sides are not known. */
function boughtShare([bars]: readonly number[]): Kernel<Bar> {
  const bought = new SumKernel(bars);
  const volume = new SumKernel(bars);
  const values = new Float64Array([Number.NaN]);
  const write = (): void => {
    values[0] = volume.values[0] === 0 ? 0.5 : bought.values[0] / volume.values[0];
  };
  return {
    values,
    add(bar) {
      bought.add(boughtOf(bar));
      volume.add(bar.volume);
      write();
    },
    replace(bar) {
      bought.replace(boughtOf(bar));
      volume.replace(bar.volume);
      write();
    },
  };
}

/** Who takes: what trades say beyond their price and size. */
export const FLOW: readonly BarsEntry[] = [
  {
    name: 'cvd',
    aliases: ['cumulativedelta'],
    params: [length(20)],
    fields: [],
    levels: [0],
    scale: 'centred',
    summary: 'cumulative volume delta: what takers bought less what they sold, in units of the base asset',
    source:
      'cumulative volume delta, summed over a window instead of since the beginning, so that a restart gives the same; no value where a venue does not tell sides',
    example: 'cvd(60) crosses above 0',
    input: 'bars',
    warmup: windowWarmup,
    create: ([bars]) => sumOf(bars, deltaOf),
  },
  {
    name: 'buyratio',
    aliases: ['buyshare'],
    params: [length(20)],
    fields: [],
    levels: [0.5],
    scale: 'fraction',
    summary: 'share of the volume that takers bought: 100% where all of it was',
    source:
      'sum of buys / sum of volume of n bars; 50% where nothing was traded, no value where a venue does not tell sides',
    example: 'buyratio(20) > 65%',
    input: 'bars',
    warmup: windowWarmup,
    create: boughtShare,
  },
  {
    name: 'traderate',
    aliases: ['tps'],
    params: [length(20)],
    fields: [],
    scale: 'volume',
    summary: 'trades per second',
    source:
      'trades of n bars / seconds of n bars. The open bar counts with its whole length: live the rate is never too high, and too low until the bar closes',
    example: 'traderate(5) > 3*traderate(200)',
    input: 'bars',
    warmup: windowWarmup,
    create: ([bars], interval = MINUTE) =>
      mapped(new PlainMeanKernel(bars), (bar: Bar) => bar.trades / (interval / SECOND)),
  },
];
