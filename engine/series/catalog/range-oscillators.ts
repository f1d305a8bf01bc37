import type { Bar } from '../../market/events.ts';
import type { BarsEntry, CatalogEntry, SeriesEntry } from '../catalog-entry.ts';
import { composed, quotient } from '../kernels/composed.ts';
import { HighestKernel, LowestKernel } from '../kernels/extremes.ts';
import { FisherKernel, RangePlaceKernel } from '../kernels/filters.ts';
import { ProjectionKernel } from '../kernels/projection.ts';
import { ExponentialKernel } from '../kernels/smoothing.ts';
import { length } from './params.ts';
import { emaSettles, exactly, median } from './parts.ts';

const smi: BarsEntry = {
  name: 'smi',
  aliases: ['stochasticmomentum'],
  params: [length(10), length(3, 1, 'smooth1'), length(3, 1, 'smooth2')],
  fields: [],
  levels: [-40, 40],
  scale: 'centred',
  range: () => [-100, 100],
  summary: 'stochastic momentum index: distance from the middle of the range, smoothed twice, -100 to 100',
  source: 'Blau 1993; EMAs seeded with their first input; 0 where there is no range',
  example: 'smi(10, 3, 3) < -40',
  input: 'bars',
  warmup: ([bars, one, two]) => ({
    first: bars + one + two - 2,
    settled: bars + emaSettles(one) + emaSettles(two),
  }),
  create: ([bars, one, two]) => {
    const [top, bottom] = [new HighestKernel(bars), new LowestKernel(bars)];
    const [distance, range] = [new ExponentialKernel(one), new ExponentialKernel(one)];
    const [distance2, range2] = [new ExponentialKernel(two), new ExponentialKernel(two)];
    return composed(1, (bar: Bar, feed, values) => {
      const [high, low] = [feed(top, bar.high), feed(bottom, bar.low)];
      const over = feed(distance2, feed(distance, bar.close - (high + low) / 2));
      const under = feed(range2, feed(range, high - low));
      values[0] = quotient(200 * over, under, 0);
    });
  },
};

const stc: SeriesEntry = {
  name: 'stc',
  aliases: ['schaff'],
  params: [length(23, 1, 'fast'), length(50, 2, 'slow'), length(10, 2, 'cycle')],
  fields: [],
  levels: [25, 75],
  scale: 'percent',
  summary: 'Schaff trend cycle: stochastic of the stochastic of macd, 0 to 100',
  source: 'Schaff 1999: smoothing by one half; where a range is nothing, the place before is kept, at first 50',
  example: 'stc crosses above 25',
  input: 'series',
  warmup: ([fast, slow, cycle]) => ({
    first: Math.max(fast, slow) + 2 * (cycle - 1),
    settled: emaSettles(Math.max(fast, slow)) + 2 * (cycle + emaSettles(3)),
  }),
  create: ([fast, slow, cycle]) => {
    const first = Math.max(fast, slow);
    const [quick, late] = [new ExponentialKernel(fast, first), new ExponentialKernel(slow, first)];
    const [place, place2] = [new RangePlaceKernel(cycle), new RangePlaceKernel(cycle)];
    const [smooth, smooth2] = [new ExponentialKernel(3, 1), new ExponentialKernel(3, 1)];
    return composed(1, (x: number, feed, values) => {
      const macd = feed(quick, x) - feed(late, x);
      values[0] = feed(smooth2, feed(place2, feed(smooth, feed(place, macd))));
    });
  },
};

const pso: BarsEntry = {
  name: 'pso',
  aliases: ['premierstochastic'],
  params: [length(8), length(5, 1, 'smoothing')],
  fields: [],
  levels: [-0.9, -0.2, 0.2, 0.9],
  scale: 'centred',
  summary: 'premier stochastic: stochastic smoothed twice and stretched, -1 to 1',
  source: 'Leibfarth 2008; EMAs seeded with their first input; 0 where there is no range',
  example: 'pso crosses below 0.9',
  input: 'bars',
  warmup: ([bars, smoothing]) => ({
    first: bars + 2 * (smoothing - 1),
    settled: bars + 2 * emaSettles(smoothing),
  }),
  create: ([bars, smoothing]) => {
    const [top, bottom] = [new HighestKernel(bars), new LowestKernel(bars)];
    const [once, twice] = [new ExponentialKernel(smoothing), new ExponentialKernel(smoothing)];
    return composed(1, (bar: Bar, feed, values) => {
      const low = feed(bottom, bar.low);
      const place = quotient(bar.close - low, feed(top, bar.high) - low, 0.5);
      values[0] = Math.tanh(feed(twice, feed(once, 10 * (place - 0.5))) / 2);
    });
  },
};

const fisher: BarsEntry = {
  name: 'fisher',
  aliases: ['fishertransform'],
  params: [length(10, 2)],
  fields: [],
  levels: [-1.5, 0, 1.5],
  scale: 'centred',
  summary: "Ehlers' Fisher transform of the place of the median price in its range; its signal is fisher[1]",
  source: 'Ehlers 2002, weights 0.33 and 0.67, begun with zeros; the middle where there is no range',
  example: 'fisher crosses above fisher[1]',
  input: 'bars',
  warmup: ([bars]) => ({ first: bars, settled: bars + 100 }),
  create: ([bars]) => {
    const [top, bottom] = [new HighestKernel(bars), new LowestKernel(bars)];
    const transform = new FisherKernel();
    return composed(1, (bar: Bar, feed, values) => {
      const x = median(bar);
      const low = feed(bottom, x);
      values[0] = feed(transform, quotient(x - low, feed(top, x) - low, 0.5));
    });
  },
};

const po: BarsEntry = {
  name: 'po',
  aliases: ['projectionoscillator'],
  params: [length(14, 2)],
  fields: [],
  levels: [20, 80],
  scale: 'percent',
  summary: 'projection oscillator: place of the close between the bands that the slopes of highs and lows project',
  source: 'Widner 1995, not smoothed; 50 where the bands are one',
  example: 'po(14) < 20',
  input: 'bars',
  warmup: ([bars]) => exactly(bars),
  create: ([bars]) => {
    const [above, below] = [new ProjectionKernel(bars), new ProjectionKernel(bars)];
    return composed(1, (bar: Bar, feed, values) => {
      const bottom = -feed(below, -bar.low);
      values[0] = 100 * quotient(bar.close - bottom, feed(above, bar.high) - bottom, 0.5);
    });
  },
};

/** Oscillators that measure a place in a range. */
export const RANGE_OSCILLATORS: readonly CatalogEntry[] = [smi, stc, pso, fisher, po];
