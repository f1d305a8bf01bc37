import { normalBelow } from './normal.ts';
import { deviation as deviationOf, mean, quantile, requireSample, requireVariation } from './sample.ts';

/** How many values lie in each of equal parts of a range. What lies beyond counts in the outermost. */
export interface Histogram {
  /** One more than there are parts. */
  readonly edges: Float64Array;
  readonly counts: Float64Array;
  /** How many would lie there if they were normal, with their own mean and deviation. */
  readonly normal: Float64Array;
}

/** Deviations on each side of the mean that are shown. */
const REACH = 4;
const PARTS = { least: 16, most: 40 };

/**
 * Values in parts as wide as D. Freedman and P. Diaconis advise (1981), four deviations to each side of the mean.
 * @throws UserError for fewer than 8 values, values that are not finite or never change
 */
export function histogramOf(xs: Float64Array): Histogram {
  requireSample(xs, 8, 'A histogram');
  requireVariation(xs, 'A histogram');
  const center = mean(xs);
  const deviation = deviationOf(xs);
  const width = (2 * (quantile(xs, 0.75) - quantile(xs, 0.25))) / Math.cbrt(xs.length);
  const wanted = width > 0 ? Math.ceil((2 * REACH * deviation) / width) : PARTS.most;
  const parts = Math.max(PARTS.least, Math.min(PARTS.most, wanted + (wanted % 2)));
  const from = center - REACH * deviation;
  const step = (2 * REACH * deviation) / parts;
  const edges = Float64Array.from({ length: parts + 1 }, (_, i) => from + i * step);
  const counts = new Float64Array(parts);
  for (const x of xs) counts[partOf(x, edges)]++;
  const below = edges.map((edge) => normalBelow((edge - center) / deviation));
  const normal = counts.map((_, i) => xs.length * (below[i + 1] - below[i]));
  return { edges, counts, normal };
}

/** The part of a histogram that a value lies in; beyond its ends the outermost. */
export function partOf(x: number, edges: Float64Array): number {
  const parts = edges.length - 1;
  const at = Math.floor(((x - edges[0]) / (edges[parts] - edges[0])) * parts);
  return Math.max(0, Math.min(parts - 1, at));
}
