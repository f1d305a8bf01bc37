import type { Bar } from '../../market/events.ts';
import type { BarsEntry, CatalogEntry, SeriesEntry } from '../catalog-entry.ts';
import { composed, quotient } from '../kernels/composed.ts';
import { LagKernel } from '../kernels/extremes.ts';
import { PlainMeanKernel, SumKernel } from '../kernels/ordered-window.ts';
import { ExponentialKernel } from '../kernels/smoothing.ts';
import { linearlyWeighted } from '../kernels/weighted-window.ts';
import { length } from './params.ts';
import { emaSettles, exactly, growth, typical } from './parts.ts';

const coppock: SeriesEntry = {
  name: 'coppock',
  aliases: ['coppockcurve'],
  params: [length(14, 1, 'long'), length(11, 1, 'short'), length(10, 1, 'smoothing')],
  fields: [],
  levels: [0],
  scale: 'centred',
  summary: 'Coppock curve: weighted average of the growth over two lengths, in percent',
  source: 'Coppock 1962; no growth from 0',
  example: 'coppock crosses above 0',
  input: 'series',
  warmup: ([long, short, smoothing]) => exactly(Math.max(long, short) + smoothing),
  create: ([long, short, smoothing]) => {
    const [far, near] = [new LagKernel(long), new LagKernel(short)];
    const average = linearlyWeighted(smoothing);
    return composed(1, (x: number, feed, values) => {
      values[0] = feed(average, growth(x, feed(far, x)) + growth(x, feed(near, x)));
    });
  },
};

const KST_LENGTHS = [
  [10, 10],
  [15, 10],
  [20, 10],
  [30, 15],
];

const kst: SeriesEntry = {
  name: 'kst',
  aliases: ['knowsurething'],
  params: [
    ...KST_LENGTHS.map(([roc], i) => length(roc, 1, `roc${i + 1}`)),
    ...KST_LENGTHS.map(([, sma], i) => length(sma, 1, `sma${i + 1}`)),
    length(9, 1, 'signal'),
  ],
  fields: ['kst', 'signal'],
  levels: [0],
  scale: 'centred',
  summary: 'know sure thing: four averages of the growth, in percent, weighted 1 to 4, and the signal line',
  source: 'Pring 1992; no growth from 0',
  example: 'kst.kst crosses above kst.signal',
  input: 'series',
  warmup: (params) => exactly(Math.max(...[0, 1, 2, 3].map((i) => params[i] + params[i + 4])) + params[8] - 1),
  create: (params) => {
    const parts = [0, 1, 2, 3].map((i) => ({
      before: new LagKernel(params[i]),
      average: new PlainMeanKernel(params[i + 4]),
    }));
    const line = new PlainMeanKernel(params[8]);
    return composed(2, (x: number, feed, values) => {
      let sum = 0;
      for (let i = 0; i < 4; i++) {
        const { before, average } = parts[i];
        sum += (i + 1) * feed(average, growth(x, feed(before, x)));
      }
      const signal = feed(line, sum);
      if (Number.isNaN(signal)) return;
      values[0] = sum;
      values[1] = signal;
    });
  },
};

const wt: BarsEntry = {
  name: 'wt',
  aliases: ['wavetrend'],
  params: [length(10, 1, 'channel'), length(21, 1, 'average'), length(4, 1, 'signal')],
  fields: ['wave', 'signal'],
  levels: [-60, 0, 60],
  scale: 'centred',
  summary:
    'wave trend: smoothed distance of the typical price from its ema in 0.015 mean deviations, and its signal line',
  source: 'LazyBear 2014; EMAs seeded with their first input; 0 where nothing moves',
  example: 'wt.wave crosses above wt.signal',
  input: 'bars',
  warmup: ([channel, average, signal]) => ({
    first: 2 * channel + average + signal - 3,
    settled: 2 * emaSettles(channel) + emaSettles(average) + signal,
  }),
  create: ([channel, average, signal]) => {
    const [middle, deviation] = [new ExponentialKernel(channel), new ExponentialKernel(channel)];
    const [wave, line] = [new ExponentialKernel(average), new PlainMeanKernel(signal)];
    return composed(2, (bar: Bar, feed, values) => {
      const distance = typical(bar) - feed(middle, typical(bar));
      const first = feed(wave, quotient(distance, 0.015 * feed(deviation, Math.abs(distance)), 0));
      const second = feed(line, first);
      if (Number.isNaN(second)) return;
      values[0] = first;
      values[1] = second;
    });
  },
};

const massindex: BarsEntry = {
  name: 'massindex',
  aliases: ['mass'],
  params: [length(25), length(9, 1, 'smoothing')],
  fields: [],
  levels: [26.5, 27],
  scale: 'own',
  summary:
    'mass index: sum of the range, smoothed, against itself smoothed twice; above 27, then below 26.5 is a reversal',
  source: 'Dorsey 1992; EMAs seeded with their first input; 1 a bar where there is no range',
  example: 'massindex(25) crosses below 26.5',
  input: 'bars',
  warmup: ([bars, smoothing]) => ({
    first: bars + 2 * smoothing - 2,
    settled: bars + 2 * emaSettles(smoothing),
  }),
  create: ([bars, smoothing]) => {
    const [once, twice] = [new ExponentialKernel(smoothing), new ExponentialKernel(smoothing)];
    const sum = new SumKernel(bars);
    return composed(1, (bar: Bar, feed, values) => {
      const smooth = feed(once, bar.high - bar.low);
      values[0] = feed(sum, quotient(smooth, feed(twice, smooth), 1));
    });
  },
};

/** Slow waves: long averages of growth and ranges. */
export const WAVES: readonly CatalogEntry[] = [coppock, kst, wt, massindex];
