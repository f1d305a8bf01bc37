import type { Bar } from '../../market/events.ts';
import type { BarsEntry, CatalogEntry, Kernel } from '../catalog-entry.ts';
import { logOf } from '../kernels/bar-terms.ts';
import { SampleDeviationKernel } from '../kernels/central-moments.ts';
import { chained, joined, mapped, stepped } from '../kernels/compose.ts';
import { GarchKernel, garchWarmup } from '../kernels/garch-kernel.ts';
import { LogReturnKernel, PlainMeanKernel } from '../kernels/ordered-window.ts';
import { length, windowWarmup } from './params.ts';
import { exactly } from './parts.ts';

const squareOf = (x: number): number => x * x;

/** Variances of a bar, of which the mean over the window is taken. */
const parkinson = (bar: Bar): number => squareOf(logOf(bar.high, bar.low)) / (4 * Math.LN2);
const garmanKlass = (bar: Bar): number =>
  squareOf(logOf(bar.high, bar.low)) / 2 - (2 * Math.LN2 - 1) * squareOf(logOf(bar.close, bar.open));
const rogersSatchell = ({ open, high, low, close }: Bar): number =>
  logOf(high, close) * logOf(high, open) + logOf(low, close) * logOf(low, open);

function rootOfMean(bars: number, variance: (bar: Bar) => number): Kernel<Bar> {
  const mean = mapped(new PlainMeanKernel(bars), variance);
  return joined([mean], 1, (values) => {
    values[0] = Math.sqrt(Math.max(0, mean.values[0]));
  });
}

function yangZhang([bars]: readonly number[]): Kernel<Bar> {
  const overnight = stepped(new SampleDeviationKernel(bars), (bar: Bar, before) =>
    before === undefined ? Number.NaN : logOf(bar.open, before.close),
  );
  const session = stepped(new SampleDeviationKernel(bars), (bar: Bar, before) =>
    before === undefined ? Number.NaN : logOf(bar.close, bar.open),
  );
  const within = stepped(new PlainMeanKernel(bars), (bar: Bar, before) =>
    before === undefined ? Number.NaN : rogersSatchell(bar),
  );
  const weight = 0.34 / (1.34 + (bars + 1) / (bars - 1));
  return joined([overnight, session, within], 1, (values) => {
    const inside = weight * squareOf(session.values[0]) + (1 - weight) * Math.max(0, within.values[0]);
    values[0] = Math.sqrt(squareOf(overnight.values[0]) + inside);
  });
}

const ofRanges = (
  name: string,
  alias: string,
  summary: string,
  source: string,
  variance: (bar: Bar) => number,
): BarsEntry => ({
  name,
  aliases: [alias],
  params: [length(20)],
  fields: [],
  scale: 'fraction',
  summary,
  source,
  example: `${name}(20) > 2%`,
  input: 'bars',
  warmup: windowWarmup,
  create: ([bars]) => rootOfMean(bars, variance),
});

/** Volatility as the standard deviation of a bar's growth. None is annualised: for a year, times the root of its bars. */
export const VOLATILITY_REALISED: readonly CatalogEntry[] = [
  {
    name: 'hv',
    aliases: ['realvol'],
    params: [length(20, 2)],
    fields: [],
    scale: 'fraction',
    summary: 'historical volatility: standard deviation of the log returns, per bar (not annualised), as a fraction',
    source: 'close to close, sample standard deviation (n - 1), mean taken off',
    example: 'hv(20) > 2%',
    input: 'series',
    warmup: ([bars]) => ({ first: bars + 1, settled: bars + 1 }),
    create: ([bars]) => chained(new LogReturnKernel(1), new SampleDeviationKernel(bars)),
  },
  ofRanges(
    'parkinson',
    'parkinsonvol',
    'volatility by high and low, per bar (not annualised), as a fraction',
    'Parkinson 1980',
    parkinson,
  ),
  ofRanges(
    'garmanklass',
    'gkvol',
    'volatility by open, high, low and close, per bar (not annualised), as a fraction',
    'Garman and Klass 1980, the practical form: ln(h/l)^2 / 2 - (2 ln 2 - 1) ln(c/o)^2',
    garmanKlass,
  ),
  ofRanges(
    'rogerssatchell',
    'rsvol',
    'volatility by open, high, low and close that allows for a trend, per bar (not annualised), as a fraction',
    'Rogers and Satchell 1991',
    rogersSatchell,
  ),
  {
    name: 'yangzhang',
    aliases: ['yzvol'],
    params: [length(20, 2)],
    fields: [],
    scale: 'fraction',
    summary: 'volatility that allows for trends and for gaps between bars, per bar (not annualised), as a fraction',
    source: 'Yang and Zhang 2000, k = 0.34 / (1.34 + (n+1)/(n-1)), sample variances (n - 1)',
    example: 'yangzhang(20) > 2%',
    input: 'bars',
    warmup: ([bars]) => ({ first: bars + 1, settled: bars + 1 }),
    create: yangZhang,
  },
  {
    name: 'garch',
    aliases: ['garch11'],
    // Its returns lie in memory, and a fit of so many takes some tenths of a millisecond.
    params: [{ ...length(200, 100), max: 1000 }],
    fields: [],
    scale: 'fraction',
    summary:
      'volatility that GARCH(1,1) foresees for the bar by the bars before it, per bar (not annualised), as a fraction',
    source:
      'Bollerslev 1986 by maximum likelihood with variance targeting (Engle and Mezrich 1996), of close to close; fitted anew every tenth of the window',
    example: 'garch(100) > 2%',
    input: 'bars',
    warmup: ([bars]) => exactly(garchWarmup(bars)),
    create: ([bars], interval, seed) => new GarchKernel(bars, interval, seed),
  },
];
