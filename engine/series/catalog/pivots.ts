import type { Bar } from '../../market/events.ts';
import type { BarsEntry, CatalogEntry, SeriesEntry } from '../catalog-entry.ts';
import { composed } from '../kernels/composed.ts';
import { HighestKernel, LagKernel } from '../kernels/extremes.ts';
import { folded } from '../kernels/folded.ts';
import { RisingLowKernel, type Turn, TurnKernel } from '../kernels/pivots.ts';
import { zigzag } from '../kernels/trailing-stops.ts';
import { factor, length } from './params.ts';

/**
 * A turning point is held until the next one, for which there is no bound; this many windows hold one nearly always. Begun anew it
 * might be forgotten, so it never is while the program runs. After a restart one that lies further back than the history is not
 * known, and the value may differ until the next.
 */
const WINDOWS = 20;

const swing = (turn: Turn, word: string): SeriesEntry => ({
  name: `swing${turn}`,
  aliases: [`pivot${turn}`],
  params: [length(5)],
  fields: [],
  scale: 'price',
  shape: 'steps',
  defaultInput: turn,
  summary: `last swing ${turn}: a ${turn} ${word} those of as many bars on either side, known once these have passed`,
  source: `Williams' fractal with 2, chartists' swing with 5; equal ones are none; until there is one, the first window's extreme`,
  example: turn === 'high' ? 'close crosses above swinghigh(5)' : 'close crosses below swinglow(5)',
  input: 'series',
  warmup: ([bars]) => ({ first: 2 * bars + 1, settled: WINDOWS * (2 * bars + 1), counts: true }),
  create: ([bars]) => new TurnKernel(turn, bars, bars),
});

const higherlow: SeriesEntry = {
  name: 'higherlow',
  aliases: ['lowtrail'],
  params: [length(5)],
  fields: [],
  scale: 'price',
  shape: 'steps',
  defaultInput: 'low',
  summary: 'higher low trail: rises to each low that the next bars stay above; a low below it begins it anew',
  source: 'trading-signals HigherLowTrail, which never begins anew; at first the lowest of the window',
  example: 'low < higherlow(5)[1]',
  input: 'series',
  warmup: ([bars]) => ({ first: bars + 1, settled: WINDOWS * (bars + 1), counts: true }),
  create: ([bars]) => new RisingLowKernel(bars),
};

const breakoutlow: BarsEntry = {
  name: 'breakoutlow',
  aliases: ['breakoutbarlow'],
  params: [length(20)],
  fields: [],
  scale: 'price',
  shape: 'steps',
  summary: 'low of the last bar whose high was above those of the bars before it',
  source: 'trading-signals BreakoutBarLow; until there is one, the low of the first bar that could have been',
  example: 'close < breakoutlow(20)',
  input: 'bars',
  warmup: ([bars]) => ({ first: bars + 1, settled: WINDOWS * (bars + 1), counts: true }),
  create: ([bars]) => {
    const [top, before] = [new HighestKernel(bars), new LagKernel(1)];
    const held = folded(
      1,
      Number.NaN,
      (low: number, now: { low: number; breaks: boolean }) => (now.breaks || Number.isNaN(low) ? now.low : low),
      (low, values) => {
        values[0] = low;
      },
    );
    return composed(1, (bar: Bar, feed, values) => {
      const highest = feed(before, feed(top, bar.high));
      if (!Number.isNaN(highest)) values[0] = feed(held, { low: bar.low, breaks: bar.high > highest });
    });
  },
};

const zigzagEntry: BarsEntry = {
  name: 'zigzag',
  aliases: ['zz'],
  params: [factor('percent', 5, 0.01, 90)],
  fields: ['value', 'extreme', 'direction'],
  drawn: ['value', 'extreme'],
  scale: 'price',
  shape: 'turns',
  summary:
    'zig-zag: the last turn that the price has come back from by so many percent, the extreme since, and its direction (1 or -1)',
  source:
    'of the extreme itself (trading-signals: of the leg); begins as a rise from the first low; a closed turn stays',
  example: 'zigzag(5).direction crosses below 0',
  input: 'bars',
  warmup: () => ({ first: 1, settled: 500, counts: true }),
  create: ([percent]) => zigzag(percent),
};

/** Turning points: known late, and then they stay. */
export const PIVOTS: readonly CatalogEntry[] = [
  swing('high', 'above'),
  swing('low', 'below'),
  higherlow,
  breakoutlow,
  zigzagEntry,
];
