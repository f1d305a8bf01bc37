import type { Bar } from '../../market/events.ts';
import type { BarsEntry, Kernel } from '../catalog-entry.ts';
import { averageTrueRange } from '../kernels/bar-terms.ts';
import { composed } from '../kernels/composed.ts';
import { LagKernel } from '../kernels/extremes.ts';
import { DeviationKernel } from '../kernels/moments.ts';
import { ExponentialKernel } from '../kernels/smoothing.ts';
import { alligator, ichimoku, squeeze } from '../kernels/trend-systems.ts';
import { factor, length } from './params.ts';
import { emaSettles, exactly, wilderSettles } from './parts.ts';

const ichimokuEntry: BarsEntry = {
  name: 'ichimoku',
  aliases: ['cloud'],
  params: [length(9, 1, 'conversion'), length(26, 1, 'base'), length(52, 1, 'spanb'), length(26, 1, 'shift')],
  fields: ['conversion', 'base', 'spana', 'spanb', 'lagging'],
  drawn: ['conversion', 'base', 'spana', 'spanb'],
  scale: 'price',
  shape: 'cloud',
  summary:
    'Ichimoku cloud as it stands over this bar; the lagging span is above the price where close > ichimoku.lagging',
  source:
    'Hosoda 1969: middles of ranges; spans computed shift-1 bars ago, as TradingView draws them; lagging is the close of as long ago',
  example: 'close > ichimoku.spana and close > ichimoku.spanb',
  input: 'bars',
  warmup: ([conversion, base, spanb, shift]) => exactly(Math.max(conversion, base, spanb) + shift - 1),
  create: ([conversion, base, spanb, shift]) => ichimoku(conversion, base, spanb, shift - 1),
};

const shift = (name: string, standard: number) => ({ ...length(standard, 0, name), max: 500 });
const JAWS = [length(13, 1, 'jaw'), length(8, 1, 'teeth'), length(5, 1, 'lips')];
const SHIFTS = [shift('jawshift', 8), shift('teethshift', 5), shift('lipsshift', 3)];
const alligatorWarmup = ([jaw, teeth, lips, jawShift, teethShift, lipsShift]: readonly number[]) => ({
  first: Math.max(jaw + jawShift, teeth + teethShift, lips + lipsShift),
  settled: wilderSettles(Math.max(jaw, teeth, lips)) + Math.max(jawShift, teethShift, lipsShift),
});

const alligatorEntry: BarsEntry = {
  name: 'alligator',
  aliases: [],
  params: [...JAWS, ...SHIFTS],
  fields: ['jaw', 'teeth', 'lips'],
  scale: 'price',
  summary: "Williams' alligator: three smoothed averages of the middle of bars, each as of some bars ago",
  source: "Williams 1995; Wilder's smoothing seeded with a mean, drawn ahead by the shifts",
  example: 'alligator.lips > alligator.teeth and alligator.teeth > alligator.jaw',
  input: 'bars',
  warmup: alligatorWarmup,
  create: (params) => alligator(params),
};

const gator: BarsEntry = {
  name: 'gator',
  aliases: [],
  params: [...JAWS, ...SHIFTS],
  fields: ['upper', 'lower'],
  levels: [0],
  scale: 'centred',
  summary: 'gator oscillator: distance of jaw and teeth of the alligator (upper), less that of teeth and lips (lower)',
  source: 'Williams 1995: |jaw - teeth| and -|teeth - lips|',
  example: 'gator.upper > gator.upper[1]',
  input: 'bars',
  warmup: alligatorWarmup,
  create: (params) => {
    const lines = alligator(params);
    return composed(2, (bar: Bar, feed, values) => {
      if (Number.isNaN(feed(lines, bar))) return;
      const [jaw, teeth, lips] = lines.values;
      values[0] = Math.abs(jaw - teeth);
      values[1] = -Math.abs(teeth - lips);
    });
  },
};

const squeezeEntry: BarsEntry = {
  name: 'squeeze',
  aliases: ['ttm', 'ttmsqueeze'],
  params: [length(20, 2), factor('bb', 2, 0.1, 10), factor('kc', 1.5, 0.1, 10)],
  fields: ['momentum', 'on'],
  drawn: ['momentum'],
  levels: [0],
  scale: 'centred',
  summary: 'TTM squeeze: momentum, and 1 while the Bollinger bands lie within the Keltner channel (on)',
  source:
    'Carter 2005 as LazyBear has it: simple means of close and true range; a line through close less the middle of range and mean, at the newest bar',
  example: 'squeeze.on crosses below 1 and squeeze.momentum > 0',
  input: 'bars',
  warmup: ([bars]) => exactly(2 * bars - 1),
  create: ([bars, bb, kc]) => squeeze(bars, bb, kc),
};

function waddahAttar([fast, slow, bars, k, sensitivity, atr, dead]: readonly number[]): Kernel<Bar> {
  const late = Math.max(fast, slow);
  const [quick, slack, before] = [
    new ExponentialKernel(fast, late),
    new ExponentialKernel(slow, late),
    new LagKernel(1),
  ];
  const [spread, range] = [new DeviationKernel(bars), averageTrueRange(atr)];
  return composed(3, (bar: Bar, feed, values) => {
    const macd = feed(quick, bar.close) - feed(slack, bar.close);
    const trend = sensitivity * (macd - feed(before, macd));
    const [explosion, zone] = [2 * k * feed(spread, bar.close), dead * feed(range, bar)];
    if (Number.isNaN(trend + explosion + zone)) return;
    values[0] = trend;
    values[1] = explosion;
    values[2] = zone;
  });
}

const wae: BarsEntry = {
  name: 'wae',
  aliases: ['waddahattar'],
  params: [
    length(20, 1, 'fast'),
    length(40, 2, 'slow'),
    length(20, 2, 'bb'),
    factor('k', 2, 0.1, 10),
    factor('sensitivity', 150, 1, 10_000),
    length(100, 1, 'atr'),
    factor('dead', 3.7, 0, 100),
  ],
  fields: ['trend', 'explosion', 'deadzone'],
  levels: [0],
  scale: 'centred',
  summary:
    'Waddah Attar explosion: change of macd, width of the Bollinger bands, and the dead zone that both are to pass',
  source: 'Attar as LazyBear has it, the trend with its sign; atr and EMAs as here',
  example: 'wae.explosion > wae.deadzone and wae.trend > wae.explosion',
  input: 'bars',
  warmup: ([fast, slow, bars, , , atr]) => ({
    first: Math.max(fast + 1, slow + 1, bars, atr),
    settled: Math.max(emaSettles(Math.max(fast, slow)), bars, wilderSettles(atr)),
  }),
  create: waddahAttar,
};

/** Systems of several lines. */
export const TREND_SYSTEMS: readonly BarsEntry[] = [ichimokuEntry, alligatorEntry, gator, squeezeEntry, wae];
