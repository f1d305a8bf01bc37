import { UserError } from '../errors.ts';
import { autocorrelations } from './autocorrelation.ts';
import { correlationDistances, cutInto, type Join, joinNearest } from './clustering.ts';
import { correlation, correlations, type Matrix } from './correlation.ts';
import { adjustedRand, agreementByChance, silhouette } from './group-measures.ts';
import { kMeans } from './k-means.ts';
import { momentsOf } from './moments.ts';
import { logReturns, mean, squaresAbout } from './sample.ts';

const MOST_GROUPS = 8;
/** Returns that the features are computed from at least. */
const LEAST_RETURNS = 30;

/**
 * What a series' returns are like, each as so many deviations from the mean of all series: their size (the logarithm of the deviation), the
 * drift over the window in deviations of a random walk, skew, tails (the excess kurtosis, pressed together), memory (autocorrelation from
 * one return to the next), and market (correlation with the mean of all).
 */
export const FEATURES = ['volatility', 'drift', 'skew', 'tails', 'memory', 'market'] as const;
export type Feature = (typeof FEATURES)[number];

export interface FeatureGroup {
  /** Places of its series in the order in which they were given. */
  readonly members: readonly number[];
  /** In the order of `FEATURES`: the mean of its members, in deviations of all. */
  readonly center: readonly number[];
}

export interface ClusterReport {
  /** Returns that were compared. */
  readonly bars: number;
  /** The tree by correlation: leaves in an order in which no branches cross, and joins as `joinNearest` has them. */
  readonly order: readonly number[];
  readonly joins: readonly Join[];
  /** For each series the number of its group by correlation, from 0 on in the order of the leaves. */
  readonly group: readonly number[];
  /** Mean correlation within each group, of its pairs; NaN where one is alone. */
  readonly within: readonly number[];
  /** Of the groups by correlation, -1 to 1. */
  readonly silhouette: number;
  /** As many groups by what their returns are like, the largest first. */
  readonly features: readonly FeatureGroup[];
  /** Adjusted Rand index of the two partitions, and how often chance gives as much. */
  readonly agreement: number;
  readonly agreementP: number;
}

/**
 * Groups of series in two ways: by which move together (average linkage on the distances of their correlations), and by what their returns
 * are like (k-means on standardised features). The number of groups, 2 to 8, is the one with the best silhouette on the distances.
 *
 * @param closes one row for each of at least 3 series, for the same bars, oldest first
 * @throws UserError for too few series or bars, or one that does not move
 */
export function clusterReport(closes: readonly Float64Array[]): ClusterReport {
  if (closes.length < 3)
    throw new UserError('too-few-symbols', `Clusters are of three series at least, there are ${closes.length}.`);
  const returns = closes.map(logReturns);
  if (returns[0].length < LEAST_RETURNS)
    throw new UserError(
      'too-little-data',
      `Clusters need at least ${LEAST_RETURNS + 1} bars of all, there are ${closes[0].length}.`,
    );
  const matrix = correlations(returns);
  const distances = correlationDistances(matrix);
  const tree = joinNearest(distances);
  const cuts = Array.from({ length: Math.min(MOST_GROUPS, closes.length - 1) - 1 }, (_, i) => cutInto(tree, i + 2));
  const scores = cuts.map((cut) => silhouette(distances, cut));
  const best = scores.indexOf(Math.max(...scores));
  const group = cuts[best];
  const count = best + 2;
  const market = marketOf(returns);
  const points = standardised(returns.map((row) => featuresOf(row, market)));
  const means = kMeans(points, count);
  const features = means.centers
    .map((center, k) => ({ members: placesOf(means.group, k), center: Array.from(center) }))
    .filter(({ members }) => members.length > 0)
    .sort((a, b) => b.members.length - a.members.length || a.members[0] - b.members[0]);
  return {
    bars: returns[0].length,
    order: tree.order,
    joins: tree.joins,
    group,
    within: Array.from({ length: count }, (_, k) => meanWithin(matrix, placesOf(group, k))),
    silhouette: scores[best],
    features,
    agreement: adjustedRand(group, means.group),
    agreementP: agreementByChance(group, means.group),
  };
}

const placesOf = (group: readonly number[], k: number): readonly number[] =>
  group.flatMap((of, i) => (of === k ? [i] : []));

function meanWithin({ size, values }: Matrix, members: readonly number[]): number {
  let [sum, count] = [0, 0];
  for (const a of members) {
    for (const b of members) {
      if (b <= a) continue;
      sum += values[a * size + b];
      count++;
    }
  }
  return count > 0 ? sum / count : Number.NaN;
}

/** The mean return of all, each in its own deviations, so that the wildest does not stand for all. */
function marketOf(returns: readonly Float64Array[]): Float64Array {
  const market = new Float64Array(returns[0].length);
  for (const row of returns) {
    const { deviation, mean: center } = momentsOf(row);
    for (let i = 0; i < market.length; i++) market[i] += (row[i] - center) / deviation / returns.length;
  }
  return market;
}

function featuresOf(returns: Float64Array, market: Float64Array): readonly number[] {
  const { mean: center, deviation, skew, kurtosis } = momentsOf(returns);
  return [
    Math.log(deviation),
    (center / deviation) * Math.sqrt(returns.length),
    skew,
    Math.asinh(kurtosis),
    autocorrelations(returns, 1)[0],
    correlation(returns, market),
  ];
}

/** Each feature less its mean over all series, in its deviations; 0 where all have the same. */
function standardised(rows: readonly (readonly number[])[]): readonly Float64Array[] {
  const scales = rows[0].map((_, k) => {
    const column = Float64Array.from(rows, (row) => row[k]);
    const center = mean(column);
    return { center, deviation: Math.sqrt(squaresAbout(column, center) / column.length) };
  });
  return rows.map((row) =>
    Float64Array.from(row, (value, k) => {
      const { center, deviation } = scales[k];
      return deviation > 1e-12 * Math.abs(center) ? (value - center) / deviation : 0;
    }),
  );
}
