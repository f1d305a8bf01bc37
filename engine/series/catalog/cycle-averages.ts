import type { Kernel, SeriesEntry } from '../catalog-entry.ts';
import { adaptiveAverage } from '../kernels/adaptive-average.ts';
import { composed } from '../kernels/composed.ts';
import { CycleMeanKernel, DominantCycleKernel } from '../kernels/dominant-cycle.ts';
import { LagKernel } from '../kernels/extremes.ts';
import { WeightedKernel } from '../kernels/weighted-window.ts';
import { factor } from './params.ts';

/** Inputs before MAMA's first value, as in TA-Lib. */
const MAMA_FIRST = 33;
/** The longest cycle, so that the mean of one has all of its inputs. */
const TREND_FIRST = 50;
/** Until nothing is left of where the cycle's measurement began: it forgets a fifth a bar. */
const CYCLE_SETTLED = 250;

function mama(fastLimit: number, slowLimit: number): Kernel<number> {
  const cycle = new DominantCycleKernel();
  const [phaseBefore, waited] = [new LagKernel(1), new LagKernel(MAMA_FIRST - 1)];
  const [quick, late] = [adaptiveAverage(), adaptiveAverage()];
  return composed(2, (x: number, feed, values) => {
    const start = feed(waited, x);
    if (Number.isNaN(feed(cycle, x))) return;
    const [, inPhase, quadrature] = cycle.values;
    const phase = inPhase === 0 ? 0 : (Math.atan(quadrature / inPhase) * 180) / Math.PI;
    const before = feed(phaseBefore, phase);
    const turned = Math.max(1, (Number.isNaN(before) ? 0 : before) - phase);
    const weight = Math.max(fastLimit / turned, slowLimit);
    const line = feed(quick, { to: x, weight });
    const follower = feed(late, { to: line, weight: weight / 2 });
    if (Number.isNaN(start)) return;
    values[0] = line;
    values[1] = follower;
  });
}

function trendline(): Kernel<number> {
  const [cycle, mean] = [new DominantCycleKernel(), new CycleMeanKernel()];
  const [length, waited] = [adaptiveAverage(), new LagKernel(TREND_FIRST - 1)];
  const smooth = new WeightedKernel([0.1, 0.2, 0.3, 0.4]);
  return composed(1, (price: number, feed, values) => {
    const start = feed(waited, price);
    const period = feed(cycle, price);
    const steady = Number.isNaN(period) ? 1 : feed(length, { to: period, weight: 0.33, from: 0 });
    const line = feed(smooth, feed(mean, { price, bars: Math.max(1, Math.trunc(steady + 0.5)) }));
    if (!Number.isNaN(start)) values[0] = line;
  });
}

/** Ehlers' averages that measure the dominant cycle first. */
export const CYCLE_AVERAGES: readonly SeriesEntry[] = [
  {
    name: 'mama',
    aliases: [],
    params: [factor('fast', 0.5, 0.01, 0.99), factor('slow', 0.05, 0.01, 0.99)],
    fields: ['mama', 'fama'],
    scale: 'price',
    summary: 'MESA adaptive average, paced by the phase of the dominant cycle, and its follower fama',
    source: 'Ehlers 2001; TA-Lib MAMA (which begins at zero, here with the first price)',
    example: 'mama.mama crosses above mama.fama',
    input: 'series',
    warmup: ([, slow]) => ({ first: MAMA_FIRST, settled: CYCLE_SETTLED + Math.ceil(46 / slow) }),
    create: ([fast, slow]) => mama(fast, slow),
  },
  {
    name: 'httrendline',
    aliases: ['trendline'],
    params: [],
    fields: [],
    scale: 'price',
    summary: 'instantaneous trendline: mean over one dominant cycle of 6 to 50 bars, smoothed',
    source: 'Ehlers 2001; TA-Lib HT_TRENDLINE',
    example: 'close crosses above httrendline',
    input: 'series',
    warmup: () => ({ first: TREND_FIRST, settled: CYCLE_SETTLED }),
    create: trendline,
  },
];
