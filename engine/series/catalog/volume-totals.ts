import type { Bar } from '../../market/events.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { moneyFlow } from '../kernels/bar-terms.ts';
import { RunningKernel } from '../kernels/running.ts';

interface Total {
  readonly name: string;
  readonly alias: string;
  readonly summary: string;
  readonly source: string;
  readonly start: number;
  readonly step: (total: number, bar: Bar, before: Bar | undefined) => number;
}

const total = ({ name, alias, summary, source, start, step }: Total): BarsEntry => ({
  name,
  aliases: [alias],
  params: [],
  fields: [],
  scale: 'own',
  summary,
  source: `${source}; begins at ${start} where the stored history begins: only its changes mean something`,
  example: `${name} > ${name}[20]`,
  input: 'bars',
  warmup: () => ({ first: 1, settled: 1, counts: true }),
  create: () => new RunningKernel(start, step),
});

/** Growth of the close as a fraction; 0 for the first bar. */
const growth = (bar: Bar, before: Bar | undefined): number =>
  before === undefined || before.close === 0 ? 0 : (bar.close - before.close) / before.close;

function onBalance(sum: number, bar: Bar, before: Bar | undefined): number {
  if (before === undefined || bar.close === before.close) return sum;
  return bar.close > before.close ? sum + bar.volume : sum - bar.volume;
}

function williams(sum: number, bar: Bar, before: Bar | undefined): number {
  if (before === undefined || bar.close === before.close) return sum;
  if (bar.close > before.close) return sum + (bar.close - Math.min(bar.low, before.close));
  return sum + (bar.close - Math.max(bar.high, before.close));
}

const whereVolume =
  (grew: boolean) =>
  (index: number, bar: Bar, before: Bar | undefined): number => {
    if (before === undefined) return index;
    const counts = grew ? bar.volume > before.volume : bar.volume < before.volume;
    return counts ? index + index * growth(bar, before) : index;
  };

/** Totals since the beginning: they say something by where they go, not by where they are. */
export const VOLUME_TOTALS: readonly BarsEntry[] = [
  total({
    name: 'obv',
    alias: 'onbalancevolume',
    summary: 'on balance volume: volume of bars that rose less that of bars that fell',
    source: 'Granville 1963; TA-Lib OBV, less the volume of its first bar',
    start: 0,
    step: onBalance,
  }),
  total({
    name: 'ad',
    alias: 'adl',
    summary: 'accumulation/distribution: total of the volume, signed with the place of the close in its bar',
    source: 'Chaikin; TA-Lib AD; a bar without range adds 0',
    start: 0,
    step: (sum, bar) => sum + moneyFlow(bar),
  }),
  total({
    name: 'pvt',
    alias: 'pricevolumetrend',
    summary: 'price volume trend: total of the volume times the growth of the close',
    source: 'volume times close / close[1] - 1',
    start: 0,
    step: (sum, bar, before) => sum + bar.volume * growth(bar, before),
  }),
  total({
    name: 'nvi',
    alias: 'negativevolumeindex',
    summary: 'negative volume index: grows with the close in bars with less volume than the one before',
    source: 'Dysart, Fosback 1976',
    start: 1000,
    step: whereVolume(false),
  }),
  total({
    name: 'pvi',
    alias: 'positivevolumeindex',
    summary: 'positive volume index: grows with the close in bars with more volume than the one before',
    source: 'Dysart, Fosback 1976',
    start: 1000,
    step: whereVolume(true),
  }),
  total({
    name: 'wad',
    alias: 'williamsad',
    summary: "Williams' accumulation/distribution: total of the way from the true low up, or from the true high down",
    source: 'Williams 1972, without volume',
    start: 0,
    step: williams,
  }),
];
