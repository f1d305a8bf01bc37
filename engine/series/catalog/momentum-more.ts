import { APO } from 'trading-signals';
import type { Bar } from '../../market/events.ts';
import type { BarsEntry, CatalogEntry, SeriesEntry } from '../catalog-entry.ts';
import { composed, quotient } from '../kernels/composed.ts';
import { LagKernel } from '../kernels/extremes.ts';
import { LibraryKernel } from '../kernels/library-kernel.ts';
import { PlainMeanKernel } from '../kernels/ordered-window.ts';
import { ExponentialKernel } from '../kernels/smoothing.ts';
import { length, MAX_BARS } from './params.ts';
import { emaSettles, exactly, growth, median } from './parts.ts';

const ao: BarsEntry = {
  name: 'ao',
  aliases: ['awesome'],
  params: [length(5, 1, 'fast'), length(34, 1, 'slow')],
  fields: [],
  levels: [0],
  scale: 'centred',
  summary: 'awesome oscillator: fast less slow average of the median price, in units of the price',
  source: 'Williams 1998',
  example: 'ao crosses above 0',
  input: 'bars',
  warmup: ([fast, slow]) => exactly(Math.max(fast, slow)),
  create: ([fast, slow]) => {
    const [quick, late] = [new PlainMeanKernel(fast), new PlainMeanKernel(slow)];
    return composed(1, (bar: Bar, feed, values) => {
      values[0] = feed(quick, median(bar)) - feed(late, median(bar));
    });
  },
};

const ac: BarsEntry = {
  name: 'ac',
  aliases: ['accelerator'],
  params: [length(5, 1, 'fast'), length(34, 1, 'slow'), length(5, 1, 'signal')],
  fields: [],
  levels: [0],
  scale: 'centred',
  summary: 'accelerator oscillator: awesome oscillator less its own average, in units of the price',
  source: 'Williams 1998',
  example: 'ac crosses above 0',
  input: 'bars',
  warmup: ([fast, slow, signal]) => exactly(Math.max(fast, slow) + signal - 1),
  create: ([fast, slow, signal]) => {
    const [quick, late, line] = [new PlainMeanKernel(fast), new PlainMeanKernel(slow), new PlainMeanKernel(signal)];
    return composed(1, (bar: Bar, feed, values) => {
      const awesome = feed(quick, median(bar)) - feed(late, median(bar));
      values[0] = awesome - feed(line, awesome);
    });
  },
};

const apo: SeriesEntry = {
  name: 'apo',
  aliases: [],
  params: [length(12, 1, 'fast'), length(26, 1, 'slow')],
  fields: [],
  levels: [0],
  scale: 'centred',
  summary: 'absolute price oscillator: fast less slow ema',
  source: 'TA-Lib APO with EMA; trading-signals APO: EMAs seeded with the first input',
  example: 'apo crosses above 0',
  input: 'series',
  warmup: ([fast, slow]) => ({ first: Math.max(fast, slow), settled: emaSettles(Math.max(fast, slow)) }),
  create: ([fastPeriod, slowPeriod]) =>
    new LibraryKernel(new APO({ fastPeriod, slowPeriod }), Math.max(fastPeriod, slowPeriod)),
};

const ppo: SeriesEntry = {
  name: 'ppo',
  aliases: [],
  params: [length(12, 1, 'fast'), length(26, 1, 'slow'), length(9, 1, 'signal')],
  fields: ['ppo', 'signal', 'histogram'],
  levels: [0],
  scale: 'centred',
  summary:
    'percentage price oscillator: fast less slow ema in percent of the slow one, its signal line and their distance',
  source: 'Appel; TA-Lib PPO with EMA, seeded with the first input; 0 where the slow average is 0',
  example: 'ppo.histogram crosses above 0',
  input: 'series',
  warmup: ([fast, slow, signal]) => ({
    first: Math.max(fast, slow),
    settled: emaSettles(Math.max(fast, slow)) + emaSettles(signal),
  }),
  create: ([fast, slow, signal]) => {
    const first = Math.max(fast, slow);
    const [quick, late] = [new ExponentialKernel(fast, first), new ExponentialKernel(slow, first)];
    const smooth = new ExponentialKernel(signal, 1);
    return composed(3, (x: number, feed, values) => {
      const line = growth(feed(quick, x), feed(late, x));
      values[0] = line;
      values[1] = feed(smooth, line);
      values[2] = line - values[1];
    });
  },
};

const pmo: SeriesEntry = {
  name: 'pmo',
  aliases: ['decisionpoint'],
  params: [length(35, 2, 'smooth1'), length(20, 2, 'smooth2'), length(10, 1, 'signal')],
  fields: ['pmo', 'signal'],
  levels: [0],
  scale: 'centred',
  summary: 'price momentum oscillator: growth in percent, times ten, smoothed twice, and its signal line',
  source: 'Swenlin (DecisionPoint): smoothing by 2/length, seeded with the first input; no growth from 0',
  example: 'pmo.pmo crosses above pmo.signal',
  input: 'series',
  warmup: ([one, two, signal]) => ({
    first: one + two,
    settled: emaSettles(one) + emaSettles(two) + emaSettles(signal),
  }),
  create: ([one, two, signal]) => {
    const before = new LagKernel(1);
    const [once, twice] = [new ExponentialKernel(one, one, 2 / one), new ExponentialKernel(two, two, 2 / two)];
    const smooth = new ExponentialKernel(signal, 1);
    return composed(2, (x: number, feed, values) => {
      values[0] = feed(twice, 10 * feed(once, growth(x, feed(before, x))));
      values[1] = feed(smooth, values[0]);
    });
  },
};

const mom: SeriesEntry = {
  name: 'mom',
  aliases: ['momentum'],
  params: [{ ...length(10), max: MAX_BARS - 1 }],
  fields: [],
  levels: [0],
  scale: 'centred',
  summary: 'momentum: difference from the value a number of bars before; as a fraction it is change',
  source: 'x - x[n]; TA-Lib MOM',
  example: 'mom(10) > 0',
  input: 'series',
  warmup: ([bars]) => exactly(bars + 1),
  create: ([bars]) => {
    const before = new LagKernel(bars);
    return composed(1, (x: number, feed, values) => {
      values[0] = x - feed(before, x);
    });
  },
};

const trix: SeriesEntry = {
  name: 'trix',
  aliases: [],
  params: [length(15)],
  fields: [],
  levels: [0],
  scale: 'centred',
  summary: 'growth of a triple ema from bar to bar, in percent',
  source: 'Hutson 1983; TA-Lib TRIX, EMAs seeded with their first input; no growth from 0',
  example: 'trix(15) crosses above 0',
  input: 'series',
  warmup: ([bars]) => ({ first: 3 * bars - 1, settled: 1 + 3 * emaSettles(bars) }),
  create: ([bars]) => {
    const [one, two, three] = [1, 2, 3].map(() => new ExponentialKernel(bars));
    const before = new LagKernel(1);
    return composed(1, (x: number, feed, values) => {
      const smooth = feed(three, feed(two, feed(one, x)));
      values[0] = 100 * quotient(smooth - feed(before, smooth), before.values[0], 0);
    });
  },
};

/** Momentum as the difference of two averages or two moments. */
export const MOMENTUM_MORE: readonly CatalogEntry[] = [ao, ac, apo, ppo, pmo, mom, trix];
