import type { Bar } from '../../market/events.ts';
import type { BarsEntry, CatalogEntry, SeriesEntry } from '../catalog-entry.ts';
import { composed, quotient } from '../kernels/composed.ts';
import { vortex } from '../kernels/directional.ts';
import { HighestKernel, LowestKernel } from '../kernels/extremes.ts';
import { PathKernel, RisesKernel } from '../kernels/path.ts';
import { HighestAgeKernel } from '../kernels/pivots.ts';
import { RandomWalkKernel } from '../kernels/random-walk.ts';
import { setupCount } from '../kernels/setup-count.ts';
import { length } from './params.ts';
import { exactly, shortLength } from './parts.ts';

/** How recent the highest high and the lowest low of the window are: 100 for the newest bar, 0 for the oldest. */
const recency = (bars: number) => {
  const [top, bottom] = [new HighestAgeKernel(bars + 1), new HighestAgeKernel(bars + 1)];
  return composed(2, (bar: Bar, feed, values) => {
    values[0] = 100 - (100 * feed(top, bar.high)) / bars;
    values[1] = 100 - (100 * feed(bottom, -bar.low)) / bars;
  });
};

const aroon: BarsEntry = {
  name: 'aroon',
  aliases: [],
  params: [length(14)],
  fields: ['up', 'down'],
  levels: [30, 70],
  scale: 'percent',
  summary: 'aroon: how recent the highest high (up) and the lowest low (down) are, 100 for the newest bar',
  source: 'Chande 1995; TA-Lib AROON: of equal highs the newest counts',
  example: 'aroon.up crosses above aroon.down',
  input: 'bars',
  warmup: ([bars]) => exactly(bars + 1),
  create: ([bars]) => recency(bars),
};

const aroonosc: BarsEntry = {
  name: 'aroonosc',
  aliases: [],
  params: [length(14)],
  fields: [],
  levels: [-50, 0, 50],
  scale: 'centred',
  range: () => [-100, 100],
  summary: 'aroon oscillator: aroon.up - aroon.down, -100 to 100',
  source: 'TA-Lib AROONOSC',
  example: 'aroonosc(14) > 50',
  input: 'bars',
  warmup: ([bars]) => exactly(bars + 1),
  create: ([bars]) => {
    const both = recency(bars);
    return composed(1, (bar: Bar, feed, values) => {
      values[0] = feed(both, bar) - both.values[1];
    });
  },
};

const vi: BarsEntry = {
  name: 'vortex',
  aliases: ['vi'],
  params: [length(14)],
  fields: ['plus', 'minus'],
  levels: [1],
  scale: 'own',
  summary: 'vortex: upward and downward movement of the window in true ranges',
  source: 'Botes and Siepman 2010; 0 where nothing moves',
  example: 'vortex.plus crosses above vortex.minus',
  input: 'bars',
  warmup: ([bars]) => exactly(bars + 1),
  create: ([bars]) => vortex(bars),
};

const rwi: BarsEntry = {
  name: 'rwi',
  aliases: ['randomwalk'],
  params: [shortLength(14, 2)],
  fields: ['high', 'low'],
  levels: [1],
  scale: 'own',
  summary: 'random walk index: how much farther than a random walk the price went up (high) and down (low)',
  source:
    'Poulos 1991: the greatest over 2 to length bars, against k bars ago and the mean range of k bars (trading-signals: k-1 bars ago, Wilder); 0 where nothing moves',
  example: 'rwi.high > 1',
  input: 'bars',
  warmup: ([bars]) => exactly(bars + 1),
  create: ([bars]) => new RandomWalkKernel(bars),
};

const vhf: SeriesEntry = {
  name: 'vhf',
  aliases: [],
  params: [length(28)],
  fields: [],
  scale: 'own',
  summary: 'vertical horizontal filter: range of the window over the way that was gone, 1 for a straight line',
  source:
    'White 1991: highest less lowest of length inputs over the sum of the last length steps; 0 where nothing moves',
  example: 'vhf(28) > 0.4',
  input: 'series',
  warmup: ([bars]) => exactly(bars + 1),
  create: ([bars]) => {
    const [top, bottom, path] = [new HighestKernel(bars), new LowestKernel(bars), new PathKernel(bars)];
    return composed(1, (x: number, feed, values) => {
      const range = feed(top, x) - feed(bottom, x);
      values[0] = quotient(range, feed(path, x), 0);
    });
  },
};

const psl: SeriesEntry = {
  name: 'psl',
  aliases: ['psychological'],
  params: [length(12)],
  fields: [],
  levels: [25, 75],
  scale: 'percent',
  summary: 'psychological line: how many of the last bars closed higher than the one before, in percent',
  source: 'trading-signals PSL; a bar that closes where the one before did counts as not higher',
  example: 'psl(12) >= 75',
  input: 'series',
  warmup: ([bars]) => exactly(bars + 1),
  create: ([bars]) => new RisesKernel(bars),
};

const tds: SeriesEntry = {
  name: 'tds',
  aliases: ['tdsequential', 'tdsetup'],
  params: [],
  fields: [],
  levels: [-9, 0, 9],
  scale: 'centred',
  summary: 'TD setup count: closes in a row above (1 to 9) or below (-1 to -9) the close four bars before',
  source: 'DeMark 1994; after nine it begins at one again, an equal close ends a run (trading-signals counts it)',
  example: 'tds <= -9',
  input: 'series',
  // A run that goes on is counted from its beginning, modulo nine: after a restart one longer than this may count otherwise.
  warmup: () => ({ first: 5, settled: 100, counts: true }),
  create: setupCount,
};

/** Whether there is a trend, and which way; Wilder's own are in directional.ts. */
export const TREND: readonly CatalogEntry[] = [aroon, aroonosc, vi, rwi, vhf, psl, tds];
