/** A Chart.js 4 configuration as plain JSON: only the elements, scales and plugins that come with Chart.js itself, and no functions. */

import { WIDTH } from './theme.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

export interface ChartConfig {
  readonly type: 'bar';
  readonly data: { readonly labels: readonly string[]; readonly datasets: readonly JsonObject[] };
  /** Its `aspectRatio` is what the size follows from. */
  readonly options: JsonObject;
}

/** The height of a config's picture in CSS pixels. */
export function heightOf({ options }: ChartConfig): number {
  return Math.round(WIDTH / Number(options.aspectRatio));
}

/** Ids of the scales that every chart has. `bars`: one slot a bar. `along`: the same in fractions. `full`: 0 to 1 from the bottom to the top of the plot. */
export const SCALES = { bars: 'x', along: 'along', full: 'full', price: 'price', volume: 'volume' } as const;
