import { SwingIndex } from 'trading-signals';
import type { Bar } from '../../market/events.ts';
import type { BarsEntry, Kernel } from '../catalog-entry.ts';
import { composed } from '../kernels/composed.ts';
import { folded } from '../kernels/folded.ts';
import { LibraryKernel } from '../kernels/library-kernel.ts';
import { PlainMeanKernel } from '../kernels/ordered-window.ts';
import { factor, length } from './params.ts';
import { exactly } from './parts.ts';

const qstick: BarsEntry = {
  name: 'qstick',
  aliases: [],
  params: [length(8)],
  fields: [],
  levels: [0],
  scale: 'centred',
  summary: 'qstick: mean of close less open, in units of the price',
  source: 'Chande 1994; a simple mean',
  example: 'qstick(8) crosses above 0',
  input: 'bars',
  warmup: ([bars]) => exactly(bars),
  create: ([bars]) => {
    const mean = new PlainMeanKernel(bars);
    return composed(1, (bar: Bar, feed, values) => {
      values[0] = feed(mean, bar.close - bar.open);
    });
  },
};

const LIMIT = factor('limit', 300, 0.000001, 1_000_000_000);
const swingIndex = (limit: number): Kernel<Bar> => new LibraryKernel(new SwingIndex(limit), 2);

const si: BarsEntry = {
  name: 'si',
  aliases: ['swingindex'],
  params: [LIMIT],
  fields: [],
  levels: [0],
  scale: 'centred',
  summary: "Wilder's swing index of one bar; limit is the largest daily move of a future, elsewhere any number",
  source: 'Wilder 1978; trading-signals SwingIndex; 0 where nothing moves',
  example: 'si crosses above 0',
  input: 'bars',
  warmup: () => exactly(2),
  create: ([limit]) => swingIndex(limit),
};

const asi: BarsEntry = {
  name: 'asi',
  aliases: ['accumulativeswing'],
  params: [LIMIT],
  fields: [],
  scale: 'centred',
  summary: 'accumulative swing index: sum of the swing index since the history began; only its changes mean something',
  source: 'Wilder 1978; begins at 0 with the first bar of the history',
  example: 'asi > asi[20]',
  input: 'bars',
  warmup: () => ({ ...exactly(2), counts: true }),
  create: ([limit]) => {
    const swing = swingIndex(limit);
    const total = folded(
      1,
      0,
      (before: number, now: number) => before + now,
      (now, values) => {
        values[0] = now;
      },
    );
    return composed(1, (bar: Bar, feed, values) => {
      values[0] = feed(total, feed(swing, bar));
    });
  },
};

/** Which way bars go, body by body. */
export const SWING_INDEX: readonly BarsEntry[] = [qstick, si, asi];
