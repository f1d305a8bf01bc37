import type { Bar } from '../../market/events.ts';
import type { CatalogEntry, Kernel } from '../catalog-entry.ts';
import { adaptiveAverage, mcginley } from '../kernels/adaptive-average.ts';
import { composed } from '../kernels/composed.ts';
import { HighestKernel, LagKernel, LowestKernel } from '../kernels/extremes.ts';
import { folded } from '../kernels/folded.ts';
import { DirectnessKernel } from '../kernels/path.ts';
import { length } from './params.ts';
import { median } from './parts.ts';

/** Inputs until less than 1e-10 is left of the seed, where the price goes straight for 15 % of its way, or all the way. */
function kamaForgets(fast: number, slow: number): number {
  const [quick, slack] = [2 / (fast + 1), 2 / (slow + 1)];
  return Math.ceil(23 / Math.min(0.15 * quick + 0.85 * slack, quick) ** 2);
}

function kama(bars: number, fast: number, slow: number): Kernel<number> {
  const [directness, before, average] = [new DirectnessKernel(bars), new LagKernel(1), adaptiveAverage()];
  return composed(1, (x: number, feed, values) => {
    const from = feed(before, x);
    const moved = Math.abs(feed(directness, x));
    if (Number.isNaN(moved)) return;
    const [quick, slack] = [2 / (fast + 1), 2 / (slow + 1)];
    values[0] = feed(average, { to: x, weight: (moved * (quick - slack) + slack) ** 2, from });
  });
}

function vidya(bars: number, span: number): Kernel<number> {
  const [directness, average] = [new DirectnessKernel(span), adaptiveAverage()];
  return composed(1, (x: number, feed, values) => {
    const weight = (2 / (bars + 1)) * Math.abs(feed(directness, x));
    if (!Number.isNaN(weight)) values[0] = feed(average, { to: x, weight });
  });
}

/** Ehlers' fractal dimension of the two halves of a window of bars, and the average that it paces. */
function frama(bars: number): Kernel<Bar> {
  const half = Math.ceil(bars / 2);
  const [top, bottom] = [new HighestKernel(half), new LowestKernel(half)];
  const [topBefore, bottomBefore] = [new LagKernel(half), new LagKernel(half)];
  const dimension = folded(
    1,
    1,
    (before: number, now: number | undefined) => now ?? before,
    (now, values) => {
      values[0] = now;
    },
  );
  const average = adaptiveAverage();
  return composed(1, (bar: Bar, feed, values) => {
    const [high, low] = [feed(top, bar.high), feed(bottom, bar.low)];
    const [highBefore, lowBefore] = [feed(topBefore, high), feed(bottomBefore, low)];
    if (Number.isNaN(highBefore)) return;
    const parts = (high - low + (highBefore - lowBefore)) / half;
    const whole = (Math.max(high, highBefore) - Math.min(low, lowBefore)) / (2 * half);
    const moves = high > low && highBefore > lowBefore;
    const now = feed(dimension, moves ? Math.log2(parts / whole) : undefined);
    const weight = Math.max(0.01, Math.min(1, Math.exp(-4.6 * (now - 1))));
    values[0] = feed(average, { to: median(bar), weight });
  });
}

/** Averages that go faster or slower as the market does. */
export const ADAPTIVE_AVERAGES: readonly CatalogEntry[] = [
  {
    name: 'kama',
    aliases: [],
    params: [length(10), length(2, 1, 'fast'), length(30, 1, 'slow')],
    fields: [],
    scale: 'price',
    summary: "Kaufman's adaptive average: quick where the price goes straight, slow where it wanders",
    source: 'Kaufman 1995; TA-Lib KAMA, seeded as there with the input before the first value',
    example: 'close crosses above kama(10)',
    input: 'series',
    // Where nothing goes straight for long it takes longer: no length is enough for a market that stands still.
    warmup: ([bars, fast, slow]) => ({ first: bars + 1, settled: bars + 1 + kamaForgets(fast, slow) }),
    create: ([bars, fast, slow]) => kama(bars, fast, slow),
  },
  {
    name: 'vidya',
    aliases: [],
    params: [length(12), length(9, 1, 'cmo')],
    fields: [],
    scale: 'price',
    summary: "Chande's variable index dynamic average: an ema slowed down as the momentum (cmo) weakens",
    source: 'Chande 1995: weight 2/(length+1)*|cmo|/100, seeded with the first input that has a cmo',
    example: 'close crosses above vidya(12)',
    input: 'series',
    // As for kama: usual momentum is a quarter of the greatest.
    warmup: ([bars, span]) => ({ first: span + 1, settled: span + 1 + 60 * (bars + 1) }),
    create: ([bars, span]) => vidya(bars, span),
  },
  {
    name: 'mcginley',
    aliases: ['md'],
    params: [length(14)],
    fields: [],
    scale: 'price',
    summary: 'McGinley dynamic: quicker down than up, never faster than the price',
    source:
      'McGinley 1990 with k 0.6, seeded with the first input; a step never passes its input, as the formula may after a crash',
    example: 'close crosses above mcginley(14)',
    input: 'series',
    warmup: ([bars]) => ({ first: bars, settled: 24 * bars }),
    create: ([bars]) => mcginley(bars),
  },
  {
    name: 'frama',
    aliases: [],
    params: [length(16, 2)],
    fields: [],
    scale: 'price',
    summary:
      'fractal adaptive average of the middle of bars: quick in trends; an odd length counts as the next even one',
    source:
      'Ehlers 2005 on highs and lows (trading-signals takes closes); where a half has no range, the dimension is kept, at first 1',
    example: 'close crosses above frama(16)',
    input: 'bars',
    // A hundredth of the way a bar at least; usually a tenth.
    warmup: ([bars]) => ({ first: 2 * Math.ceil(bars / 2), settled: 2 * bars + 600 }),
    create: ([bars]) => frama(bars),
  },
];
