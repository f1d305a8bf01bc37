import { BOP, IBS } from 'trading-signals';
import type { Bar } from '../../market/events.ts';
import type { BarsEntry, CatalogEntry, SeriesEntry } from '../catalog-entry.ts';
import { composed, quotient } from '../kernels/composed.ts';
import { LagKernel } from '../kernels/extremes.ts';
import { LibraryKernel } from '../kernels/library-kernel.ts';
import { SumKernel } from '../kernels/ordered-window.ts';
import { ChannelIndexKernel, RankCorrelationKernel } from '../kernels/ranks.ts';
import { WilderKernel } from '../kernels/smoothing.ts';
import { length } from './params.ts';
import { exactly, shortLength, typical, wilderSettles } from './parts.ts';

const cci: BarsEntry = {
  name: 'cci',
  aliases: [],
  params: [length(20, 2)],
  fields: [],
  levels: [-100, 100],
  scale: 'centred',
  summary: 'commodity channel index: distance of the typical price from its mean, in 0.015 mean deviations',
  source: 'Lambert 1980; TA-Lib CCI; 0 where nothing moves',
  example: 'cci(20) > 100',
  input: 'bars',
  warmup: ([bars]) => exactly(bars),
  create: ([bars]) => {
    const index = new ChannelIndexKernel(bars);
    return composed(1, (bar: Bar, feed, values) => {
      values[0] = feed(index, typical(bar));
    });
  },
};

/** Rises against falls, -100 to 100. */
const chande = (
  of: Pick<SeriesEntry, 'name' | 'summary' | 'source' | 'example'>,
  isSmoothed: boolean,
): SeriesEntry => ({
  ...of,
  aliases: [],
  params: [length(14)],
  fields: [],
  levels: [-50, 50],
  scale: 'centred',
  range: () => [-100, 100],
  input: 'series',
  warmup: ([bars]) => ({ first: bars + 1, settled: isSmoothed ? 1 + wilderSettles(bars) : bars + 1 }),
  create: ([bars]) => {
    const before = new LagKernel(1);
    const [rises, falls] = isSmoothed
      ? [new WilderKernel(bars), new WilderKernel(bars)]
      : [new SumKernel(bars), new SumKernel(bars)];
    return composed(1, (x: number, feed, values) => {
      const step = x - feed(before, x);
      const [up, down] = [feed(rises, Math.max(0, step)), feed(falls, Math.max(0, -step))];
      values[0] = 100 * quotient(up - down, up + down, 0);
    });
  },
});

const cmo = chande(
  {
    name: 'cmo',
    summary: "Chande's momentum oscillator, with Wilder's smoothing, -100 to 100; cmosum is the one of plain sums",
    source: 'TA-Lib CMO, which smooths as Wilder where Chande sums; 0 where nothing moves',
    example: 'cmo(14) > 50',
  },
  true,
);

const cmosum = chande(
  {
    name: 'cmosum',
    summary: "Chande's momentum oscillator of plain sums, -100 to 100",
    source: 'Chande and Kroll 1994; 0 where nothing moves',
    example: 'cmosum(14) > 50',
  },
  false,
);

const rci: SeriesEntry = {
  name: 'rci',
  aliases: ['rankcorrelation'],
  params: [shortLength(9, 2)],
  fields: [],
  levels: [-80, 80],
  scale: 'centred',
  range: () => [-100, 100],
  summary: 'rank correlation index: how steadily it rises (100) or falls (-100)',
  source: 'Spearman; equal values share their rank, 0 where nothing moves',
  example: 'rci(9) < -80',
  input: 'series',
  warmup: ([bars]) => exactly(bars),
  create: ([bars]) => new RankCorrelationKernel(bars),
};

const imi: BarsEntry = {
  name: 'imi',
  aliases: ['intradaymomentum'],
  params: [length(14)],
  fields: [],
  levels: [30, 70],
  scale: 'percent',
  summary: 'intraday momentum index: share of rising bodies in all bodies, 0 to 100',
  source: 'Chande and Kroll 1994; TA-Lib IMI; 50 where no bar has a body',
  example: 'imi(14) < 30',
  input: 'bars',
  warmup: ([bars]) => exactly(bars),
  create: ([bars]) => {
    const [rises, falls] = [new SumKernel(bars), new SumKernel(bars)];
    return composed(1, (bar: Bar, feed, values) => {
      const body = bar.close - bar.open;
      const up = feed(rises, Math.max(0, body));
      values[0] = 100 * quotient(up, up + feed(falls, Math.max(0, -body)), 0.5);
    });
  },
};

const ibs: BarsEntry = {
  name: 'ibs',
  aliases: [],
  params: [],
  fields: [],
  levels: [0.2, 0.8],
  scale: 'fraction',
  range: () => [0, 1],
  summary: 'internal bar strength: place of the close between the low and the high of its bar, as a fraction',
  source: '(close - low) / (high - low); trading-signals IBS; 0.5 where there is no range',
  example: 'ibs < 20%',
  input: 'bars',
  warmup: () => exactly(1),
  create: () => new LibraryKernel(new IBS(), 1),
};

const bop: BarsEntry = {
  name: 'bop',
  aliases: ['balanceofpower'],
  params: [],
  fields: [],
  levels: [0],
  scale: 'centred',
  range: () => [-1, 1],
  summary: 'balance of power: body of the bar as a share of its range, -1 to 1',
  source: '(close - open) / (high - low); TA-Lib BOP; trading-signals BOP; 0 where there is no range',
  example: 'bop > 0.5',
  input: 'bars',
  warmup: () => exactly(1),
  create: () => new LibraryKernel(new BOP(), 1),
};

/** Oscillators that say how far out of the ordinary the price is. */
export const OSCILLATORS: readonly CatalogEntry[] = [cci, cmo, cmosum, rci, imi, ibs, bop];
