import type { SeriesEntry } from '../catalog-entry.ts';
import { BarsSinceKernel } from '../kernels/bars-since.ts';

/** Bars that are looked back upon. */
const MOST = 1000;

/** How long ago something was. */
export const SINCE: readonly SeriesEntry[] = [
  {
    name: 'barssince',
    aliases: [],
    params: [],
    fields: [],
    scale: 'own',
    summary: `bars since a condition was last true, 0 for this bar; without a value where it was not in the last ${MOST} bars`,
    source: 'count of bars; a crossing is true at the bar in which it happened',
    example: 'barssince(ema(20) crosses above ema(50)) < 5',
    input: 'series',
    ofCondition: true,
    warmup: () => ({ first: 1, settled: MOST, counts: true }),
    create: () => new BarsSinceKernel(MOST),
  },
];
