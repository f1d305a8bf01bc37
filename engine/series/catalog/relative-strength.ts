import { TSI } from 'trading-signals';
import type { SeriesEntry } from '../catalog-entry.ts';
import { composed, quotient } from '../kernels/composed.ts';
import { LagKernel } from '../kernels/extremes.ts';
import { LaguerreKernel } from '../kernels/filters.ts';
import { LibraryKernel } from '../kernels/library-kernel.ts';
import { PlainMeanKernel } from '../kernels/ordered-window.ts';
import { BelowKernel } from '../kernels/ranks.ts';
import { StreakKernel } from '../kernels/running.ts';
import { ExponentialKernel, WilderKernel } from '../kernels/smoothing.ts';
import { type Banded, TrailingBandsKernel } from '../kernels/trailing-bands.ts';
import { factor, length } from './params.ts';
import { emaSettles, growth, rsiKernel, wilderSettles } from './parts.ts';

/** A run of rises or falls is counted from its beginning; hardly one is longer, in bars. */
const LONGEST_RUN = 60;

const crsi: SeriesEntry = {
  name: 'crsi',
  aliases: ['connorsrsi'],
  params: [length(3, 2), length(2, 2, 'streak'), length(100, 1, 'rank')],
  fields: [],
  levels: [10, 90],
  scale: 'percent',
  summary: 'Connors RSI: mean of the rsi, the rsi of the streak of rises or falls and the rank of the last step',
  source: "Connors and Alvarez 2012; Wilder's smoothing seeded with a mean",
  example: 'crsi < 10',
  input: 'series',
  warmup: ([bars, streak, rank]) => ({
    first: Math.max(bars + 1, streak + 2, rank + 2),
    settled: Math.max(1 + wilderSettles(bars), 2 + LONGEST_RUN + wilderSettles(streak), rank + 3),
  }),
  create: ([bars, streak, rank]) => {
    const [strength, streakStrength] = [rsiKernel(bars), rsiKernel(streak)];
    const [run, before, below] = [new StreakKernel(), new LagKernel(1), new BelowKernel(rank)];
    return composed(1, (x: number, feed, values) => {
      const rsi = feed(strength, x);
      const runRsi = feed(streakStrength, feed(run, x));
      values[0] = (rsi + runRsi + feed(below, growth(x, feed(before, x)))) / 3;
    });
  },
};

const rmi: SeriesEntry = {
  name: 'rmi',
  aliases: ['relativemomentum'],
  params: [length(14), length(5, 1, 'momentum')],
  fields: [],
  levels: [30, 70],
  scale: 'percent',
  summary: 'relative momentum index: rsi of the change over several bars, 0 to 100',
  source: "Altman 1993, Wilder's smoothing seeded with a mean; 50 where nothing moves",
  example: 'rmi(14, 5) < 30',
  input: 'series',
  warmup: ([bars, momentum]) => ({ first: bars + momentum, settled: momentum + wilderSettles(bars) }),
  create: ([bars, momentum]) => {
    const before = new LagKernel(momentum);
    const [rises, falls] = [new WilderKernel(bars), new WilderKernel(bars)];
    return composed(1, (x: number, feed, values) => {
      const step = x - feed(before, x);
      const up = feed(rises, Math.max(0, step));
      values[0] = 100 * quotient(up, up + feed(falls, Math.max(0, -step)), 0.5);
    });
  },
};

const lrsi: SeriesEntry = {
  name: 'lrsi',
  aliases: ['laguerrersi'],
  params: [factor('gamma', 0.5, 0, 0.95)],
  fields: [],
  levels: [0.2, 0.8],
  scale: 'fraction',
  summary: 'Laguerre RSI: rsi of a filter that lags little, as a fraction; a higher gamma is smoother',
  source: 'Ehlers 2004, begun with its first input in every stage; 0.5 where nothing moves',
  example: 'lrsi(0.5) < 20%',
  input: 'series',
  warmup: ([gamma]) => ({ first: 4, settled: 4 + Math.ceil(40 / -Math.log(gamma)) }),
  create: ([gamma]) => new LaguerreKernel(gamma),
};

const qqe: SeriesEntry = {
  name: 'qqe',
  aliases: [],
  params: [length(14, 2), length(5, 1, 'smoothing'), factor('factor', 4.236, 0.1, 20)],
  fields: ['line', 'trail'],
  levels: [50],
  scale: 'percent',
  summary: 'quantitative qualitative estimation: smoothed rsi and the stop that trails it',
  source: 'Igorad 2006; EMAs of 2n - 1 for the bands, seeded with their first input',
  example: 'qqe.line crosses above qqe.trail',
  input: 'series',
  warmup: ([bars, smoothing]) => ({
    first: bars + smoothing + 2 * (2 * bars - 1) - 1,
    settled: wilderSettles(bars) + emaSettles(smoothing) + 2 * emaSettles(2 * bars - 1),
  }),
  create: ([bars, smoothing, width]) => {
    const [rsi, smooth, before] = [rsiKernel(bars), new ExponentialKernel(smoothing), new LagKernel(1)];
    const [once, twice] = [new ExponentialKernel(2 * bars - 1), new ExponentialKernel(2 * bars - 1)];
    const bands = new TrailingBandsKernel();
    const banded: Banded = { line: 0, reach: 0 };
    return composed(2, (x: number, feed, values) => {
      const line = feed(smooth, feed(rsi, x));
      const reach = width * feed(twice, feed(once, Math.abs(line - feed(before, line))));
      if (Number.isNaN(reach)) return;
      banded.line = line;
      banded.reach = reach;
      values[0] = line;
      values[1] = feed(bands, banded);
    });
  },
};

const dosc: SeriesEntry = {
  name: 'dosc',
  aliases: ['derivativeoscillator'],
  params: [length(14, 2), length(5, 1, 'smooth1'), length(3, 1, 'smooth2'), length(9, 1, 'signal')],
  fields: [],
  levels: [0],
  scale: 'centred',
  summary: 'derivative oscillator: rsi smoothed twice, less its own average',
  source: 'Brown 1999; EMAs seeded with their first input',
  example: 'dosc crosses above 0',
  input: 'series',
  warmup: ([bars, one, two, signal]) => ({
    first: bars + one + two + signal - 2,
    settled: wilderSettles(bars) + emaSettles(one) + emaSettles(two) + signal,
  }),
  create: ([bars, one, two, signal]) => {
    const [rsi, line] = [rsiKernel(bars), new PlainMeanKernel(signal)];
    const [once, twice] = [new ExponentialKernel(one), new ExponentialKernel(two)];
    return composed(1, (x: number, feed, values) => {
      const smooth = feed(twice, feed(once, feed(rsi, x)));
      values[0] = smooth - feed(line, smooth);
    });
  },
};

const tsi: SeriesEntry = {
  name: 'tsi',
  aliases: ['truestrength'],
  params: [length(25, 1, 'long'), length(13, 1, 'short')],
  fields: [],
  levels: [-25, 0, 25],
  scale: 'centred',
  range: () => [-100, 100],
  summary: 'true strength index: change against its size, both smoothed twice, -100 to 100',
  source: 'Blau 1991; trading-signals TSI: EMAs seeded with their first input; 0 where nothing moves',
  example: 'tsi crosses above 0',
  input: 'series',
  warmup: ([long, short]) => ({ first: long + short, settled: 1 + emaSettles(long) + emaSettles(short) }),
  create: ([longPeriod, shortPeriod]) =>
    new LibraryKernel(new TSI({ longPeriod, shortPeriod }), longPeriod + shortPeriod),
};

/** The family of the rsi: rises against falls. */
export const RELATIVE_STRENGTH: readonly SeriesEntry[] = [crsi, rmi, lrsi, qqe, dosc, tsi];
