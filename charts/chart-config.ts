/** A Chart.js 4 configuration as plain JSON: only the elements, scales and plugins that come with Chart.js itself, and no functions. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

export interface ChartConfig {
  readonly type: 'bar';
  readonly data: { readonly labels: readonly string[]; readonly datasets: readonly JsonObject[] };
  readonly options: JsonObject;
}

/** Ids of the scales that every chart has. `bars`: one slot a bar. `along`: the same in fractions. `full`: 0 to 1 from the bottom to the top of the plot. */
export const SCALES = { bars: 'x', along: 'along', full: 'full', price: 'price', volume: 'volume' } as const;
