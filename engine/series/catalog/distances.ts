import { ElderRay } from 'trading-signals';
import type { Bar } from '../../market/events.ts';
import type { BarsEntry, CatalogEntry, SeriesEntry } from '../catalog-entry.ts';
import { composed, quotient } from '../kernels/composed.ts';
import { HighestKernel, LagKernel, LowestKernel } from '../kernels/extremes.ts';
import { LibraryFieldsKernel } from '../kernels/library-kernel.ts';
import { DeviationKernel } from '../kernels/moments.ts';
import { PlainMeanKernel, SumKernel } from '../kernels/ordered-window.ts';
import { ExponentialKernel, WilderKernel } from '../kernels/smoothing.ts';
import { ForecastKernel, GravityKernel } from '../kernels/weighted-window.ts';
import { length, MAX_BARS } from './params.ts';
import { emaSettles, exactly, growth, trueRange, wilderSettles } from './parts.ts';

/** What the entries of a distance from an average around zero have in common. */
const aroundZero = { aliases: [], fields: [], levels: [0], scale: 'centred', input: 'series' } as const;

const dpo: SeriesEntry = {
  ...aroundZero,
  name: 'dpo',
  params: [length(20)],
  summary: 'detrended price oscillator: value of half a length ago less the average, in units of the price',
  source: 'x[n/2 + 1] - sma(n), rounded down',
  example: 'dpo(20) > 0',
  warmup: ([bars]) => exactly(Math.max(bars, Math.floor(bars / 2) + 2)),
  create: ([bars]) => {
    const [before, average] = [new LagKernel(Math.floor(bars / 2) + 1), new PlainMeanKernel(bars)];
    return composed(1, (x: number, feed, values) => {
      values[0] = feed(before, x) - feed(average, x);
    });
  },
};

const disparity: SeriesEntry = {
  ...aroundZero,
  name: 'disparity',
  params: [length(14)],
  summary: 'disparity index: distance from the average in percent of it',
  source: 'Nison 1994, simple average; 0 where the average is 0',
  example: 'disparity(14) > 5',
  warmup: ([bars]) => exactly(bars),
  create: ([bars]) => {
    const average = new PlainMeanKernel(bars);
    return composed(1, (x: number, feed, values) => {
      values[0] = growth(x, feed(average, x));
    });
  },
};

const cfo: SeriesEntry = {
  ...aroundZero,
  name: 'cfo',
  aliases: ['fosc'],
  params: [{ ...length(14, 2), max: MAX_BARS - 1 }],
  summary: "Chande's forecast oscillator: distance from what the line through the bars before forecast, in percent",
  source: 'Chande and Kroll 1994: 100 (x - tsf[1]) / x, with TA-Lib TSF; 0 where x is 0',
  example: 'cfo(14) > 1',
  warmup: ([bars]) => exactly(bars + 1),
  create: ([bars]) => {
    const forecast = new ForecastKernel(bars);
    return composed(1, (x: number, feed, values) => {
      values[0] = 100 * quotient(x - feed(forecast, x), x, 0);
    });
  },
};

const cg: SeriesEntry = {
  ...aroundZero,
  name: 'cg',
  params: [length(10, 2)],
  summary: 'centre of gravity: where the window balances, in bars from its middle; its signal is cg[1]',
  source: 'Ehlers 2002, around zero; 0 where the window sums to 0',
  example: 'cg crosses above cg[1]',
  warmup: ([bars]) => exactly(bars),
  create: ([bars]) => new GravityKernel(bars),
};

const er: SeriesEntry = {
  name: 'er',
  aliases: ['efficiency'],
  params: [{ ...length(10), max: MAX_BARS - 1 }],
  fields: [],
  levels: [0.3, 0.6],
  scale: 'fraction',
  range: () => [0, 1],
  summary: 'efficiency ratio: net change as a fraction of the way, 1 is a straight line',
  source: 'Kaufman 1995; 0 where nothing moves',
  example: 'er(10) > 60%',
  input: 'series',
  warmup: ([bars]) => exactly(bars + 1),
  create: ([bars]) => {
    const [begin, before, way] = [new LagKernel(bars), new LagKernel(1), new SumKernel(bars)];
    return composed(1, (x: number, feed, values) => {
      const net = Math.abs(x - feed(begin, x));
      values[0] = quotient(net, feed(way, Math.abs(x - feed(before, x))), 0);
    });
  },
};

const rvi: SeriesEntry = {
  name: 'rvi',
  aliases: ['relativevolatility'],
  params: [length(14), length(10, 2, 'window')],
  fields: [],
  levels: [40, 60],
  scale: 'percent',
  summary: 'relative volatility index: share of the standard deviation on rising bars, 0 to 100',
  source: "Dorsey 1993, population standard deviation, Wilder's smoothing seeded with a mean; 50 where nothing moves",
  example: 'rvi > 60',
  input: 'series',
  warmup: ([bars, window]) => ({ first: bars + window - 1, settled: window + wilderSettles(bars) }),
  create: ([bars, window]) => {
    const [before, deviation] = [new LagKernel(1), new DeviationKernel(window)];
    const [rises, falls] = [new WilderKernel(bars), new WilderKernel(bars)];
    return composed(1, (x: number, feed, values) => {
      const step = x - feed(before, x);
      const swing = feed(deviation, x);
      const up = feed(rises, step > 0 ? swing : 0 * swing);
      values[0] = 100 * quotient(up, up + feed(falls, step < 0 ? swing : 0 * swing), 0.5);
    });
  },
};

const elderray: BarsEntry = {
  name: 'elderray',
  aliases: ['eri'],
  params: [length(13)],
  fields: ['bull', 'bear'],
  levels: [0],
  scale: 'centred',
  summary: 'Elder ray: high (bull) and low (bear) less the ema of the close, in units of the price',
  source: 'Elder 1993; trading-signals ElderRay: EMA seeded with the first close',
  example: 'elderray.bear crosses above 0',
  input: 'bars',
  warmup: ([bars]) => ({ first: bars, settled: emaSettles(bars) }),
  create: ([bars]) =>
    new LibraryFieldsKernel(new ElderRay(bars), 2, (result, values) => {
      values[0] = result.bullPower;
      values[1] = result.bearPower;
    }),
};

const pgo: BarsEntry = {
  name: 'pgo',
  aliases: ['prettygood'],
  params: [length(14)],
  fields: [],
  levels: [-3, 0, 3],
  scale: 'centred',
  summary: 'pretty good oscillator: distance of the close from its average in smoothed true ranges',
  source: 'Johnson: EMA of the true range, seeded with the first bar; 0 where there is no range',
  example: 'pgo(14) > 3',
  input: 'bars',
  warmup: ([bars]) => ({ first: bars, settled: emaSettles(bars) }),
  create: ([bars]) => {
    const [closes, average, range] = [new LagKernel(1), new PlainMeanKernel(bars), new ExponentialKernel(bars)];
    return composed(1, (bar: Bar, feed, values) => {
      const reach = feed(range, trueRange(bar, feed(closes, bar.close)));
      values[0] = quotient(bar.close - feed(average, bar.close), reach, 0);
    });
  },
};

const gapo: BarsEntry = {
  name: 'gapo',
  aliases: ['gri'],
  params: [length(14, 2)],
  fields: [],
  scale: 'own',
  summary: 'Gopalakrishnan range index: logarithm of the range of a window to the base of its length',
  source: 'Gopalakrishnan 2001: log(highest - lowest) / log(n); 0 where there is no range',
  example: 'gapo(14) > 2',
  input: 'bars',
  warmup: ([bars]) => exactly(bars),
  create: ([bars]) => {
    const [top, bottom] = [new HighestKernel(bars), new LowestKernel(bars)];
    return composed(1, (bar: Bar, feed, values) => {
      const range = feed(top, bar.high) - feed(bottom, bar.low);
      values[0] = range === 0 ? 0 : Math.log(range) / Math.log(bars);
    });
  },
};

/** How far the price is from where it was or ought to be. */
export const DISTANCES: readonly CatalogEntry[] = [dpo, disparity, cfo, cg, er, rvi, elderray, pgo, gapo];
